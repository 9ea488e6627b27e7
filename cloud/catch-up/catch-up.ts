import { abortable, onAbort } from "../core/abort";
import { sleep } from "../core/clock";
import { type CloudError, toCloudError } from "../core/errors";
import type { PropertyValue } from "../codec/values";
import type { LiveValue } from "../live-values/value-feed";
import type { Direction } from "../mqtt/topics";
import { type Property, wireName } from "../rest/index";
import type { CatchUpOptions, CaughtSource } from "./catch-up-options";
import { type Outage, OutageQueue } from "./outage-queue";
import { changedValues, comesBefore, unchangedValues } from "./present-values";
import { replayOutage } from "./replay";
import { type LastSeen, seenBefore, SeenValues } from "./seen-values";
import type { StoredValue } from "./sequence-alignment";
import { ThingReader } from "./thing-reader";
import { inBackground } from "../core/guard";

const defaultDelayMs = 15_000;
/** Time for what the broker relayed last to reach history, whatever delay is set. */
const minDelayMs = 250;
const defaultLimits = { values: 10_000, bytes: 16 * 2 ** 20 };
/** How long live values wait for the first ones that the cloud holds, and these for the subscription. */
const initialTimeoutMs = 5_000;
/** A value that the cloud holds may still be on its way to us so long. */
const inFlightMs = 1_000;
/** A difference of clocks that is told in whole seconds is off by so much at most. */
const wholeSecondsErrorMs = 1_100;

/**
 * Stands between the feed and a flow, and fills the gaps that outages leave in the values of a thing: with `last`, the
 * present values that changed meanwhile, unless a live value came first; with `all`, the whole gap from history, while
 * live values wait behind it. The time before the first value is an outage too where a predecessor left its last ones,
 * or where the flow begins with what the cloud holds. Outages are dealt with one after the other, so that one that comes
 * while another is being caught up finds a known end of what was seen. What fails and may pass is tried until it works.
 */
export class CatchUp {
  readonly #options: CatchUpOptions;
  readonly #direction: Direction;
  readonly #seen: SeenValues;
  readonly #closing = new AbortController();
  readonly #beganAt: number;
  readonly #outages: OutageQueue;
  readonly #reader: ThingReader;
  /** The outage before the first subscription, where the flow begins with what the cloud holds. */
  readonly #start: Outage | undefined;
  /** Whether that one is filled with stored values. */
  readonly #isFilled: boolean;
  /** Resolves when the cloud has told for the first time what it holds. */
  readonly #isKnown: Promise<void>;
  #tellKnown: () => void = () => undefined;
  #isSubscribed = false;
  #isWorking = false;
  /** Nothing goes out any more. */
  #isEnded = false;
  readonly #warned = new Set<string>();

  constructor(options: CatchUpOptions) {
    const { mode, initial = false, initialMs = 0, variable, clock, lastSeen, direction = "reported" } = options;
    this.#options = options;
    this.#direction = direction;
    this.#beganAt = clock.now();
    this.#isKnown = new Promise((resolve) => (this.#tellKnown = resolve));
    // Where all present values are given anyway, it does not matter which of them a predecessor has given.
    const isContinued = mode === "all" || (mode === "last" && !initial);
    const seen = SeenValues.from(isContinued ? lastSeen : undefined, this.#beganAt, variable);
    this.#isFilled = initial && initialMs > 0;
    this.#seen = this.#isFilled ? seenBefore(this.#beganAt - initialMs, seen) : seen;
    this.#outages = new OutageQueue({
      direction,
      seen: this.#seen,
      limits: options.maxBuffered ?? defaultLimits,
      give: (live) => this.#give(live, "live"),
      warn: options.onWarning,
    });
    this.#reader = new ThingReader({
      ...options,
      signal: this.#closing.signal,
      onDelay: (error) => this.#warnOfDelay(error),
    });
    if (this.#isFilled) this.#outages.begin("history", this.#beganAt, true);
    else if (this.#seen.since !== undefined) this.#beginOutage();
    else if (initial) this.#outages.begin("present", this.#beganAt, true);
    this.#start = initial ? this.#outages.first : undefined;
  }

  /** Takes a value of the feed, at the moment it arrives. */
  value(live: LiveValue): void {
    if (this.#isEnded || this.#closing.signal.aborted) return;
    // A topic that is refused holds up nothing that comes by the other one.
    const isBeside = live.direction !== this.#direction && !this.#isSubscribed;
    const isOver = this.#options.mode === "none" && this.#outages.first === undefined;
    if (isBeside || isOver) this.#give(live, "live");
    else this.#outages.take(live, this.#options.clock.now());
  }

  /** Notes that all values come from now on. */
  subscribed(): void {
    if (this.#isSubscribed || this.#closing.signal.aborted) return;
    this.#isSubscribed = true;
    const outage = this.#outages.last;
    const now = this.#options.clock.now();
    if (outage === undefined) {
      this.#seen.since ??= now;
      this.#options.onProgress?.();
      return;
    }
    outage.backAt ??= now;
    if (!outage.isReleased && outage.remedy === "present")
      this.#after(initialTimeoutMs, () => this.#outages.releaseFrom(outage));
    inBackground(this.#work());
  }

  /** Notes that no values come any more: the connection is lost, or the broker does not allow the subscription. */
  unsubscribed(): void {
    if (!this.#isSubscribed) return;
    this.#isSubscribed = false;
    const { last } = this.#outages;
    if (this.#options.mode !== "none" && (last === undefined || last.backAt !== undefined)) this.#beginOutage();
  }

  /**
   * Takes what the cloud holds, asked before or after the subscription. What can't come live as well is given without
   * waiting for the broker; the rest soon, if there is no subscription by then.
   */
  known(properties: readonly Property[]): void {
    const start = this.#start;
    this.#tellKnown();
    if (start === undefined || start !== this.#outages.first || this.#closing.signal.aborted) return;
    if (start.remedy === "history") {
      // What has changed comes from history, in its turn.
      const unchanged = unchangedValues(properties, this.#seen, this.#clockSkewMs);
      for (const value of unchanged) this.#give(this.#toLive(value), "initial");
      return;
    }
    const giveUntil = (time: number): void => {
      if (start.backAt === undefined) this.#givePresent(properties, ({ timestamp }) => timestamp < time);
    };
    giveUntil(this.#beganAt + this.#clockSkewMs - wholeSecondsErrorMs);
    this.#after(initialTimeoutMs, () => giveUntil(Infinity));
  }

  /** The values seen last, as plain JSON for the `lastSeen` of a successor. */
  get lastSeen(): LastSeen {
    // Before the first values are given, all that came since the subscription still waits.
    return this.#seen.toJSON(this.#start?.backAt);
  }

  /** Whether the values seen last include those of this turn of the event loop, which no node has got yet. */
  get isSettled(): boolean {
    return this.#seen.isSettled;
  }

  /** Lets what went into the flow in this turn count as seen, since it will arrive. */
  settle(): void {
    this.#seen.settle();
  }

  /**
   * Decides, once it is known, whether what went out in this turn arrives, and so counts as seen.
   * @param isLast nothing more goes out, ahead of `stop`: whoever has many may take several turns for that
   */
  end(isHeard: boolean, isLast: boolean): void {
    this.#isEnded = isLast;
    if (isHeard) this.#seen.settle();
    else this.#seen.drop();
  }

  /** Ends it; what waits is dropped, and is in history for a successor. */
  stop(): void {
    this.#closing.abort();
  }

  get #clockSkewMs(): number {
    return this.#options.client.clockSkew;
  }

  #beginOutage(): void {
    const now = this.#options.clock.now();
    if (this.#options.mode === "all") this.#outages.begin("history", now, true);
    else this.#outages.begin("present", now, false);
  }

  /** Deals with the outages that are over, one after the other. */
  async #work(): Promise<void> {
    if (this.#isWorking) return;
    this.#isWorking = true;
    for (let outage = this.#outages.first; outage?.backAt !== undefined; outage = this.#outages.first) {
      try {
        if (outage.remedy === "history") await this.#catchUpAll(outage, outage.backAt);
        else await this.#catchUpPresent(outage, outage.backAt);
      } catch (reason) {
        if (this.#closing.signal.aborted) return;
        this.#options.onError(toCloudError(reason));
      }
      if (this.#isEnded) return;
      this.#outages.finish();
      this.#options.onProgress?.();
    }
    this.#isWorking = false;
  }

  async #catchUpPresent(outage: Outage, backAt: number): Promise<void> {
    // A thing or variable that is not there may be made later; whoever looks it up tells.
    if (outage === this.#start) await abortable(this.#isKnown, this.#closing.signal, "Catching up");
    const properties = await this.#reader.properties(backAt);
    await this.#renewSeen();
    // What may come live as well is given when it has had time to come.
    const settled = backAt + this.#clockSkewMs - inFlightMs - wholeSecondsErrorMs;
    const isAllSettled = this.#givePresent(
      properties,
      ({ timestamp }) => timestamp < Math.min(settled, this.#end(backAt)),
    );
    if (isAllSettled) return;
    await sleep(this.#options.clock, inFlightMs, this.#closing.signal, "Catching up");
    await this.#renewSeen();
    this.#givePresent(properties, ({ timestamp }) => timestamp < this.#end(backAt));
  }

  /** Returns the time from which on values belong to a further outage, and come from history with all before them. */
  #end(backAt: number): number {
    const { lostAgainAt } = this.#outages;
    if (lostAgainAt === undefined || this.#options.mode !== "all") return Infinity;
    return (backAt + lostAgainAt) / 2 + this.#clockSkewMs;
  }

  /** Hands out the present values that are news and due; returns whether that were all that are news. */
  #givePresent(properties: readonly Property[], isDue: (value: StoredValue) => boolean): boolean {
    const news = this.#news(properties);
    const source = this.#outages.first === this.#start ? "initial" : "catch-up";
    for (const value of news) if (isDue(value)) this.#emit(value, source);
    return news.every(isDue);
  }

  /** Returns the present values that are news, in order of time. */
  #news(properties: readonly Property[]): StoredValue[] {
    return changedValues(properties, this.#seen, this.#clockSkewMs).filter((value) => {
      const waiting = this.#outages.waiting(value.variable);
      // What came live is newer.
      if (waiting === undefined || waiting.length === 0) return waiting !== undefined;
      // What was on its way when the connection was lost can't be told from what came before it.
      return this.#isSubscribed && comesBefore(value, waiting, this.#clockSkewMs);
    });
  }

  async #catchUpAll(outage: Outage, backAt: number): Promise<void> {
    const { clock, mode, onWarning } = this.#options;
    const { signal } = this.#closing;
    const source = outage === this.#start && this.#isFilled ? "initial" : "catch-up";
    // What history does not have yet, a beginning can do without: it has the present values too.
    const delayMs = mode === "all" ? Math.max(this.#options.delayMs ?? defaultDelayMs, minDelayMs) : minDelayMs;
    await sleep(clock, Math.max(0, backAt + delayMs - clock.now()), signal, "Catching up");
    const properties = await this.#reader.properties(backAt);
    const unstored = properties.filter(({ persist }) => persist === false);
    this.#warnUnstored(unstored);
    await replayOutage({
      client: this.#reader,
      clockSkewMs: this.#clockSkewMs,
      clock,
      signal,
      seen: this.#seen,
      renewSeen: () => this.#renewSeen(),
      onlineAt: backAt,
      buffered: outage.buffered,
      lostAgainAt: () => this.#outages.lostAgainAt,
      delayMs,
      stored: properties.filter(({ persist }) => persist !== false),
      present: () => this.#news(unstored),
      emit: (value) => this.#emit(value, source),
      warn: onWarning,
    });
    if (source === "initial") this.#givePresent(properties, () => true);
  }

  /** Learns what other copies of the flow have given meanwhile, which is not to come once more. */
  async #renewSeen(): Promise<void> {
    const { latestSeen, clock, variable } = this.#options;
    this.#seen.renew(SeenValues.from(await latestSeen?.(), clock.now(), variable));
  }

  #emit(value: StoredValue, source: CaughtSource): void {
    if (this.#isEnded) return;
    const { variable, timestamp } = value;
    const at = Math.min(timestamp - (this.#seen.offset(variable) || this.#clockSkewMs), this.#options.clock.now());
    this.#seen.note(variable, { value: value.value, timestamp, at, isStored: true });
    this.#give(this.#toLive(value), source);
  }

  #toLive({ variable, value, timestamp }: StoredValue): LiveValue {
    return { variable, value: value as PropertyValue, timestamp, direction: this.#direction, own: false };
  }

  #give(live: LiveValue, source: CaughtSource): void {
    try {
      this.#options.sink(live, source);
    } catch (reason) {
      this.#options.onError(toCloudError(reason));
    }
  }

  #warnOfDelay({ message }: CloudError): void {
    // Whoever subscribes tells that the thing can't be looked up.
    if (this.#outages.first === this.#start && (this.#isFilled || this.#start?.remedy === "present")) return;
    this.#options.onWarning(`Catching up after an outage has to wait: ${message}`);
  }

  #warnUnstored(properties: readonly Property[]): void {
    const names = properties.map(wireName).filter((name) => !this.#warned.has(name));
    if (names.length === 0) return;
    for (const name of names) this.#warned.add(name);
    const what = this.#outages.first === this.#start ? "at the start" : "after an outage";
    this.#options.onWarning(
      `The cloud keeps no history of ${names.join(", ")}: ${what} only the present value is caught up.`,
    );
  }

  /** Does some work later, unless it is ended before. */
  #after(milliseconds: number, work: () => void): void {
    const stop = this.#options.clock.after(milliseconds, () => {
      unlisten();
      if (!this.#isEnded) work();
    });
    const unlisten = onAbort(this.#closing.signal, stop);
  }
}
