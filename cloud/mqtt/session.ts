import { type Clock, sleep } from "../core/clock";
import { CloudError, toCloudError } from "../core/errors";
import type { TlsOptions } from "../core/tls";
import { backoffMs } from "../core/backoff";
import { StreamMerge, sameMomentMs } from "./stream-merge";
import { type MqttConnection, type Login, openConnection } from "./connection";
import { type TopicListener, SubscriptionRegistry } from "./subscriptions";

/**
 * Where a session stands. `waiting` and `refused` tell the cause and until when (milliseconds since 1970) they wait;
 * `refused` means that the credentials were not accepted, and is tried again all the same.
 */
export type SessionState =
  | { readonly name: "idle" | "connecting" | "online" | "closed" }
  | { readonly name: "waiting" | "refused"; readonly until: number; readonly error: CloudError };

export interface SessionLogin extends Login {
  /** Milliseconds for which the login is good; renewed ahead of its end. Absent: for good. */
  lifetime?: number;
}

export interface SessionOptions {
  url: string;
  clock: Clock;
  tls?: TlsOptions;
  /** Gives a fresh login; asked before every connection attempt. */
  login: (signal: AbortSignal) => Promise<SessionLogin>;
  /** Told that the broker did not accept this login, so that it is not given again. */
  loginRefused?: (login: SessionLogin) => void;
  /** A connection that held so many milliseconds was a good one: the next wait is the shortest again. Default 10 s. */
  stableAfterMs?: number;
}

/** Whoever writes over a session: told which connection to use and when there is none. */
export interface Publisher {
  online(connection: MqttConnection): void;
  offline(): void;
  /** Stops sending and resolves when nothing waits for an acknowledgement any more. */
  drain(): Promise<void>;
}

/** One connection with what is said of it. */
interface Live {
  connection: MqttConnection;
  /** Resolves with the reason when the connection is gone. */
  lost: Promise<CloudError>;
  isLost: boolean;
  /** Monotonic milliseconds at which a successor is due. */
  renewAt: number;
  receive: (topic: string, payload: Uint8Array) => void;
}

const defaultStableAfterMs = 10_000;
/** The share of a login's life after which its successor is opened. */
const renewalShare = 0.75;
/** How long a session that ends waits for acknowledgements, and again for the rest, in milliseconds. */
const stopTimeoutMs = 700;
/** How long old and new connection are both subscribed, in milliseconds. */
const overlapMs = sameMomentMs + 50;
/** How long the new connection may repeat what the old one has delivered. */
const repeatWindowMs = 2_000;

/**
 * The session of one account (or device) with the broker: one connection, kept open, renewed without a gap before its
 * login expires, opened again after a loss with growing waits, for ever. Every topic that somebody listens to is
 * subscribed again on each new connection.
 */
export class Session {
  readonly #options: SessionOptions;
  readonly #subscriptions: SubscriptionRegistry;
  readonly #observers = new Set<(state: SessionState) => void>();
  #publisher: Publisher | undefined;
  #state: SessionState = { name: "idle" };
  #current: Live | undefined;
  /** All that are open: the current one, and its successor during a change. */
  readonly #connections = new Set<MqttConnection>();
  /** Present while the session runs, aborted while it stops. */
  #stopping: AbortController | undefined;
  /** Somebody wants the session while it stops. */
  #isWanted = false;
  #isClosed = false;
  #running: Promise<void> = Promise.resolve();

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#subscriptions = new SubscriptionRegistry();
  }

  get state(): SessionState {
    return this.#state;
  }

  /** Calls `observer` on every change of state; gives the function that ends it. */
  observe(observer: (state: SessionState) => void): () => void {
    this.#observers.add(observer);
    return () => this.#observers.delete(observer);
  }

  /** Names the one who writes over this session. */
  setPublisher(publisher: Publisher): void {
    this.#publisher = publisher;
  }

  /** Listens to a topic; gives the function that ends it. Several listeners share one subscription. */
  subscribe(topic: string, listener: TopicListener): () => void {
    return this.#subscriptions.add(topic, listener);
  }

  /** Begins to connect, unless the session runs already or is closed. */
  start(): void {
    if (this.#isClosed) return;
    if (this.#stopping === undefined) {
      const stopping = new AbortController();
      this.#stopping = stopping;
      this.#running = this.#run(stopping.signal);
    } else {
      this.#isWanted = true;
    }
  }

  /** Ends the connection politely; `start` begins anew. Resolves within two seconds. */
  async stop(): Promise<void> {
    this.#isWanted = false;
    if (this.#current !== undefined) await this.#drained();
    this.#stopping?.abort();
    // A broker that has stopped answering must not hold up a deploy.
    const giveUp = this.#options.clock.after(stopTimeoutMs, () => {
      for (const connection of this.#connections)
        connection.abandon(new CloudError("cancelled", "The session was closed."));
    });
    await this.#running;
    giveUp();
    // Another caller may have come to this point first.
    if (this.#state.name === "idle") return;
    this.#stopping = undefined;
    this.#setState({ name: "idle" });
    if (this.#isStillWanted()) this.start();
  }

  /** Ends the session for good. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.stop();
    this.#setState({ name: "closed" });
    this.#observers.clear();
  }

  /** Connects, stays online, waits, again and again. */
  async #run(signal: AbortSignal): Promise<void> {
    const { clock, stableAfterMs: stableAfter = defaultStableAfterMs } = this.#options;
    let failures = 0;
    while (!signal.aborted) {
      this.#setState({ name: "connecting" });
      const { error, onlineFor } = await this.#connection(signal);
      if (isAborted(signal)) break;
      if (onlineFor >= stableAfter) failures = 0;
      const wait = backoffMs(failures++, clock);
      const name = error.code === "unauthorized" || error.code === "forbidden" ? "refused" : "waiting";
      this.#setState({ name, until: clock.now() + wait, error });
      await sleep(clock, wait, signal).catch(() => undefined);
    }
    this.#publisher?.offline();
    await this.#current?.connection.close();
    this.#current = undefined;
  }

  /** One connection and its successors, from the first attempt to the loss: tells the reason and the time online. */
  async #connection(signal: AbortSignal): Promise<{ error: CloudError; onlineFor: number }> {
    const { clock } = this.#options;
    let live: Live;
    try {
      live = await this.#open(signal);
      this.#current = live;
      live.receive = (topic, payload) => this.#subscriptions.deliver(topic, payload);
      await this.#subscriptions.attach(live.connection);
    } catch (reason) {
      this.#current?.connection.abandon(toCloudError(reason));
      this.#current = undefined;
      return { error: toCloudError(reason), onlineFor: 0 };
    }
    const since = clock.monotonic();
    this.#publisher?.online(live.connection);
    this.#setState({ name: "online" });
    const error = await this.#stayOnline(live, signal);
    if (!signal.aborted) this.#current = undefined;
    return { error, onlineFor: clock.monotonic() - since };
  }

  async #open(signal: AbortSignal): Promise<Live> {
    const { url, tls, clock, login: getLogin, loginRefused } = this.#options;
    const login = await getLogin(signal);
    let tellLost: (reason: CloudError) => void = () => undefined;
    const lost = new Promise<CloudError>((resolve) => (tellLost = resolve));
    const live: Omit<Live, "connection"> & { connection?: MqttConnection } = {
      lost,
      isLost: false,
      renewAt: login.lifetime === undefined ? Infinity : clock.monotonic() + login.lifetime * renewalShare,
      receive: () => undefined,
    };
    const onMessage = (topic: string, payload: Uint8Array): void => live.receive(topic, payload);
    const onClose = (reason: CloudError): void => {
      live.isLost = true;
      if (live.connection !== undefined) this.#connections.delete(live.connection);
      if (this.#current === live) this.#wentOffline();
      tellLost(reason);
    };
    try {
      live.connection = await openConnection({
        url,
        login,
        signal,
        onMessage,
        onClose,
        ...(tls === undefined ? {} : { tls }),
      });
    } catch (reason) {
      if (reason instanceof CloudError && reason.code === "unauthorized") loginRefused?.(login);
      throw reason;
    }
    this.#connections.add(live.connection);
    return live as Live;
  }

  #wentOffline(): void {
    this.#subscriptions.detach();
    this.#publisher?.offline();
    if (!this.#stopping?.signal.aborted) this.#setState({ name: "connecting" });
  }

  /** Waits for the loss of the connection, putting a successor in its place whenever its login nears its end. */
  async #stayOnline(first: Live, signal: AbortSignal): Promise<CloudError> {
    let live = first;
    for (;;) {
      const lost = await this.#lostBeforeRenewal(live, signal);
      if (lost !== undefined) return lost;
      live = await this.#succeed(live, signal);
    }
  }

  async #lostBeforeRenewal(live: Live, signal: AbortSignal): Promise<CloudError | undefined> {
    const { clock } = this.#options;
    const either = new AbortController();
    const wait = Math.max(0, live.renewAt - clock.monotonic());
    const due = wait === Infinity ? new Promise<undefined>(() => undefined) : sleepUnless(clock, wait, either.signal);
    const stopped = new Promise<CloudError>((resolve) => {
      const stop = (): void => resolve(new CloudError("cancelled", "The session was closed."));
      if (signal.aborted) stop();
      else signal.addEventListener("abort", stop, { once: true, signal: either.signal });
    });
    const outcome = await Promise.race([live.lost, due, stopped]);
    either.abort();
    return outcome;
  }

  /** Opens a successor and hands over to it; gives the old connection, to be tried again soon, when that fails. */
  async #succeed(old: Live, signal: AbortSignal): Promise<Live> {
    const { clock } = this.#options;
    const next = await this.#open(signal).catch(() => undefined);
    const succeeded = next !== undefined && (await this.#subscriptions.exclusively(() => this.#handOver(old, next)));
    if (succeeded) return next;
    old.receive = (topic, payload) => this.#subscriptions.deliver(topic, payload);
    old.renewAt = clock.monotonic() + backoffMs(0, clock);
    return old;
  }

  /** Lets `next` continue where `old` ends. False when `next` does not hold. */
  async #handOver(old: Live, next: Live): Promise<boolean> {
    const { clock } = this.#options;
    const merge = new StreamMerge();
    const wanted = this.#subscriptions.wanted();
    next.receive = (topic, payload) => merge.fresh(topic, payload, clock.monotonic());
    old.receive = (topic, payload) => {
      merge.old(topic, payload, clock.monotonic());
      this.#subscriptions.deliver(topic, payload);
    };
    const refused = wanted.length === 0 ? [] : await next.connection.subscribe(wanted).catch(() => undefined);
    if (refused === undefined || this.#stopping?.signal.aborted) {
      await next.connection.close();
      return false;
    }
    // So long that every message that one connection has and the other has not is known by its time.
    await Promise.race([old.lost, sleep(clock, overlapMs, this.#stopping?.signal).catch(() => undefined)]);
    await this.#publisher?.drain();
    // After this the old connection's stream is complete: whatever follows is on the new one.
    if (wanted.length > 0) await old.connection.unsubscribe(wanted).catch(() => undefined);
    old.receive = () => undefined;
    this.#current = next;
    this.#subscriptions.replace(next.connection, refused);
    for (const { topic, payload } of merge.finish()) this.#subscriptions.deliver(topic, payload);
    const repeatsEnd = clock.monotonic() + repeatWindowMs;
    next.receive = (topic, payload) => {
      const now = clock.monotonic();
      if (now > repeatsEnd) next.receive = (name, bytes) => this.#subscriptions.deliver(name, bytes);
      if (merge.passes(topic, payload, now)) this.#subscriptions.deliver(topic, payload);
    };
    void old.connection.close();
    if (next.isLost) {
      this.#wentOffline();
    } else {
      this.#publisher?.online(next.connection);
      if (this.#state.name !== "online") this.#setState({ name: "online" });
    }
    return true;
  }

  /** Gives what is under way a moment to be acknowledged. */
  async #drained(): Promise<void> {
    const over = new AbortController();
    const wait = sleepUnless(this.#options.clock, stopTimeoutMs, over.signal);
    await Promise.race([this.#publisher?.drain(), wait]);
    over.abort();
  }

  /** Read anew after an await, which the compiler's narrowing does not expect. */
  #isStillWanted(): boolean {
    return this.#isWanted;
  }

  #setState(state: SessionState): void {
    this.#state = state;
    for (const observer of [...this.#observers]) observer(state);
  }
}

/** Read anew after an await, which the compiler's narrowing does not expect. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

async function sleepUnless(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<undefined> {
  await sleep(clock, milliseconds, signal).catch(() => undefined);
  return undefined;
}
