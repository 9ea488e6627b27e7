import { exponentialMs } from "../core/backoff";
import type { Clock } from "../core/clock";
import { CloudError } from "../core/errors";
import { printable } from "../core/text";
import type { MqttConnection } from "./connection";
import { guarded, inBackground, nextTurn } from "../core/guard";
import { inShortTurns } from "../core/short-turns";

/** Somebody who listens to a topic. */
export interface TopicListener {
  message(payload: Uint8Array): void;
  /** Tells that the broker sends the topic's messages from now on. */
  subscribed?(): void;
  /** Tells that the broker does not allow the topic; it is asked again now and then, and on the next connection. */
  refused?(error: CloudError): void;
  /** Tells that the connection is gone of which either of these was told. */
  lost?(): void;
}

interface Subscription {
  listeners: Set<TopicListener>;
  /** The broker's word on the present connection. */
  status: "unknown" | "subscribed" | "refused";
}

/** Topics in one packet. */
const batchSize = 100;

/** Refused topics are asked for again after so long, and then after ever longer waits, in milliseconds. */
const firstRetryMs = 5_000;
const maxRetryMs = 60_000;

/**
 * The topics of a session: who listens to what, and what the present connection is subscribed to. Listeners of one
 * topic share a subscription; changes are sent one batch after the other, so that they can't overtake each other.
 */
export class SubscriptionRegistry {
  readonly #topics = new Map<string, Subscription>();
  /** The topics of which the present connection may have to be told; with all others it is in step. */
  readonly #changed = new Set<string>();
  #connection: MqttConnection | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  readonly #hand = guarded((listener: TopicListener, payload: Uint8Array) => listener.message(payload));
  readonly #tellLost = guarded((listener: TopicListener) => listener.lost?.());
  #isScheduled = false;
  readonly #clock: Clock;
  #refusals = 0;
  #stopRetry: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Adds a listener; returns the function that removes it. */
  add(name: string, listener: TopicListener): () => void {
    let topic = this.#topics.get(name);
    if (topic === undefined) this.#topics.set(name, (topic = { listeners: new Set(), status: "unknown" }));
    topic.listeners.add(listener);
    if (topic.status === "subscribed") listener.subscribed?.();
    else if (topic.status === "refused") listener.refused?.(refusal(name));
    if (topic.status === "unknown") this.#schedule(name);
    return () => {
      topic.listeners.delete(listener);
      if (topic.listeners.size === 0) this.#schedule(name);
    };
  }

  /** Returns the topics that somebody listens to. */
  wanted(): string[] {
    return [...this.#topics].filter(([, topic]) => topic.listeners.size > 0).map(([name]) => name);
  }

  /** Hands a message to the listeners of its topic. A listener's own fault stays its own. */
  deliver(name: string, payload: Uint8Array): void {
    const topic = this.#topics.get(name);
    if (topic === undefined) return;
    for (const listener of topic.listeners) this.#hand(listener, payload);
  }

  /** Takes a new connection into use and subscribes all that is wanted. Rejects when the connection goes first. */
  attach(connection: MqttConnection): Promise<void> {
    this.detach();
    this.#connection = connection;
    this.#changed.clear();
    for (const name of this.#topics.keys()) this.#changed.add(name);
    return this.exclusively(() => this.#synchronize());
  }

  /** Notes that the connection is gone, and tells those who listen. */
  detach(): void {
    this.#connection = undefined;
    this.#refusals = 0;
    this.#stopRetry?.();
    this.#stopRetry = undefined;
    const known: Subscription[] = [];
    for (const topic of this.#topics.values()) {
      if (topic.status === "unknown") continue;
      topic.status = "unknown";
      known.push(topic);
    }
    const told = inShortTurns(known, ({ listeners }) => listeners.forEach(this.#tellLost));
    // All know it before anybody is told of the next connection.
    inBackground(this.exclusively(() => told));
  }

  /** Takes a connection into use, without a gap, on which these topics have been asked for already. */
  replace(connection: MqttConnection, topics: readonly string[], refused: readonly string[]): void {
    this.#connection = connection;
    const asked = new Set(topics);
    this.#settle(topics, refused);
    for (const [name, topic] of this.#topics) {
      if (!asked.has(name)) topic.status = "unknown";
      if (topic.status === "unknown" || topic.listeners.size === 0) this.#schedule(name);
    }
  }

  /** Runs `work` while no subscription is being changed. */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work, work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** Sends changes soon, all that come in one go together. */
  #schedule(name: string): void {
    this.#changed.add(name);
    if (this.#isScheduled || this.#connection === undefined) return;
    this.#isScheduled = true;
    nextTurn(() => {
      this.#isScheduled = false;
      this.#whileConnected(() => this.#synchronize());
    });
  }

  /** Runs work in its turn. A failure means that the connection is lost; the next one subscribes anew. */
  #whileConnected(work: () => Promise<void>): void {
    this.exclusively(work).catch(() => undefined);
  }

  async #synchronize(): Promise<void> {
    const connection = this.#connection;
    if (connection === undefined) return;
    const missing: string[] = [];
    const unwanted: string[] = [];
    for (const name of this.#changed) {
      const topic = this.#topics.get(name);
      if (topic?.listeners.size === 0) unwanted.push(name);
      else if (topic?.status === "unknown") missing.push(name);
    }
    this.#changed.clear();
    for (const batch of batchesOf(missing)) {
      const refused = await connection.subscribe(batch);
      if (this.#connection !== connection) return;
      this.#settle(batch, refused);
    }
    if (unwanted.length > 0) await this.#drop(connection, unwanted);
  }

  async #drop(connection: MqttConnection, names: readonly string[]): Promise<void> {
    // Somebody may have come to listen again while others were being subscribed.
    const unwanted = names.filter((name) => this.#topics.get(name)?.listeners.size === 0);
    const subscribed = unwanted.filter((name) => this.#topics.get(name)?.status === "subscribed");
    for (const name of unwanted) this.#topics.delete(name);
    await unsubscribeAll(connection, subscribed);
  }

  /** Notes what the broker says of some topics, and tells those who listen what is new to them. */
  #settle(names: readonly string[], refused: readonly string[]): void {
    const denied = new Set(refused);
    for (const name of names) {
      const topic = this.#topics.get(name);
      const status = denied.has(name) ? "refused" : "subscribed";
      if (topic === undefined || topic.status === status) continue;
      topic.status = status;
      for (const listener of topic.listeners) {
        const tell = (): void =>
          topic.status === "refused" ? listener.refused?.(refusal(name)) : listener.subscribed?.();
        guarded(tell)();
      }
    }
    if (denied.size > 0) this.#retryLater();
  }

  /** Asks again for what is refused, when some time has passed: a refusal may pass without a new connection. */
  #retryLater(): void {
    this.#stopRetry ??= this.#clock.after(exponentialMs(firstRetryMs, maxRetryMs, this.#refusals++), () => {
      this.#stopRetry = undefined;
      this.#whileConnected(() => this.#retry());
    });
  }

  /** Asks again for what is refused. Who was told of the refusal is not told again. */
  async #retry(): Promise<void> {
    const connection = this.#connection;
    const names = [...this.#topics]
      .filter(([, { status, listeners }]) => status === "refused" && listeners.size > 0)
      .map(([name]) => name);
    if (connection === undefined || names.length === 0) return;
    const denied = new Set(await subscribeAll(connection, names));
    if (this.#connection !== connection) return;
    this.#settle(
      names.filter((name) => !denied.has(name)),
      [],
    );
    if (denied.size > 0) this.#retryLater();
    else this.#refusals = 0;
  }
}

/**
 * Subscribes topics, a batch after the other; returns those that were refused. Rejects when the connection goes first.
 */
export async function subscribeAll(connection: MqttConnection, topics: readonly string[]): Promise<string[]> {
  const refused: string[] = [];
  for (const batch of batchesOf(topics)) refused.push(...(await connection.subscribe(batch)));
  return refused;
}

/** Unsubscribes topics, a batch after the other. Rejects when the connection goes first. */
export async function unsubscribeAll(connection: MqttConnection, topics: readonly string[]): Promise<void> {
  for (const batch of batchesOf(topics)) await connection.unsubscribe(batch);
}

function batchesOf(topics: readonly string[]): string[][] {
  const count = Math.ceil(topics.length / batchSize);
  return Array.from({ length: count }, (_, index) => topics.slice(index * batchSize, (index + 1) * batchSize));
}

function refusal(topic: string): CloudError {
  return new CloudError(
    "forbidden",
    `The broker refused the subscription to ${printable(topic)}: no access to this thing.`,
  );
}
