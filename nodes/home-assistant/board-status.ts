import type { CloudAccount } from "../../cloud/account";
import { deviceStatus } from "../../cloud/polling/device-status";
import type { KnownThing } from "../../cloud/rest/index";

/** Device status nodes look as often by default, and share the request. */
const intervalMs = 60_000;

/** Whether the boards of things are connected. */
export class BoardStatus {
  readonly #onLook: () => void;
  /** The devices that the cloud calls offline, by id; undefined before the first look. */
  #offline: ReadonlySet<string> | undefined;
  readonly #stop: () => void;

  /** @param onLook told after each look, a failed one included: until the first one nothing is known */
  constructor(account: CloudAccount, onLook: () => void) {
    this.#onLook = onLook;
    this.#stop = account.polling.repeat(intervalMs, (signal) => this.#look(account, signal));
  }

  /**
   * Returns whether a thing can be used: a board that never said anything may well report. Undefined while nothing is
   * known.
   */
  of({ device_id: id }: KnownThing): "online" | "offline" | undefined {
    if (this.#offline === undefined) return undefined;
    return id !== undefined && this.#offline.has(id.toLowerCase()) ? "offline" : "online";
  }

  stop(): void {
    this.#stop();
  }

  async #look(account: CloudAccount, signal: AbortSignal): Promise<void> {
    try {
      const devices = await account.polling.devices(signal);
      if (signal.aborted) return;
      const silence = { staleAfterMs: 0, now: 0, since: 0 };
      const offline = devices.filter((device) => deviceStatus(device, [], silence) === "OFFLINE");
      this.#offline = new Set(offline.map(({ id }) => id.toLowerCase()));
    } catch {
      if (signal.aborted) return;
      // What is wrong with the account is told by whoever lists its things.
      this.#offline ??= new Set();
    }
    this.#onLook();
  }
}
