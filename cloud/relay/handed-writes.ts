import { randomUUID } from "node:crypto";
import type { Cluster } from "../cluster/cluster";
import type { HandedWork } from "../cluster/engine";
import type { Clock } from "../core/clock";
import { CloudError, toCloudError } from "../core/errors";
import { inBackground } from "../core/guard";
import { Outbox } from "../live-values/outbox";
import { type DeviceWrite, outcomeFromText, writeToText } from "./device-write";

/** The engine's pace is its own affair. */
const messagesPerSecond = 1_000;

interface HandedWritesOptions {
  cluster: Pick<Cluster, "engine" | "tell">;
  clock: Clock;
  /** The queue of the device. */
  queue: string;
  /** Told that something has been handed over. */
  onHanded: () => void;
}

/** A write on its way to the copy that has the device. */
interface Handed extends HandedWork {
  outcome: CloudError | undefined;
}

interface Unanswered {
  readonly work: Handed;
  readonly resolve: () => void;
  readonly reject: (error: CloudError) => void;
}

/** The writes that this copy hands over, each until its outcome is known; what is handed over again counts once. */
export class HandedWrites {
  readonly outbox: Outbox<Handed>;
  readonly #options: HandedWritesOptions;
  readonly #unanswered = new Map<string, Unanswered>();
  /** Those that have no outcome yet. */
  readonly #open = new Set<DeviceWrite>();

  constructor(options: HandedWritesOptions) {
    this.#options = options;
    this.outbox = new Outbox({ clock: options.clock, messagesPerSecond, isBlameless: true });
  }

  /** How many have no outcome yet. */
  get size(): number {
    return this.#open.size;
  }

  /** Takes a write; its `settle` tells the outcome, wherever it came about. */
  add(write: DeviceWrite): void {
    const { owner, whenOffline, queueLimit } = write;
    const work: Handed = { id: randomUUID(), text: "", outcome: undefined };
    this.#open.add(write);
    this.connect();
    this.outbox.add({
      owner,
      target: this.#options.queue,
      lane: JSON.stringify([...write.values.keys()].sort()),
      whenOffline,
      queueLimit,
      prepare: () => {
        work.text = writeToText(write);
        return { targetNames: [], writes: [{ payload: work }] };
      },
      settle: (error) => {
        this.#open.delete(write);
        write.settle(error ?? work.outcome);
      },
    });
  }

  /** Lets go of what a node has handed over, as `Outbox.withdraw` does. */
  async withdraw(owner: string): Promise<void> {
    await this.outbox.withdraw(owner);
    for (const write of this.#open) if (write.owner === owner) this.#open.delete(write);
  }

  /** Opens the way to the engine where it is there and was not. */
  connect(): void {
    if (this.outbox.isOnline || this.#options.cluster.engine === undefined) return;
    this.#unanswered.clear();
    this.outbox.online({ send: (work) => this.#send(work) });
  }

  /** Asks for the outcome of one write, or of all that have none. */
  ask(id?: string): void {
    for (const one of [...this.#unanswered.values()]) {
      if (id === undefined || one.work.id === id) inBackground(this.#submit(one, false));
    }
  }

  /** Ends what is left with `cancelled`. */
  close(): void {
    this.outbox.close();
  }

  #send(work: Handed): Promise<void> {
    return new Promise((resolve, reject) => {
      const one = { work, resolve, reject };
      this.#unanswered.set(work.id, one);
      inBackground(this.#submit(one, true));
    });
  }

  async #submit(one: Unanswered, isNew: boolean): Promise<void> {
    const { cluster, queue, onHanded } = this.#options;
    const { work, resolve, reject } = one;
    try {
      const outcome = await cluster.engine?.submit(queue, work);
      if (outcome === undefined) throw new CloudError("offline", "The cluster has no Redis at present.");
      if (outcome === "") {
        if (isNew) onHanded();
        return;
      }
      work.outcome = outcomeFromText(outcome);
      this.#unanswered.delete(work.id);
      resolve();
    } catch (reason) {
      // Whatever is wrong with the engine, the write waits until it is there again.
      reject(new CloudError("offline", toCloudError(reason).message));
    }
  }
}
