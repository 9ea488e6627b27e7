import type { Clock } from "../core/clock";
import type { CloudError } from "../core/errors";

interface EngineHealthOptions {
  clock: Clock;
  ttlMs: number;
  /** Whether a copy may go on without the engine. */
  mayGoOnAlone: boolean;
  /** Told of each kind of fault once until the engine answers again. */
  onWarning: (message: string) => void;
}

/** Whether the engine is there; and where it is not, whether this copy goes on without it. */
export class EngineHealth {
  readonly #options: EngineHealthOptions;
  #fault: CloudError | undefined;
  #beatAt = -Infinity;
  /** By the monotonic clock, since when the engine has been away while this process was awake. */
  #downSince: number | undefined;
  #isAlone = false;
  #hasWarnedOfLoss = false;
  /** The kinds of fault that have been told of. */
  readonly #warned = new Set<string>();
  #isUnusable = false;

  constructor(options: EngineHealthOptions) {
    this.#options = options;
  }

  /** Why the engine is no use at present; undefined where it is. */
  get fault(): CloudError | undefined {
    return this.#fault;
  }

  /** Whether this copy speaks although it can't be known whether another one does. */
  get isAlone(): boolean {
    return this.#isAlone;
  }

  /** Whether the engine can't even be tried: nothing changes that but other settings. */
  get isUnusable(): boolean {
    return this.#isUnusable;
  }

  /** Notes that this process is awake: what one that slept finds says nothing of the engine. */
  beat(): void {
    const now = this.#options.clock.monotonic();
    if (now - this.#beatAt > this.#options.ttlMs) this.#downSince = undefined;
    this.#beatAt = now;
  }

  /** Notes that the engine has answered. */
  up(): void {
    this.#fault = undefined;
    this.#downSince = undefined;
    this.#hasWarnedOfLoss = false;
    this.#warned.clear();
  }

  /**
   * Notes that the engine is no use; returns whether this copy goes on alone from now on.
   * @param isLastSpeaker whether no other copy is known to have spoken last
   */
  down(error: CloudError, isLastSpeaker: boolean): boolean {
    const { clock, ttlMs, mayGoOnAlone, onWarning } = this.#options;
    const now = clock.monotonic();
    if (this.#downSince === undefined || now - this.#beatAt > ttlMs) this.#downSince = now;
    this.#fault = error;
    if (!this.#warned.has(error.code)) onWarning(error.message);
    this.#warned.add(error.code);
    // A lease that was kept a moment ago is good for longer than that.
    if (this.#isAlone || !mayGoOnAlone || !isLastSpeaker || now - this.#downSince < ttlMs / 2) return false;
    this.#isAlone = true;
    return true;
  }

  /** Notes that a value had to go which has waited for the engine; told once. */
  lostValues(): void {
    if (this.#hasWarnedOfLoss) return;
    this.#hasWarnedOfLoss = true;
    this.#options.onWarning("Values waited for the cluster's Redis for so long that the first ones had to go.");
  }

  /** Notes that it is known again who speaks. */
  together(): void {
    this.#isAlone = false;
  }

  /** Notes that the engine can't even be tried. */
  unusable(error: CloudError): void {
    this.#isUnusable = true;
    this.#fault = error;
    this.#isAlone = this.#options.mayGoOnAlone;
    this.#options.onWarning(error.message);
  }

  /** Begins anew. */
  reset(): void {
    this.up();
    this.#isAlone = false;
  }
}
