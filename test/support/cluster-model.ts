import { Cluster } from "../../cloud/cluster/cluster";
import type { ClusterSettings } from "../../cloud/cluster/cluster-settings";
import type { ClusterEngine, EngineEvents, LeaseAnswer, LeaseRequest, WaitingWork } from "../../cloud/cluster/engine";
import type { OpenLane } from "../../cloud/cluster/speaker";
import type { Clock } from "../../cloud/core/clock";
import { valuePrint } from "../../cloud/cluster/value-print";
import { CloudError } from "../../cloud/core/errors";
import type { FakeClock } from "./fake-clock";

/** The settings of a cluster in the model. */
export const modelSettings: ClusterSettings = {
  name: "model",
  url: "",
  user: "",
  password: "",
  ttlMs: 5_000,
  holdMs: 60_000,
  share: "standby",
  whenEngineDown: "hold",
};

/** A value that has gone into the flow, in the order of time. */
export interface Spoken {
  copy: string;
  value: string;
  epoch: number;
  slot: number;
}

/** What all copies share: the store that a Redis would be, in one process, under the clock of the spec. */
export class ModelEngine {
  readonly #clock: FakeClock;
  #leases = new Map<string, { holder: string; until: number; ttlMs: number }>();
  #epochs = new Map<string, string>();
  #groups = new Map<string, Record<string, string>>();
  readonly #work: Queues = new Map();
  readonly #events = new Map<string, EngineEvents>();
  #server = "1";
  isDown = false;
  /** By how much its clock was set forward. */
  shiftMs = 0;
  /** What waits for an answer while it gives none: it is done when it goes on, also where nobody waits for it any more. */
  #stalled: (() => void)[] | undefined;
  /** The copies that can't reach it. */
  readonly cutOff = new Set<string>();

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  /** Returns the engine as one copy sees it. */
  for(copy: string, events: EngineEvents): ClusterEngine {
    this.#events.set(copy, events);
    queueMicrotask(() => !this.#isAway(copy) && events.onUp(this.#server));
    const call = <T>(work: () => T): Promise<T> => {
      if (this.#isAway(copy)) return Promise.reject(new CloudError("offline", "The engine is away."));
      return this.#stalled === undefined ? Promise.resolve().then(work) : this.#wait(this.#stalled, work);
    };
    return {
      lease: (request) => call(() => this.#lease(request)),
      mark: (group, fields, fence) =>
        call(() => {
          if (fence !== undefined && this.#holder(fence.lease) !== fence.holder) return false;
          const all = { ...this.#groups.get(group), ...fields };
          this.#groups.set(group, Object.fromEntries(Object.entries(all).filter(([, value]) => value !== "")));
          return true;
        }),
      ask: (group) => call(() => ({ fields: { ...this.#groups.get(group) }, time: this.#now })),
      pace: () => call(() => 0),
      tell: (topic, text) =>
        call(() => {
          for (const [other, { onTold }] of this.#events) if (!this.#isAway(other)) onTold(topic, text);
        }),
      ...queuesOf(this.#work, call),
      close: () => Promise.resolve(),
    };
  }

  /** Takes it away. */
  goDown(): void {
    this.isDown = true;
    for (const { onDown } of this.#events.values()) onDown(new CloudError("offline", "The engine is away."));
  }

  /** Brings it back, with what it had or without, as another process unless it is the same. */
  comeBack(isEmpty: boolean, process: "same" | "another" = "another"): void {
    this.isDown = false;
    if (process === "another") this.#server = String(Number(this.#server) + 1);
    if (isEmpty) this.forgetAll();
    for (const [copy, { onUp }] of this.#events) if (!this.#isAway(copy)) onUp(this.#server);
  }

  /** Loses all that it knows. */
  forgetAll(): void {
    this.#leases = new Map();
    this.#epochs = new Map();
    this.#groups = new Map();
    this.#work.clear();
  }

  /** Answers nothing until it goes on. */
  stall(): void {
    this.#stalled ??= [];
  }

  /** Goes on, and does what it was asked for meanwhile; or not, where that has not reached it. */
  goOn(hasAll = true): void {
    const waiting = this.#stalled ?? [];
    this.#stalled = undefined;
    if (hasAll) for (const work of waiting) work();
  }

  /** Returns what sets it back to how it is now: to a replica that has heard of nothing else. */
  replica(): () => void {
    const leases = new Map([...this.#leases].map(([name, lease]) => [name, { ...lease }]));
    const [epochs, groups] = [new Map(this.#epochs), new Map(this.#groups)];
    return () => {
      this.#leases = leases;
      this.#epochs = epochs;
      this.#groups = groups;
    };
  }

  /** Forgets a copy that is dead. */
  forget(copy: string): void {
    this.#events.delete(copy);
  }

  #wait<T>(waiting: (() => void)[], work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const stop = this.#clock.after(modelSettings.ttlMs / 3, () => {
        reject(new CloudError("timeout", "The engine does not answer in time."));
      });
      waiting.push(() => {
        stop();
        resolve(work());
      });
    });
  }

  #isAway(copy: string): boolean {
    return this.isDown || this.cutOff.has(copy);
  }

  get #now(): number {
    return this.#clock.now() + this.shiftMs;
  }

  #holder(name: string): string {
    const lease = this.#leases.get(name);
    if (lease === undefined) return "";
    lease.until = Math.min(lease.until, this.#now + lease.ttlMs);
    return lease.until > this.#now ? lease.holder : "";
  }

  #lease({ name, me, ttlMs, taking, known }: LeaseRequest): LeaseAnswer {
    const now = this.#now;
    const holder = this.#holder(name);
    const before = this.#epochs.get(name) ?? "";
    const isMine = holder.startsWith(`${me}|`);
    const until = this.#leases.get(name)?.until ?? now;
    const hasForgotten = holder === "" && taking !== "anew" && epochOf(before) < known;
    if (ttlMs === 0) {
      if (isMine) this.#leases.delete(name);
      return { holder: isMine ? "" : holder, before, leftMs: 0, hasForgotten: false };
    }
    const mayTake = taking === "anew" || taking === "over" || (taking === "freed" && !this.#leases.has(name));
    if (!isMine && (holder !== "" || !mayTake || hasForgotten)) {
      return { holder, before, leftMs: Math.max(0, until - now), hasForgotten };
    }
    const text = isMine ? holder : `${me}|${Math.max(epochOf(before) + 1, known + 1, now)}`;
    this.#leases.set(name, { holder: text, until: now + ttlMs, ttlMs });
    this.#epochs.set(name, text);
    return { holder: text, before, leftMs: ttlMs, hasForgotten: false };
  }
}

function epochOf(holder: string): number {
  return Number(holder.slice(holder.lastIndexOf("|") + 1));
}

type Call = <T>(work: () => T) => Promise<T>;

/** What waits in each queue, what became of the rest, and how many there were. */
type Queues = Map<string, { waiting: WaitingWork[]; outcomes: Map<string, string>; count: number }>;

/** The queues of work. */
function queuesOf(all: Queues, call: Call): Pick<ClusterEngine, "submit" | "waiting" | "settle"> {
  const at = (queue: string): NonNullable<ReturnType<Queues["get"]>> => {
    const found = all.get(queue) ?? { waiting: [], outcomes: new Map<string, string>(), count: 0 };
    all.set(queue, found);
    return found;
  };
  return {
    submit: (queue, { id, text }) =>
      call(() => {
        const known = at(queue);
        const { waiting, outcomes } = known;
        const isKnown = outcomes.has(id) || waiting.some((work) => work.id === id);
        if (!isKnown) waiting.push({ ticket: String(++known.count).padStart(9, "0"), id, text });
        return outcomes.get(id) ?? "";
      }),
    waiting: (queue, behind) => call(() => at(queue).waiting.filter(({ ticket }) => ticket > behind)),
    settle: (queue, { ticket, id }, outcome) =>
      call(() => {
        const known = at(queue);
        known.waiting = known.waiting.filter((work) => work.ticket !== ticket && work.id !== id);
        known.outcomes.set(id, outcome);
      }),
  };
}

/** One copy of a flow in the model: it can be stopped and continued like a process, and killed. */
export class ModelCopy {
  readonly cluster: Cluster;
  readonly #id: string;
  readonly #spoken: Spoken[];
  readonly #lanes = new Map<string, OpenLane<string>>();
  readonly #late: (() => void)[] = [];
  #isOnline = true;
  isAlive = true;
  /** Follows the work of the flow on a value; absent: it is done at once. */
  work: ((value: string) => Promise<void>) | undefined;
  #isStopped = false;

  constructor(id: string, engine: ModelEngine, clock: FakeClock, spoken: Spoken[], share: ClusterSettings["share"]) {
    this.#id = id;
    this.#spoken = spoken;
    this.cluster = new Cluster({
      me: id,
      settings: { ...modelSettings, share },
      clock: this.#clockOf(clock),
      createEngine: (events) =>
        engine.for(id, {
          onUp: (server) => this.#do(() => events.onUp(server)),
          onDown: (error) => this.#do(() => events.onDown(error)),
          onTold: (topic, text) => this.#do(() => events.onTold(topic, text)),
        }),
      onWarning: () => undefined,
      onFault: (reason) => {
        throw reason;
      },
    });
    this.cluster.setOnline(true);
    this.cluster.start();
  }

  /** Takes its connection to the Arduino Cloud. */
  goOffline(): void {
    this.#isOnline = false;
    this.cluster.setOnline(false);
  }

  /** Gives it back. */
  goOnline(): void {
    this.#isOnline = true;
    this.cluster.setOnline(true);
  }

  /** Hears a value of a thing: what is behind a # tells equal ones apart for the spec alone. */
  hear(value: string, thing = "thing"): void {
    if (this.#isOnline) this.#do(() => this.#laneOf(thing).take(value));
  }

  /** Ends its flow, or with `isHeard` only the node that speaks. */
  end(isHeard = false): void {
    for (const lane of this.#lanes.values()) lane.close(isHeard);
  }

  /** Stops it like SIGSTOP. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Continues it like SIGCONT: all that is late happens at once. */
  continue(): void {
    this.#isStopped = false;
    for (const work of this.#late.splice(0)) this.#do(work);
  }

  /** Kills it like SIGKILL. */
  kill(): void {
    this.isAlive = false;
  }

  #laneOf(thing: string): OpenLane<string> {
    const lane =
      this.#lanes.get(thing) ??
      this.cluster.open<string>(`lane/${thing}`, thing, {
        speak: (value, { epoch, slot }) => {
          this.#spoken.push({ copy: this.#id, value, epoch, slot });
          return this.work?.(value);
        },
        skip: () => undefined,
        print: (value) => valuePrint("", value.replace(/#.*/, "")),
        isInitial: () => false,
      });
    this.#lanes.set(thing, lane);
    return lane;
  }

  #do(work: () => void): void {
    if (!this.isAlive) return;
    if (this.#isStopped) this.#late.push(work);
    else work();
  }

  #clockOf(clock: FakeClock): Clock {
    return {
      monotonic: () => clock.monotonic(),
      now: () => clock.now(),
      random: () => clock.random(),
      after: (milliseconds, work) => clock.after(milliseconds, () => this.#do(work)),
    };
  }
}
