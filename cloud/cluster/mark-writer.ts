import { inBackground } from "../core/guard";
import { TurnBatches } from "../core/turn-batches";
import type { Clock } from "../core/clock";
import { markToText } from "./mark";
import type { HeardValue, Lane } from "./value-ring";

/** So long values are gathered for one mark, which costs as much CPU as about twenty of them. */
const gatherMs = 150;
/** So long after it was sent a value is marked at the earliest: a flow that dies at once has had it, or is given it again. */
const settleMs = 100;

interface MarkWriterOptions {
  clock: Clock;
  /** The difference between the engine's time and the monotonic clock, in milliseconds. */
  offsetMs: () => number;
  /** Writes marks by the names of their lanes. */
  write: (marks: Record<string, string>) => Promise<unknown>;
}

/** Writes down how far the lanes have gone, a few times a second. */
export class MarkWriter {
  readonly #options: MarkWriterOptions;
  readonly #moved = new Set<Lane>();
  /** The values that went into the flow, and that no node has got yet. */
  readonly #sent = new TurnBatches<HeardValue>((values) => this.#count(values));
  #staged: Record<string, string> = {};
  #stopTimer: (() => void) | undefined;
  /** Counts up whenever all is forgotten. */
  #life = 0;

  constructor(options: MarkWriterOptions) {
    this.#options = options;
  }

  /** Notes a value with which the flow is done. It counts from the next turn on, in which nodes get what was sent. */
  spoke(value: HeardValue): void {
    this.#sent.add(value);
  }

  /** Forgets what went into a flow that ends in the same turn: no node got it. */
  ends(lane: Lane): void {
    this.#sent.forget((value) => value.lane === lane);
  }

  /** Writes down everything at once. */
  async flush(): Promise<void> {
    this.#sent.flush();
    this.#stage();
    await this.#writeStaged();
  }

  /** Forgets what is not written yet: another copy speaks. */
  clear(): void {
    this.#life++;
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    this.#sent.clear();
    this.#moved.clear();
    this.#staged = {};
  }

  #count(values: readonly HeardValue[]): void {
    for (const value of values) {
      value.lane.spoke(value);
      this.#moved.add(value.lane);
    }
    if (this.#moved.size > 0) this.#arm();
  }

  #arm(): void {
    const { clock } = this.#options;
    this.#stopTimer ??= clock.after(gatherMs, () => {
      this.#stage();
      this.#stopTimer = clock.after(settleMs, () => {
        this.#stopTimer = undefined;
        inBackground(this.#writeStaged());
        if (this.#moved.size > 0) this.#arm();
      });
    });
  }

  #stage(): void {
    const offsetMs = this.#options.offsetMs();
    for (const lane of this.#moved) this.#staged[lane.key] = markToText(lane.mark(offsetMs));
    this.#moved.clear();
  }

  async #writeStaged(): Promise<void> {
    const marks = this.#staged;
    const life = this.#life;
    this.#staged = {};
    if (Object.keys(marks).length === 0) return;
    try {
      await this.#options.write(marks);
    } catch {
      // The engine is away, which is told elsewhere.
      if (life !== this.#life) return;
      this.#staged = { ...marks, ...this.#staged };
      this.#arm();
    }
  }
}
