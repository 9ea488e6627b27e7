import type { Node } from "node-red";
import type { CloudAccount } from "../../cloud/account";
import { sleep, systemClock } from "../../cloud/core/clock";
import { inBackground } from "../../cloud/core/guard";
import { coerceValue } from "../../cloud/property-types/coerce";
import { wireName } from "../../cloud/rest/index";
import { delivered, type WaitingMessage } from "../runtime/redeploy-queue";
import { WarnOnce } from "../runtime/warn-once";
import type { HomeAssistantBridge } from "./bridge";
import { type CommandTarget, type CommandTopic, findTarget } from "./commands";

/** So many commands wait for a connection at most. */
const queueLimit = 1_000;
/** How long a pulse lasts. */
const pulseMs = 300;

/** Writes what Home Assistant asks for, as a dashboard does. */
export class CommandWriter {
  readonly #account: CloudAccount;
  readonly #bridge: HomeAssistantBridge;
  readonly #owner: string;
  readonly #warnings: WarnOnce;

  constructor(node: Node, account: CloudAccount, bridge: HomeAssistantBridge) {
    this.#account = account;
    this.#bridge = bridge;
    this.#owner = node.id;
    this.#warnings = new WarnOnce((warning) => node.warn(warning));
  }

  /**
   * Carries out a command; resolves when it is delivered. What was refused is told to Home Assistant as the state that it
   * was before. Rejects with CloudError: `not_found`, `read_only`, `invalid_value`, and what writing a value throws
   */
  async carryOut(topic: CommandTopic, text: string, entry: WaitingMessage): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      entry.fail = reject;
      // What is wanted before the things are known waits for them.
      inBackground(this.#bridge.listed.then(resolve, reject));
    });
    const target = findTarget(this.#bridge.things, topic);
    const values = this.#bridge.valuesOf(target.thing.key);
    try {
      const { value, afterwards } = target.read(text, values?.known(target.variable) ?? {});
      await this.#writeAndTell(target, value, entry);
      if (afterwards === undefined) return;
      await sleep(systemClock, pulseMs);
      await this.#writeAndTell(target, afterwards, entry);
    } catch (reason) {
      values?.tellAsBefore(target.variable.property.id);
      throw reason;
    }
  }

  /** Writes a value, and tells it as the state unless another one has come meanwhile: its echo may have been missed. */
  async #writeAndTell(target: CommandTarget, value: unknown, entry: WaitingMessage): Promise<void> {
    const { id, type } = target.variable.property;
    const variable = wireName(target.variable.property);
    const values = this.#bridge.valuesOf(target.thing.key);
    const before = values?.known(target.variable).value;
    await this.#write(target, value, entry);
    if (values === undefined || values.known(target.variable).value !== before) return;
    try {
      values.takeWritten(id, coerceValue(type, value, { variable, lastKnown: before }));
    } catch {
      // A part of a value that only the cloud could complete: its echo tells the whole.
    }
  }

  #write({ thing, variable }: CommandTarget, value: unknown, entry: WaitingMessage): Promise<void> {
    return delivered(entry, (settle) =>
      this.#account.writer.write({
        as: "user",
        owner: this.#owner,
        thing: thing.thing.id,
        values: new Map([[wireName(variable.property), value]]),
        whenOffline: "queue",
        queueLimit,
        settle,
        onLimit: ({ kind, variable: name, warning }) => this.#warnings.note(JSON.stringify([kind, name]), warning),
      }),
    );
  }
}
