import { CatchUp } from "../../cloud/catch-up/catch-up";
import type { CatchUpOptions, CaughtSource } from "../../cloud/catch-up/catch-up-options";
import { CloudError } from "../../cloud/core/errors";
import type { LiveValue } from "../../cloud/live-values/value-feed";
import type { CallAnswer, CallInput, KnownThing, Operation, Property } from "../../cloud/rest/index";
import { FakeClock } from "./fake-clock";

/** Options of a world; with the same ones it plays the same way. */
export interface WorldOptions {
  seed: number;
  mode: CatchUpOptions["mode"];
  initial?: boolean;
  /** How many different values there are; Infinity: each comes once. */
  values: number;
  /** How far the cloud's clock is ahead of ours, and what is known of it. */
  skewMs?: number;
  knownSkewMs?: number;
  /** How far the clock of a board that sends times is ahead of the cloud's; undefined: it sends none. */
  ownTimeMs?: number;
  /** How late a value may be in history. */
  lateMs?: number;
  /** How long a value may take to us. */
  latencyMs?: number;
  /** How long the broker may take to grant a subscription, and whether it refuses some. */
  grantMs?: number;
  refuses?: boolean;
  /** Whether REST is away now and then, and whether the node is redeployed. */
  restFails?: boolean;
  redeploys?: boolean;
}

/** A value that a board reported. */
interface Report {
  variable: string;
  value: number;
  /** The time that history has. */
  stored: number;
  /** Since when history has it, by our clock. */
  visibleAt: number;
}

/** A value that a flow got. */
interface Given {
  report: Report;
  source: CaughtSource;
  /** Counts the lives of the node. */
  life: number;
}

/** Reports that went wrong: that a flow never got, got twice, or got after a later one. */
interface Verdict {
  lost: string[];
  doubled: string[];
  disordered: string[];
}

const variables = ["a", "b", "c"];
const catchUpDelayMs = 15_000;
/** Connections come and go for so long; then everything works. */
const troubleMs = 240_000;
/** Time for all catch-ups to come to their end. */
const quietMs = 400_000;
const lookUpSoonMs = 5_000;

/**
 * A thing whose boards report, a subscription that is lost and refused again and again, a history that lags, and a node
 * that catches up: everything by a fake clock and a seed.
 */
export class OutageWorld {
  /** Events, one line each, for a look at a seed that fails. */
  readonly log: string[] = [];
  readonly #clock = new FakeClock();
  readonly #options: Required<Omit<WorldOptions, "ownTimeMs">> & { ownTimeMs: number | undefined };
  readonly #start = this.#clock.now();
  readonly #reports: Report[] = [];
  readonly #given: Given[] = [];
  /** The report behind a live value, by variable and timestamp. */
  readonly #arrived = new Map<string, Report>();
  /** How many reports there were when a life was subscribed for the first time. */
  readonly #subscribedAt: (number | undefined)[] = [];
  #life = -1;
  /** Counts subscriptions, so that what is on its way by an old one is lost. */
  #subscription = 0;
  #isConnected = false;
  #isGranted = false;
  #isRestAway = false;
  #catchUp: CatchUp | undefined;
  #lastArrival = 0;
  #random: number;

  constructor(options: WorldOptions) {
    const { skewMs = 0, ownTimeMs } = options;
    const usual = { initial: false, skewMs, knownSkewMs: skewMs, lateMs: 5_000, latencyMs: 40, grantMs: 40 };
    this.#options = { ...usual, refuses: false, restFails: false, redeploys: false, ...options, ownTimeMs };
    this.#random = options.seed * 7_919 + 1;
    for (let turn = 0; turn < 5; turn++) this.#between(0, 1);
  }

  /** Plays until everything has come to rest; returns what went wrong. */
  async play(): Promise<Verdict> {
    for (const variable of variables) this.#reportAgain(variable, this.#pick([300, 2_000, 9_000, 30_000]));
    await this.#clock.advance(this.#between(0, 5_000));
    this.#begin();
    this.#clock.after(this.#between(0, 2_000), () => this.#connect());
    this.#clock.after(this.#between(4_000, 40_000), () => this.#loseOrReturn());
    if (this.#options.restFails) this.#restAgain();
    if (this.#options.redeploys) this.#redeployAgain();
    await this.#clock.advance(troubleMs + quietMs);
    this.#catchUp?.stop();
    return this.#judge();
  }

  #between(low: number, high: number): number {
    this.#random = (this.#random * 48_271) % 2_147_483_647;
    return Math.floor(low + (this.#random / 2_147_483_647) * (high - low));
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.#between(0, list.length)] as T;
  }

  #note(what: string): void {
    this.log.push(`${((this.#clock.now() - this.#start) / 1000).toFixed(3)} ${what}`);
  }

  get #isTroubled(): boolean {
    return this.#clock.now() - this.#start < troubleMs;
  }

  #reportAgain(variable: string, intervalMs: number): void {
    this.#clock.after(Math.max(1, this.#between(0.5 * intervalMs, 1.5 * intervalMs)), () => {
      if (this.#clock.now() - this.#start > troubleMs + 60_000) return;
      this.#report(variable);
      this.#reportAgain(variable, intervalMs);
    });
  }

  #report(variable: string): void {
    const { values, skewMs, ownTimeMs = 0, lateMs, latencyMs } = this.#options;
    const value = values === Infinity ? this.#reports.length : this.#between(0, values);
    const at = this.#clock.now();
    const report = { variable, value, stored: at + skewMs + ownTimeMs, visibleAt: at + this.#between(0, lateMs) };
    this.#reports.push(report);
    this.#note(`report ${this.#name(report)}${this.#isGranted ? "" : ", unheard"}`);
    if (this.#isGranted) this.#deliver(this.#between(5, latencyMs), () => this.#arrive(report));
  }

  /** Sends something over the present subscription, in order. */
  #deliver(latencyMs: number, arrive: () => void): void {
    const subscription = this.#subscription;
    const now = this.#clock.now();
    this.#lastArrival = Math.max(this.#lastArrival + 1, now + latencyMs);
    this.#clock.after(this.#lastArrival - now, () => {
      if (subscription === this.#subscription) arrive();
    });
  }

  #arrive(report: Report): void {
    const { variable, value, stored } = report;
    const timestamp = this.#options.ownTimeMs === undefined ? this.#clock.now() : stored;
    this.#arrived.set(`${variable} ${timestamp}`, report);
    this.#catchUp?.value({ variable, value, timestamp, direction: "reported", own: false });
  }

  #loseOrReturn(): void {
    if (!this.#isConnected) {
      this.#connect();
      if (!this.#isTroubled) return;
      this.#clock.after(this.#pick([300, 3_000, 20_000, 60_000]) + this.#between(0, 1_000), () => this.#loseOrReturn());
    } else {
      this.#isConnected = false;
      this.#unsubscribe("lost");
      this.#clock.after(this.#pick([200, 1_500, 5_000, 40_000]) + this.#between(0, 1_000), () => this.#loseOrReturn());
    }
  }

  #connect(): void {
    this.#isConnected = true;
    if (this.#catchUp !== undefined) this.#subscribe();
  }

  #unsubscribe(why: string): void {
    this.#note(why);
    this.#subscription++;
    this.#isGranted = false;
    this.#catchUp?.unsubscribed();
  }

  /** Asks for the subscription, which is granted or refused some time later, and asked for again after a refusal. */
  #subscribe(): void {
    const { grantMs, refuses, latencyMs } = this.#options;
    const subscription = ++this.#subscription;
    this.#isGranted = false;
    this.#clock.after(this.#between(1, grantMs), () => {
      if (subscription !== this.#subscription) return;
      if (refuses && this.#isTroubled && this.#between(0, 3) === 0) {
        this.#unsubscribe("refused");
        const refused = this.#subscription;
        this.#clock.after(this.#between(500, 20_000), () => {
          if (refused === this.#subscription) this.#subscribe();
        });
        return;
      }
      this.#isGranted = true;
      this.#note("granted");
      this.#deliver(this.#between(5, latencyMs), () => {
        this.#note("subscribed");
        this.#subscribedAt[this.#life] ??= this.#reports.length;
        this.#catchUp?.subscribed();
      });
    });
  }

  #restAgain(): void {
    this.#clock.after(this.#between(1_000, 60_000), () => {
      this.#isRestAway = !this.#isRestAway && this.#isTroubled;
      this.#note(`REST is ${this.#isRestAway ? "away" : "there"}`);
      if (this.#isTroubled || this.#isRestAway) this.#restAgain();
    });
  }

  #redeployAgain(): void {
    this.#clock.after(this.#between(5_000, 80_000), () => {
      if (!this.#isTroubled) return;
      const lastSeen = JSON.stringify(this.#catchUp?.lastSeen);
      this.#catchUp?.stop();
      this.#catchUp = undefined;
      this.#unsubscribe(`stopped with ${lastSeen}`);
      this.#clock.after(this.#between(0, 1_500), () => {
        this.#begin(JSON.parse(lastSeen));
        if (this.#isConnected) this.#subscribe();
        this.#redeployAgain();
      });
    });
  }

  #begin(lastSeen?: unknown): void {
    this.#life++;
    this.#note("begins");
    const { mode, initial, knownSkewMs } = this.#options;
    const catchUp = new CatchUp({
      client: {
        clockSkew: knownSkewMs,
        call: (_operation: Operation, input: CallInput) => this.#answer(() => this.#history(input)),
      },
      lookUp: () => this.#answer(() => this.#thing()),
      clock: this.#clock,
      variable: "",
      initial,
      mode,
      delayMs: catchUpDelayMs,
      lastSeen,
      sink: (live, source) => this.#take(live, source),
      onWarning: (message) => this.#note(`warning: ${message}`),
      onError: (error) => {
        throw error;
      },
    });
    this.#catchUp = catchUp;
    void this.#lookUp(catchUp);
  }

  /** Tells what the cloud holds, as whoever subscribes does. */
  async #lookUp(catchUp: CatchUp): Promise<void> {
    try {
      const { properties } = await this.#answer(() => this.#thing());
      this.#note("known");
      if (catchUp === this.#catchUp) catchUp.known(properties);
    } catch {
      this.#clock.after(lookUpSoonMs, () => void this.#lookUp(catchUp));
    }
  }

  #take({ variable, value, timestamp }: LiveValue, source: CaughtSource): void {
    const report =
      source === "live"
        ? this.#arrived.get(`${variable} ${timestamp}`)
        : this.#reports.find((one) => one.variable === variable && one.stored === timestamp);
    if (report === undefined) throw new Error(`${variable}=${JSON.stringify(value)} was never reported.`);
    this.#given.push({ report, source, life: this.#life });
    this.#note(`  ${source}: ${this.#name(report)}`);
  }

  /** Answers with what is so now, some time later. */
  async #answer<T>(read: () => T): Promise<T> {
    const sentMs = this.#between(5, 200);
    await new Promise<void>((resolve) => this.#clock.after(sentMs, resolve));
    const answer = read();
    const waitMs = this.#between(5, 200);
    await new Promise<void>((resolve) => this.#clock.after(waitMs, resolve));
    if (this.#isRestAway) throw new CloudError("offline", "REST is away.");
    return answer;
  }

  #thing(): KnownThing {
    const properties = variables.map((name): Property => {
      const last = this.#reports.findLast(({ variable }) => variable === name);
      const present = last && { last_value: last.value, value_updated_at: new Date(last.stored).toISOString() };
      return { id: name, name, variable_name: name, type: "INT", permission: "READ_ONLY", ...present };
    });
    return { id: "thing", name: "Thing", properties };
  }

  #history({ body }: CallInput): CallAnswer {
    const { requests } = body as { requests: { q: string; from: string; to: string; series_limit: number }[] };
    const now = this.#clock.now();
    this.#note("history is read");
    const responses = requests.map(({ q, from, to, series_limit: limit }) => {
      const [begin, end] = [Date.parse(from), Date.parse(to)];
      const points = this.#reports
        .filter(({ variable, stored }) => q === `property.${variable}` && stored >= begin && stored < end)
        .filter(({ visibleAt }) => visibleAt <= now)
        .slice(0, limit);
      const times = points.map(({ stored }) => new Date(stored).toISOString());
      return { query: q, status: "ok", times, values: points.map(({ value }) => value) };
    });
    return { status: 200, body: { responses } };
  }

  /** Judges each variable by the indices of what was given, in the order in which it was. */
  #judge(): Verdict {
    const verdict: Verdict = { lost: [], doubled: [], disordered: [] };
    const { mode, initial } = this.#options;
    for (const variable of variables) {
      const all = this.#given
        .filter(({ report }) => report.variable === variable)
        .map(({ report, ...rest }) => ({ index: this.#reports.indexOf(report), ...rest }));
      const name = ({ index }: { index: number }): string => this.#name(this.#reports[index] as Report);
      // A new life begins with what the cloud holds, whether or not the one before had it.
      const isAgain = ({ source }: { source: CaughtSource }): boolean => source === "initial";
      // Without catching up nobody knows what the life before had; but nobody doubles anything either.
      all.forEach((one, place) => {
        const before = all.slice(0, place).filter(({ life }) => life === one.life || !isAgain(one));
        if (before.some(({ index }) => index === one.index)) verdict.doubled.push(name(one));
        else if (before.some(({ index, life }) => index > one.index && life === one.life))
          verdict.disordered.push(name(one));
      });
      const wanted = this.#reports.flatMap((report, index) => (report.variable === variable ? [index] : []));
      const since = this.#subscribedAt.find((count) => count !== undefined) ?? 0;
      const given = new Set(all.map(({ index }) => index));
      if (mode === "all") {
        for (const index of wanted) if (index >= since && !given.has(index)) verdict.lost.push(name({ index }));
      }
      // The flow is left with the last value: of all, or at least of those before its last life was subscribed.
      const end = mode === "none" ? (this.#subscribedAt[this.#life] ?? 0) : Infinity;
      const last = wanted.filter((index) => index < end && (initial || index >= since)).at(-1);
      const latest = all.filter(({ life }) => !initial || life === this.#life).at(-1);
      if (last !== undefined && (mode !== "none" || initial) && (latest?.index ?? -1) < last) {
        verdict.lost.push(`${name({ index: last })}, the last`);
      }
    }
    return verdict;
  }

  #name(report: Report): string {
    return `${report.variable}=${report.value} #${this.#reports.indexOf(report)}`;
  }
}
