import type { Clock } from "../../cloud/core/clock";

/** A message for the broker. */
export type BrokerMessage = {
  topic: string;
  payload: string | Record<string, unknown>;
  qos: 1;
  retain: boolean;
};

/** The same state is sent again after so long: the broker may have lost it without anybody being told. */
const sameAgainMs = 3_600_000;
/** A burst of messages, and the pause behind it: everything else has its turn too. */
const burstCount = 50;
const pauseMs = 20;

interface Retained {
  payload: BrokerMessage["payload"];
  /** The payload as text, to tell whether it is the same. */
  text: string;
  sentAt: number;
}

/** The messages that the broker is to keep, by topic: sends those that are new, the newest of each topic, in bursts. */
export class RetainedTopics {
  readonly #clock: Clock;
  readonly #send: (message: BrokerMessage) => void;
  readonly #onChange: () => void;
  readonly #kept = new Map<string, Retained>();
  /** Topics that were cleared, until the broker has surely taken that. */
  readonly #cleared = new Set<string>();
  /** The messages that have to come before what is kept of a topic, until the broker has surely taken them. */
  readonly #preceding = new Map<string, BrokerMessage>();
  /** Messages that wait to be sent, each topic once. */
  readonly #waiting = new Map<string, BrokerMessage>();
  #stopTimer: (() => void) | undefined;
  #leftInBurst = burstCount;
  #isClosed = false;

  /** @param onChange told when there are other topics than before */
  constructor(options: { clock: Clock; send: (message: BrokerMessage) => void; onChange: () => void }) {
    this.#clock = options.clock;
    this.#send = options.send;
    this.#onChange = options.onChange;
  }

  /** All topics that the broker may hold something for. */
  get topics(): string[] {
    return [...this.#kept.keys(), ...this.#cleared];
  }

  /** Sends what is to be kept, unless it is the same as before. */
  keep(topic: string, payload: BrokerMessage["payload"], isForced = false): void {
    const text = typeof payload === "string" ? payload : JSON.stringify(payload);
    const before = this.#kept.get(topic);
    const now = this.#clock.monotonic();
    if (!isForced && before?.text === text && now - before.sentAt < sameAgainMs) return;
    if (before === undefined) this.#onChange();
    this.#cleared.delete(topic);
    this.#kept.set(topic, { payload, text, sentAt: now });
    this.#enqueue({ topic, payload, qos: 1, retain: true });
  }

  /**
   * Sends at once what has to come before what is kept of the topic, also when all is sent again; the broker does not
   * keep it. Without a payload nothing has to come before it any more.
   */
  precede(topic: string, payload: BrokerMessage["payload"] | undefined): void {
    this.#preceding.delete(topic);
    if (payload === undefined) return;
    const message = { topic, payload, qos: 1, retain: true } as const;
    this.#preceding.set(topic, message);
    this.#send(message);
  }

  /** Sends something that happens, and is no state. */
  happen(topic: string, payload: string): void {
    this.#send({ topic, payload, qos: 1, retain: false });
  }

  /** Has the broker forget a topic. */
  clear(topic: string): void {
    this.#kept.delete(topic);
    this.#preceding.delete(topic);
    this.#cleared.add(topic);
    this.#onChange();
    this.#enqueue({ topic, payload: "", qos: 1, retain: true });
  }

  /** Sends all again, what makes entities first: the broker or Home Assistant may know nothing of it. */
  resendAll(): void {
    this.#waiting.clear();
    for (const message of this.#preceding.values()) this.#send(message);
    const messages = [...this.#kept].map(([topic, { payload }]) => ({ topic, payload, qos: 1, retain: true }) as const);
    const makes = (message: BrokerMessage): boolean => typeof message.payload === "object";
    for (const topic of this.#cleared) this.#enqueue({ topic, payload: "", qos: 1, retain: true });
    for (const message of messages.filter(makes)) this.#enqueue(message);
    for (const message of messages.filter((other) => !makes(other))) this.#enqueue(message);
  }

  /** Notes that the broker has taken what was sent until now: what it has forgotten need not be told again. */
  taken(): void {
    this.#preceding.clear();
    for (const topic of [...this.#cleared]) if (!this.#waiting.has(topic)) this.#cleared.delete(topic);
  }

  close(): void {
    this.#isClosed = true;
    this.#stopTimer?.();
    this.#waiting.clear();
  }

  #enqueue(message: BrokerMessage): void {
    if (this.#isClosed) return;
    // The newest value of a topic takes the place of an older one that waits.
    this.#waiting.set(message.topic, message);
    this.#drain();
  }

  /** Sends what waits, as much as the burst allows. */
  #drain(): void {
    for (const [topic, message] of this.#waiting) {
      if (this.#leftInBurst === 0) break;
      this.#leftInBurst--;
      this.#waiting.delete(topic);
      this.#send(message);
    }
    this.#stopTimer ??= this.#clock.after(pauseMs, () => {
      this.#stopTimer = undefined;
      this.#leftInBurst = burstCount;
      if (this.#waiting.size > 0) this.#drain();
    });
  }
}
