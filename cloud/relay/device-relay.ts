import type { Cluster } from "../cluster/cluster";
import type { ClusterState } from "../cluster/cluster-state";
import { type Clock, systemClock } from "../core/clock";
import { inBackground } from "../core/guard";
import type { Outbox } from "../live-values/outbox";
import type { DeviceWrite } from "./device-write";
import { HandedWrites } from "./handed-writes";
import { TakenWrites } from "./taken-writes";

/** A word of another copy may be lost: outcomes are asked for after so long, in milliseconds. */
const askIntervalMs = 2_000;

interface DeviceRelayOptions {
  cluster: Pick<Cluster, "engine" | "state" | "tell" | "listen" | "observe">;
  /** The device, which all copies know by this id. */
  deviceId: string;
  /** Sends values over the session of the device. */
  report: (write: DeviceWrite) => void;
  /** The outbox of that session. */
  outbox: Pick<Outbox<unknown>, "isOnline" | "pending" | "withdraw">;
  clock?: Clock;
}

/**
 * The writes to a device of which only one of several copies may have the identity: that copy sends its own writes, and
 * takes those of the others by a queue in the engine. Each is sent at least once, and ends once where it came from.
 */
export class DeviceRelay {
  readonly #options: DeviceRelayOptions;
  readonly #clock: Clock;
  readonly #handed: HandedWrites;
  readonly #taken: TakenWrites;
  /** Own writes in the outbox of the device, in their order. */
  readonly #own = new Set<DeviceWrite>();
  readonly #ends: (() => void)[];
  #isHolder = false;
  /** How many times the session is being closed at the moment: meanwhile writes wait, to keep their order. */
  #closings = 0;
  #delayed: DeviceWrite[] = [];
  #stopTimer: (() => void) | undefined;

  constructor(options: DeviceRelayOptions) {
    const { cluster, deviceId, clock = systemClock } = options;
    const queue = `dev:${deviceId}`;
    this.#options = options;
    this.#clock = clock;
    this.#handed = new HandedWrites({
      ...{ cluster, clock, queue },
      onHanded: () => {
        inBackground(cluster.tell("handed", queue));
        // It may be this copy that has the device by now.
        this.#taken.look();
      },
    });
    this.#taken = new TakenWrites({
      ...{ cluster, queue },
      report: options.report,
      withdraw: (owner) => options.outbox.withdraw(owner),
      onSettled: (id) => {
        inBackground(cluster.tell("settled", id));
        this.#handed.ask(id);
      },
    });
    this.#ends = [
      cluster.listen("handed", (other) => other === queue && this.#taken.look()),
      cluster.listen("settled", (id) => this.#handed.ask(id)),
      cluster.observe(() => this.#refresh()),
    ];
  }

  /** Whether there is a way for writes at the moment. */
  get isOnline(): boolean {
    return this.#isHolder ? this.#options.outbox.isOnline : this.#handed.outbox.isOnline;
  }

  /** How this copy stands in the cluster. */
  get clusterState(): ClusterState {
    return this.#options.cluster.state;
  }

  /** Tells of each change of that; returns the function that ends it. */
  observe(observer: () => void): () => void {
    return this.#options.cluster.observe(observer);
  }

  /** Returns how many writes of a node wait or are under way. */
  pending(owner: string): number {
    const delayed = this.#delayed.filter((write) => write.owner === owner).length;
    return this.#options.outbox.pending(owner) + this.#handed.outbox.pending(owner) + delayed;
  }

  /** Takes a write. */
  write(write: DeviceWrite): void {
    if (this.#closings > 0) this.#delayed.push(write);
    // What was handed over before goes first.
    else if (this.#isHolder && this.#handed.size === 0) this.#report(write);
    else this.#handOver(write);
  }

  /** Lets go of the writes of a node: they are not settled any more. */
  async withdraw(owner: string): Promise<void> {
    this.#delayed = this.#delayed.filter((write) => write.owner !== owner);
    for (const write of this.#own) if (write.owner === owner) this.#own.delete(write);
    await Promise.all([this.#options.outbox.withdraw(owner), this.#handed.withdraw(owner)]);
  }

  /** Notes that this copy has the device from now on. */
  hold(): void {
    this.#isHolder = true;
    this.#taken.open();
    this.#askLater();
  }

  /** Notes that it no longer has it, and hands over what is left, when the session is closed. */
  async letGo(closeSession: () => Promise<void>): Promise<void> {
    this.#isHolder = false;
    this.#closings++;
    try {
      await closeSession();
    } finally {
      this.#closings--;
      if (this.#closings === 0) this.#handOverAll();
    }
  }

  /** Ends it: what others have handed over is left to the copy that comes next. */
  close(): void {
    this.#isHolder = false;
    for (const end of this.#ends) end();
    this.#stopTimer?.();
    this.#taken.close();
    this.#handed.close();
  }

  #report(write: DeviceWrite): void {
    this.#own.add(write);
    this.#options.report({ ...write, settle: (error) => this.#own.delete(write) && write.settle(error) });
  }

  #handOver(write: DeviceWrite): void {
    this.#handed.add(write);
    this.#askLater();
  }

  #handOverAll(): void {
    this.#taken.close();
    const own = [...this.#own, ...this.#delayed];
    for (const { owner } of this.#own) inBackground(this.#options.outbox.withdraw(owner));
    this.#own.clear();
    this.#delayed = [];
    for (const write of own) this.#handOver(write);
    // It may have been given back meanwhile.
    if (this.#isHolder) this.#taken.open();
  }

  /** Goes on with what has waited for the engine. */
  #refresh(): void {
    if (this.#handed.size > 0) this.#handed.connect();
    this.#taken.look();
    inBackground(this.#taken.settle());
  }

  /** Looks now and then after what may have been told in vain. */
  #askLater(): void {
    this.#stopTimer ??= this.#clock.after(askIntervalMs, () => {
      this.#stopTimer = undefined;
      this.#refresh();
      this.#taken.look(true);
      this.#handed.ask();
      if (this.#isHolder || this.#handed.size > 0 || this.#taken.hasUnsettled) this.#askLater();
    });
  }
}
