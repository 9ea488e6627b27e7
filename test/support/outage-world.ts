import { CatchUp, type CatchUpOptions, type CaughtSource } from "../../cloud/catch-up/catch-up";
import { CloudError } from "../../cloud/core/errors";
import type { LiveValue } from "../../cloud/live-values/value-feed";
import type { SessionState } from "../../cloud/mqtt/session";
import type { CallAnswer, CallInput, KnownThing, Operation, Property } from "../../cloud/rest/index";
import { FakeClock } from "./fake-clock";

/** What a world is like; the same options play the same way. Times in milliseconds. */
export interface WorldOptions {
  seed: number;
  mode: "last" | "all";
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
  /** Whether REST is away now and then, and whether the node is redeployed. */
  restFails?: boolean;
  redeploys?: boolean;
}

/** A value that a board reported. */
interface Report {
  variable: string;
  value: number;
  /** By our clock. */
  at: number;
  /** The time that history has. */
  stored: number;
  /** Since when history has it, by our clock. */
  visibleAt: number;
}

/** What went wrong: reports that a flow never got, got twice, or after a later one. */
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

/**
 * A thing whose boards report, a session that is lost again and again, a history that lags, and a node that catches up:
 * everything by a fake clock and a seed.
 */
export class OutageWorld {
  /** What happened, one line each, for a look at a seed that fails. */
  readonly log: string[] = [];
  readonly #clock = new FakeClock();
  readonly #options: Required<Omit<WorldOptions, "ownTimeMs">> & { ownTimeMs: number | undefined };
  readonly #start = this.#clock.now();
  readonly #reports: Report[] = [];
  readonly #given: (Report | undefined)[] = [];
  /** The report behind a live value, by variable and timestamp. */
  readonly #arrived = new Map<string, Report>();
  readonly #observers = new Set<(state: SessionState) => void>();
  #state: SessionState = { name: "idle" };
  /** Counts connections, so that what is on its way over an old one is lost. */
  #connection = 0;
  #isRestAway = false;
  #catchUp: CatchUp | undefined;
  #lastArrival = 0;
  #random: number;

  constructor(options: WorldOptions) {
    const { skewMs = 0, ownTimeMs } = options;
    const usual = { skewMs, knownSkewMs: skewMs, lateMs: 5_000, latencyMs: 40, restFails: false, redeploys: false };
    this.#options = { ...usual, ...options, ownTimeMs };
    this.#random = options.seed * 7_919 + 1;
    for (let turn = 0; turn < 5; turn++) this.#between(0, 1);
  }

  /** Plays until everything has come to rest, and tells what went wrong. */
  async play(): Promise<Verdict> {
    this.#begin();
    await this.#clock.advance(100);
    this.#connect();
    await this.#clock.advance(100);
    const since = this.#reports.length;
    for (const variable of variables) this.#reportAgain(variable, this.#pick([300, 2_000, 9_000, 30_000]));
    this.#clock.after(this.#between(1_000, 40_000), () => this.#loseOrReturn());
    if (this.#options.restFails) this.#restAgain();
    if (this.#options.redeploys) this.#redeployAgain();
    await this.#clock.advance(troubleMs + quietMs);
    this.#catchUp?.stop();
    return this.#judge(since);
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
    const report: Report = {
      variable,
      value,
      at,
      stored: at + skewMs + ownTimeMs,
      visibleAt: at + this.#between(0, lateMs),
    };
    this.#reports.push(report);
    this.#note(`report ${this.#name(report)}`);
    if (this.#state.name !== "online") return;
    const connection = this.#connection;
    this.#lastArrival = Math.max(this.#lastArrival + 1, at + this.#between(5, latencyMs));
    this.#clock.after(this.#lastArrival - at, () => {
      if (connection === this.#connection) this.#arrive(report);
    });
  }

  #arrive(report: Report): void {
    const { variable, value, stored } = report;
    const timestamp = this.#options.ownTimeMs === undefined ? this.#clock.now() : stored;
    this.#arrived.set(`${variable} ${timestamp}`, report);
    this.#catchUp?.value({ variable, value, timestamp, direction: "reported", own: false });
  }

  #loseOrReturn(): void {
    if (this.#state.name !== "online") {
      this.#connect();
      if (!this.#isTroubled) return;
      this.#clock.after(this.#pick([300, 3_000, 20_000, 60_000]) + this.#between(0, 1_000), () => this.#loseOrReturn());
    } else {
      this.#connection++;
      this.#setState({ name: "connecting" });
      this.#clock.after(this.#pick([200, 1_500, 5_000, 40_000]) + this.#between(0, 1_000), () => this.#loseOrReturn());
    }
  }

  #connect(): void {
    this.#connection++;
    this.#setState({ name: "online" });
  }

  #setState(state: SessionState): void {
    this.#state = state;
    this.#note(state.name);
    for (const observer of [...this.#observers]) observer(state);
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
      this.#note(`stopped with ${lastSeen}`);
      this.#clock.after(this.#between(0, 1_500), () => {
        this.#begin(JSON.parse(lastSeen));
        this.#redeployAgain();
      });
    });
  }

  #begin(lastSeen?: unknown): void {
    this.#note("begins");
    this.#catchUp = new CatchUp({
      account: this.#account(),
      clock: this.#clock,
      thingId: "thing",
      variable: "",
      mode: this.#options.mode,
      delayMs: catchUpDelayMs,
      lastSeen,
      sink: (live, source) => this.#take(live, source),
      onWarning: (message) => this.#note(`warning: ${message}`),
      onError: (error) => {
        throw error;
      },
    });
    this.#catchUp.start();
  }

  #take({ variable, value, timestamp }: LiveValue, source: CaughtSource): void {
    const report =
      source === "live"
        ? this.#arrived.get(`${variable} ${timestamp}`)
        : this.#reports.find((one) => one.variable === variable && one.stored === timestamp);
    this.#given.push(report);
    this.#note(`  ${source}: ${report === undefined ? `${variable}=${JSON.stringify(value)}?` : this.#name(report)}`);
  }

  #account(): CatchUpOptions["account"] {
    const session = {
      observe: (observer: (state: SessionState) => void) => {
        this.#observers.add(observer);
        return () => this.#observers.delete(observer);
      },
    };
    Object.defineProperty(session, "state", { get: () => this.#state });
    const client = {
      clockSkew: this.#options.knownSkewMs,
      call: (_operation: Operation, input: CallInput) => this.#answer(() => this.#history(input)),
    };
    const directory = { thing: () => this.#answer(() => this.#thing()) };
    return { session, rest: { client, directory } } as unknown as CatchUpOptions["account"];
  }

  /** Answers with what is so now, some time later. */
  async #answer<T>(read: () => T): Promise<T> {
    const answer = read();
    await new Promise<void>((resolve) => this.#clock.after(this.#between(10, 400), resolve));
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

  #judge(since: number): Verdict {
    const verdict: Verdict = { lost: [], doubled: [], disordered: [] };
    for (const report of this.#reports.slice(since)) {
      const times = this.#given.filter((one) => one === report).length;
      if (times === 0) verdict.lost.push(this.#name(report));
      if (times > 1) verdict.doubled.push(this.#name(report));
    }
    for (const name of variables) {
      const order = this.#given
        .filter((one) => one?.variable === name)
        .map((one) => this.#reports.indexOf(one as Report));
      order.forEach((index, place) => {
        if (index < (order[place - 1] ?? 0)) verdict.disordered.push(this.#name(this.#reports[index] as Report));
      });
    }
    return verdict;
  }

  #name(report: Report): string {
    return `${report.variable}=${report.value} #${this.#reports.indexOf(report)}`;
  }
}
