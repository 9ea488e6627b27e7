import type { Cluster } from "../cluster/cluster";
import type { WaitingWork } from "../cluster/engine";
import { CloudError } from "../core/errors";
import { inBackground } from "../core/guard";
import { type DeviceWrite, outcomeToText, writeFromText } from "./device-write";

interface TakenWritesOptions {
  cluster: Pick<Cluster, "engine" | "tell">;
  queue: string;
  /** Sends values over the session of the device. */
  report: (write: DeviceWrite) => void;
  /** Lets go of what an owner has in the outbox of the device. */
  withdraw: (owner: string) => Promise<void>;
  /** Told that the outcome of a write can be asked for. */
  onSettled: (id: string) => void;
}

interface Settled {
  readonly work: WaitingWork;
  readonly outcome: string;
}

/** The writes that other copies have handed over, while this copy has the device. */
export class TakenWrites {
  readonly #options: TakenWritesOptions;
  readonly #owners = new Set<string>();
  /** The ids of what is in the outbox: where the engine has lost its memory, work is handed over anew. */
  readonly #underWay = new Set<string>();
  /** Outcomes that the engine does not know yet. */
  #settled: Settled[] = [];
  #isSettling = false;
  /** Counts up with each beginning and end. */
  #life = 0;
  #isOpen = false;
  #behind = "";
  #isLooking = false;
  #isDue = false;

  constructor(options: TakenWritesOptions) {
    this.#options = options;
  }

  /** Whether outcomes wait for the engine. */
  get hasUnsettled(): boolean {
    return this.#settled.length > 0;
  }

  /** Takes from now on what waits, from the oldest on: a copy before may not have come to its end. */
  open(): void {
    this.#isOpen = true;
    this.#life++;
    this.#behind = "";
    this.look();
  }

  /** Takes no more, and leaves what is not sent to the copy that comes next. */
  close(): void {
    this.#isOpen = false;
    this.#life++;
    for (const owner of this.#owners) inBackground(this.#options.withdraw(owner));
    this.#owners.clear();
    this.#underWay.clear();
  }

  /**
   * Looks whether there is something to take.
   * @param fromStart also before what was taken last: another server, or another clock, may give lower tickets
   */
  look(fromStart = false): void {
    if (fromStart) this.#behind = "";
    this.#isDue = true;
    if (!this.#isLooking) inBackground(this.#takeAll());
  }

  /** Tells the engine what it does not know yet. */
  async settle(): Promise<void> {
    if (this.#isSettling) return;
    this.#isSettling = true;
    const { cluster, queue, onSettled } = this.#options;
    try {
      for (let next = this.#settled[0]; next !== undefined; next = this.#settled[0]) {
        const { engine } = cluster;
        if (engine === undefined) return;
        await engine.settle(queue, next.work, next.outcome);
        this.#settled.shift();
        onSettled(next.work.id);
      }
    } catch {
      // It is told when the engine is there again.
    } finally {
      this.#isSettling = false;
    }
  }

  async #takeAll(): Promise<void> {
    const { cluster, queue } = this.#options;
    this.#isLooking = true;
    try {
      while (this.#isDue && this.#isOpen) {
        this.#isDue = false;
        const life = this.#life;
        const found = (await cluster.engine?.waiting(queue, this.#behind)) ?? [];
        if (life !== this.#life) {
          this.#isDue = true;
          continue;
        }
        for (const work of found) this.#take(work, life);
        this.#behind = found.at(-1)?.ticket ?? this.#behind;
        this.#isDue ||= found.length > 0;
      }
    } catch {
      // The engine is away; whoever looks next finds it all.
    } finally {
      this.#isLooking = false;
    }
  }

  #take(work: WaitingWork, life: number): void {
    if (this.#underWay.has(work.id) || this.#settled.some((settled) => settled.work.id === work.id)) return;
    this.#underWay.add(work.id);
    const write = writeFromText(work.text);
    const settle = (error?: CloudError): void => {
      if (life === this.#life) this.#underWay.delete(work.id);
      if (error?.code === "cancelled" || (error !== undefined && life !== this.#life)) return;
      this.#settled.push({ work, outcome: outcomeToText(error) });
      inBackground(this.settle());
    };
    if (write === undefined) {
      settle(new CloudError("server_error", "The write was handed over in a form that this copy does not know."));
      return;
    }
    // Limits count for each node of each copy together: as one node.
    const owner = `relayed/${write.owner}`;
    this.#owners.add(owner);
    this.#options.report({ ...write, owner, settle });
  }
}
