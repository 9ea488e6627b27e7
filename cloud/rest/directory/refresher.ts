import { backoffMs } from "../../core/backoff";
import type { Clock } from "../../core/clock";
import type { CloudError } from "../../core/errors";
import { toCloudError } from "../../core/errors";
import type { Directory } from "./directory";
import { guarded, inBackground } from "../../core/guard";

/** Knowledge that is in use is refreshed when it is as old as this. */
export const knowledgeTtlMs = 300_000;
/** Between two refreshes that something gone wrong asks for: a free plan has one request a second for everything. */
const minIntervalMs = 5_000;

/** Told when all things have been listed anew, or that they could not be. */
type OnRefresh = (failure: CloudError | undefined) => void;

/**
 * Keeps what the directory knows from growing old while somebody uses it: one list of all things every five minutes,
 * and at once after a reconnect, a refusal or a `not_found`. While nobody uses it, nothing is asked.
 */
export class DirectoryRefresher {
  readonly #directory: Directory;
  readonly #clock: Clock;
  readonly #users = new Set<OnRefresh>();
  /** Until when the last single use counts, by the monotonic clock. */
  #usedUntil = -Infinity;
  #stopTimer: (() => void) | undefined;
  #dueAt = Infinity;
  #startedAt = -Infinity;
  /** After a failure, not before this. */
  #retryAt = -Infinity;
  #isRunning = false;
  /** Asked for by more than age, since the last list was asked for. */
  #isUrgent = false;
  #failures = 0;
  #isClosed = false;

  constructor({ directory, clock }: { directory: Directory; clock: Clock }) {
    this.#directory = directory;
    this.#clock = clock;
  }

  /** Keeps knowledge fresh until the returned function is called, and tells each time that it was refreshed. */
  follow(onRefresh: OnRefresh): () => void {
    // Each has a place of its own, also where two pass the same function.
    const user: OnRefresh = guarded(onRefresh);
    this.#users.add(user);
    this.#schedule();
    return () => {
      this.#users.delete(user);
      if (!this.#isInUse) this.#unschedule();
    };
  }

  /** Keeps knowledge fresh for the next five minutes. */
  use(): void {
    this.#usedUntil = this.#clock.monotonic() + knowledgeTtlMs;
    if (this.#stopTimer === undefined) this.#schedule();
  }

  /** Asks the cloud as soon as the pace allows, if anybody uses what is known: it has turned out to be wrong. */
  refreshSoon(): void {
    this.#isUrgent = true;
    this.#schedule();
  }

  /** Ends all refreshing. */
  close(): void {
    this.#isClosed = true;
    this.#users.clear();
    this.#usedUntil = -Infinity;
    this.#unschedule();
  }

  get #isInUse(): boolean {
    return this.#users.size > 0 || this.#usedUntil > this.#clock.monotonic();
  }

  /** Sets the timer for the next refresh, if there is one to come. */
  #schedule(): void {
    if (this.#isClosed || this.#isRunning || !this.#isInUse) return;
    const now = this.#clock.monotonic();
    const time = this.#isUrgent ? Math.max(now, this.#startedAt + minIntervalMs) : this.#oldAt(now);
    const dueAt = Math.max(time, this.#retryAt);
    if (this.#stopTimer !== undefined && this.#dueAt <= dueAt) return;
    this.#unschedule();
    this.#dueAt = dueAt;
    this.#stopTimer = this.#clock.after(Math.max(0, dueAt - now), () => this.#due());
  }

  #unschedule(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
  }

  /** Returns when the newest list gets too old; a list that somebody else has asked for counts too. */
  #oldAt(now: number): number {
    return (this.#directory.listedAt ?? now) + knowledgeTtlMs;
  }

  #due(): void {
    this.#unschedule();
    const now = this.#clock.monotonic();
    if (!this.#isInUse) return;
    if (this.#isUrgent || this.#directory.listedAt === undefined || this.#oldAt(now) <= now) inBackground(this.#run());
    else this.#schedule();
  }

  /** Lists all things, tells the users, and sets the next timer. Never rejects. */
  async #run(): Promise<void> {
    this.#isRunning = true;
    this.#isUrgent = false;
    this.#startedAt = this.#clock.monotonic();
    let failure: CloudError | undefined;
    try {
      await this.#directory.things({ maxAgeMs: 0 });
      this.#failures = 0;
      this.#retryAt = -Infinity;
    } catch (reason) {
      failure = toCloudError(reason);
      this.#isUrgent = true;
      this.#retryAt = this.#clock.monotonic() + minIntervalMs + backoffMs(this.#failures++, this.#clock);
    }
    this.#isRunning = false;
    if (this.#isClosed) return;
    for (const user of [...this.#users]) user(failure);
    this.#schedule();
  }
}
