import type { Clock } from "../core/clock";
import { sleep } from "../core/clock";
import type { StoredValue } from "./sequence-alignment";
import { backoffMs } from "../core/backoff";
import type { LiveValue } from "../live-values/value-feed";
import type { Session, SessionState } from "../mqtt/session";
import type { PropertyValue } from "../codec/values";
import { type CloudError, isTransient, toCloudError } from "../core/errors";
import { retry } from "../core/retry";
import { isReported } from "./known-edges";
import { changedValues } from "./present-values";
import { replayOutage } from "./replay";
import type { BufferedValue } from "./replay-context";
import { type KnownThing, type Property, type Rest, wireName } from "../rest/index";
import { type LastSeen, SeenValues } from "./seen-values";

/** Where a value comes from. */
export type CaughtSource = "live" | "catch-up";

export interface CatchUpOptions {
  account: { session: Session; rest: Pick<Rest, "client" | "directory"> };
  clock: Clock;
  thingId: string;
  /** The variable name; blank for all variables. */
  variable: string;
  /** `last`: present values that changed in an outage; `all`: every stored value of it. */
  mode: "last" | "all";
  /**
   * For `all`: milliseconds after the return until history is expected to have caught up (docs/protocol.md#history).
   * Default 15 s.
   */
  delayMs?: number;
  /** A result of `lastSeen` from before a restart; anything else counts as nothing. */
  lastSeen?: unknown;
  /** Most live values that wait, and most bytes of them. */
  maxBuffered?: { values: number; bytes: number };
  /** Every value, live or caught up, in the order in which a flow shall get it. */
  sink: (value: LiveValue, source: CaughtSource) => void;
  /** Something that the user should know, while it goes on. */
  onWarning: (message: string) => void;
  /** An outage whose values can't be had. */
  onError: (error: CloudError) => void;
}

/** An outage, with what came live after it. */
interface Outage {
  /** Milliseconds since 1970 at which the connection was lost. */
  readonly lostAt: number;
  /** Milliseconds since 1970 at which the connection was back; undefined until then. */
  onlineAt?: number;
  readonly buffered: BufferedValue[];
  bytes: number;
  /** Whether all that was buffered has gone out: then what comes goes out at once. */
  isReleased: boolean;
  /** Values that came since then, beyond those that are buffered. */
  readonly later: SeenValues;
}

const defaultDelayMs = 15_000;
/** Time for what the broker relayed last to reach history, whatever delay is set. */
const minDelayMs = 250;
const defaultLimits = { values: 10_000, bytes: 16 * 2 ** 20 };
/** Rough size of a value in memory besides its texts. */
const valueBytes = 200;
/** Look-ups of many nodes after the same outage share an answer that is no older. */
const cacheTtlMs = 1_000;

/**
 * Stands between the feed and a flow, and fills the gaps that outages of the session leave in the reported values of a
 * thing: with `last`, the present values that changed meanwhile, unless a live value came first; with `all`, the whole
 * gap from history, while live values wait behind it. Outages are dealt with one after the other, so that one that
 * comes while another is being caught up finds a known end of what was seen. What fails and may pass is tried until it
 * works.
 */
export class CatchUp {
  readonly #options: CatchUpOptions;
  readonly #seen: SeenValues;
  readonly #closing = new AbortController();
  /** Outages that are not caught up, oldest first; live values wait with the last one. */
  readonly #outages: Outage[] = [];
  #isOnline = false;
  #isWorking = false;
  #unobserve: (() => void) | undefined;
  #warned = new Set<string>();

  constructor(options: CatchUpOptions) {
    this.#options = options;
    this.#seen = SeenValues.from(options.lastSeen, options.clock.now());
  }

  /** Begins to follow the session; to be called before the first value. */
  start(): void {
    const { session } = this.#options.account;
    if (this.#seen.since !== undefined) this.#outages.push(this.#newOutage());
    this.#unobserve = session.observe((state) => this.#follow(state));
    this.#follow(session.state);
  }

  /** Takes a value of the feed, at the moment it arrives. */
  value(live: LiveValue): void {
    if (this.#closing.signal.aborted) return;
    const outage = this.#outages.at(-1);
    const at = this.#options.clock.now();
    if (outage !== undefined) this.#buffer(outage, live, at);
    else {
      this.#note(live, at);
      this.#give(live, "live");
    }
  }

  /** The values seen last, as plain JSON for the `lastSeen` of a successor. */
  get lastSeen(): LastSeen {
    return this.#seen.toJSON();
  }

  /** Ends it; what waits is dropped, and is in history for a successor. */
  stop(): void {
    this.#closing.abort();
    this.#unobserve?.();
  }

  #newOutage(): Outage {
    // With `last` nothing waits.
    const isReleased = this.#options.mode === "last";
    return { lostAt: this.#options.clock.now(), buffered: [], bytes: 0, isReleased, later: new SeenValues() };
  }

  #follow({ name }: SessionState): void {
    const isOnline = name === "online";
    if (isOnline === this.#isOnline) return;
    this.#isOnline = isOnline;
    const outage = this.#outages.at(-1);
    if (!isOnline) {
      if (outage === undefined || outage.onlineAt !== undefined) this.#outages.push(this.#newOutage());
    } else if (outage === undefined) {
      this.#seen.since ??= this.#options.clock.now();
    } else {
      outage.onlineAt ??= this.#options.clock.now();
      void this.#work();
    }
  }

  #note({ variable, value, received, timestamp, direction }: LiveValue, at: number, seen = this.#seen): void {
    if (direction === "reported") seen.note(variable, { value: received ?? value, timestamp, at, isStored: false });
  }

  #buffer(outage: Outage, live: LiveValue, at: number): void {
    if (outage.isReleased) {
      this.#note(live, at, outage.later);
      this.#give(live, "live");
      return;
    }
    outage.buffered.push({ live, at });
    outage.bytes += sizeOf(live);
    const { values, bytes } = this.#options.maxBuffered ?? defaultLimits;
    const sum = (of: (outage: Outage) => number): number => this.#outages.reduce((total, one) => total + of(one), 0);
    if (sum((one) => one.buffered.length) > values || sum((one) => one.bytes) > bytes) this.#release();
  }

  /** Lets what waits go out of turn, once it is too much, which is better than to lose it. */
  #release(): void {
    this.#options.onWarning(
      "Too many live values wait for the values of an outage: they go on now, and the older ones follow late.",
    );
    for (const outage of this.#outages.filter(({ isReleased }) => !isReleased)) {
      outage.isReleased = true;
      for (const { live } of outage.buffered) this.#give(live, "live");
    }
  }

  /** Deals with the outages that are over, one after the other. */
  async #work(): Promise<void> {
    if (this.#isWorking) return;
    this.#isWorking = true;
    for (let outage = this.#outages[0]; outage?.onlineAt !== undefined; outage = this.#outages[0]) {
      try {
        if (this.#options.mode === "last") await this.#catchUpLast(outage.onlineAt);
        else await this.#catchUpAll(outage, outage.onlineAt);
      } catch (reason) {
        if (this.#closing.signal.aborted) return;
        this.#options.onError(toCloudError(reason));
      }
      this.#outages.shift();
      this.#finish(outage, outage.onlineAt);
    }
    this.#isWorking = false;
  }

  /** Lets go what waited, and remembers that all up to the return has been seen. */
  #finish(outage: Outage, onlineAt: number): void {
    for (const { live, at } of outage.buffered) {
      this.#note(live, at);
      if (!outage.isReleased) this.#give(live, "live");
    }
    this.#seen.append(outage.later);
    this.#seen.since = onlineAt;
  }

  async #catchUpLast(onlineAt: number): Promise<void> {
    const properties = await this.#properties(onlineAt);
    for (const value of this.#changed(properties)) this.#emit(value);
  }

  /** Returns the present values that are news, in order of time. */
  #changed(properties: readonly Property[]): StoredValue[] {
    // What came live is newer, also what came after a further outage.
    const came = (name: string): boolean =>
      this.#outages.some(
        ({ buffered, later }) =>
          later.of(name).length > 0 || buffered.some((one) => isReported(one) && one.live.variable === name),
      );
    const changed = changedValues(properties, this.#seen, this.#options.account.rest.client.clockSkew);
    return changed.filter(({ variable }) => !came(variable));
  }

  async #catchUpAll(outage: Outage, onlineAt: number): Promise<void> {
    const { clock, account, onWarning } = this.#options;
    const { signal } = this.#closing;
    const delayMs = Math.max(this.#options.delayMs ?? defaultDelayMs, minDelayMs);
    await sleep(clock, Math.max(0, onlineAt + delayMs - clock.now()), signal, "Catching up");
    const properties = await this.#properties(onlineAt);
    const unstored = properties.filter(({ persist }) => persist === false);
    this.#warnUnstored(unstored);
    await replayOutage({
      client: { call: (...call) => this.#persist(() => account.rest.client.call(...call)) },
      clockSkewMs: account.rest.client.clockSkew,
      clock,
      signal,
      seen: this.#seen,
      onlineAt,
      buffered: outage.buffered,
      lostAgainAt: () => this.#outages[1]?.lostAt,
      delayMs,
      stored: properties.filter(({ persist }) => persist !== false),
      present: () => this.#changed(unstored),
      emit: (value) => this.#emit(value),
      warn: onWarning,
    });
  }

  /** Returns the variables concerned, as they are now. */
  async #properties(onlineAt: number): Promise<Property[]> {
    const { account, clock, thingId, variable } = this.#options;
    const { signal } = this.#closing;
    const thing: KnownThing = await this.#persist(() => {
      const maxAgeMs = Math.max(0, Math.min(cacheTtlMs, clock.now() - onlineAt));
      return account.rest.directory.thing(thingId, { signal, maxAgeMs });
    });
    return thing.properties.filter((property) => variable === "" || wireName(property) === variable);
  }

  #emit({ variable, value, timestamp }: StoredValue): void {
    const { account, clock } = this.#options;
    const at = timestamp - (this.#seen.offset(variable) || account.rest.client.clockSkew);
    this.#seen.note(variable, { value, timestamp, at: Math.min(at, clock.now()), isStored: true });
    const live = { variable, value: value as PropertyValue, timestamp, direction: "reported", own: false } as const;
    this.#give(live, "catch-up");
  }

  #give(live: LiveValue, source: CaughtSource): void {
    try {
      this.#options.sink(live, source);
    } catch (reason) {
      this.#options.onError(toCloudError(reason));
    }
  }

  #warnUnstored(properties: readonly Property[]): void {
    const names = properties.map(wireName).filter((name) => !this.#warned.has(name));
    if (names.length === 0) return;
    for (const name of names) this.#warned.add(name);
    this.#options.onWarning(
      `The cloud keeps no history of ${names.join(", ")}: after an outage only the present value is caught up.`,
    );
  }

  /** Tries until it works or can't. */
  #persist<T>(work: () => Promise<T>): Promise<T> {
    const { clock, onWarning } = this.#options;
    const onFailure = (error: CloudError, failures: number): number => {
      if (!isTransient(error)) throw error;
      if (failures === 1) onWarning(`Catching up after an outage has to wait: ${error.message}`);
      return backoffMs(failures - 1, clock);
    };
    return retry(work, { clock, signal: this.#closing.signal, what: "Catching up", onFailure });
  }
}

function sizeOf({ value }: LiveValue): number {
  const parts = typeof value === "object" ? Object.values(value) : [value];
  return parts.reduce<number>((sum, part) => sum + (typeof part === "string" ? 2 * part.length : 0), valueBytes);
}
