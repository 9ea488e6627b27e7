import { type ActivityLog, shownMs } from "../core/activity-log";
import type { Clock } from "../core/clock";
import { CloudError, isCredentials, toCloudError } from "../core/errors";
import type { ProxySettings } from "../core/proxy";
import type { TlsOptions } from "../core/tls";
import { type ConnectionOptions, type Login, type MqttConnection, openConnection } from "./connection";
import { MessageStream } from "./message-stream";
import { handOver, type LiveConnection, lostBeforeRenewal, sleepUnlessAborted } from "./renewal";
import { SubscriptionRegistry, type TopicListener } from "./subscriptions";
import { defaultTimings, type SessionTimings } from "./timings";
import { retry } from "../core/retry";
import { guarded, inBackground } from "../core/guard";

/**
 * Where a session stands. `waiting` and `refused` tell the cause and until when (milliseconds since 1970) they wait;
 * `refused` means that the credentials were not accepted, and is tried again all the same.
 */
export type SessionState =
  | { readonly name: "idle" | "connecting" | "online" | "closed" }
  | { readonly name: "waiting" | "refused"; readonly until: number; readonly error: CloudError };

export interface SessionLogin extends Login {
  /** Milliseconds for which the login is good; renewed ahead of its end. Absent: for good. */
  lifetimeMs?: number;
}

export interface SessionOptions {
  /** Where the broker is; a function is asked once there is a login. */
  url: string | (() => string);
  clock: Clock;
  tls?: TlsOptions | undefined;
  /** In place of the proxy that the environment names. */
  proxy?: ProxySettings | undefined;
  log?: ActivityLog | undefined;
  /** Returns a fresh login; asked before every connection attempt. */
  login: (signal: AbortSignal) => Promise<SessionLogin>;
  /** Told that the broker did not accept this login, so that it is not given again. */
  loginRefused?: (login: SessionLogin) => void;
  /** Timings other than the usual ones. */
  timings?: Partial<SessionTimings>;
  /** Stands in for `openConnection`. */
  connect?: (options: ConnectionOptions) => Promise<MqttConnection>;
}

/** Whoever writes over a session: told which connection to use and when there is none. */
export interface Publisher {
  online(connection: MqttConnection): void;
  offline(): void;
  /** Stops sending and resolves when nothing waits for an acknowledgement any more. */
  drain(): Promise<void>;
}

/**
 * The session of one account (or device) with the broker: one connection, kept open, renewed without a gap before its
 * login expires, opened again after a loss with growing waits, for ever. Every topic that somebody listens to is
 * subscribed again on each new connection.
 */
export class Session {
  readonly #options: SessionOptions;
  readonly #timings: SessionTimings;
  readonly #subscriptions: SubscriptionRegistry;
  readonly #stream: MessageStream;
  readonly #observers = new Set<(state: SessionState) => void>();
  #publisher: Publisher | undefined;
  #state: SessionState = { name: "idle" };
  #current: MqttConnection | undefined;
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
    this.#timings = { ...defaultTimings, ...options.timings };
    this.#subscriptions = new SubscriptionRegistry(options.clock);
    this.#stream = new MessageStream({
      clock: options.clock,
      repeatWindowMs: this.#timings.repeatWindowMs,
      deliver: (topic, payload) => this.#subscriptions.deliver(topic, payload),
    });
  }

  get state(): SessionState {
    return this.#state;
  }

  /** Calls `observer` on every change of state; returns the function that ends it. */
  observe(observer: (state: SessionState) => void): () => void {
    const safe = guarded(observer);
    this.#observers.add(safe);
    return () => this.#observers.delete(safe);
  }

  /** Names the one who writes over this session. */
  setPublisher(publisher: Publisher): void {
    this.#publisher = publisher;
  }

  /** Listens to a topic; returns the function that ends it. Several listeners share one subscription. */
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
    const giveUp = this.#options.clock.after(this.#timings.stopTimeoutMs, () => {
      for (const connection of this.#connections) {
        connection.abandon(new CloudError("cancelled", "The session was closed."));
      }
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
    const { clock, log } = this.#options;
    let short = 0;
    const connect = async (): Promise<never> => {
      this.#setState({ name: "connecting" });
      const { error, onlineMs } = await this.#connectAndStay(signal);
      if (onlineMs >= this.#timings.stableAfterMs) short = 0;
      throw error;
    };
    const onFailure = (error: CloudError): number => {
      const waitMs = this.#timings.retryDelayMs(short++, clock);
      const name = isCredentials(error) ? "refused" : "waiting";
      this.#setState({ name, until: clock.now() + waitMs, error });
      log?.debug?.(`Connecting again in ${shownMs(waitMs)}, after ${error.code}: ${error.message}`);
      return waitMs;
    };
    await retry(connect, { clock, signal, what: "The session", onFailure }).catch(() => undefined);
    this.#publisher?.offline();
    await this.#current?.close();
    this.#current = undefined;
    this.#subscriptions.detach();
  }

  /**
   * Runs one connection and its successors, from the first attempt to the loss; returns its reason, and the time
   * online.
   */
  async #connectAndStay(signal: AbortSignal): Promise<{ error: CloudError; onlineMs: number }> {
    const { clock } = this.#options;
    let live: LiveConnection;
    try {
      live = await this.#open(signal);
      this.#current = live.connection;
      this.#stream.follow(live.connection);
      await this.#subscriptions.attach(live.connection);
    } catch (reason) {
      this.#current?.abandon(toCloudError(reason));
      this.#current = undefined;
      this.#subscriptions.detach();
      return { error: toCloudError(reason), onlineMs: 0 };
    }
    const since = clock.monotonic();
    this.#publisher?.online(live.connection);
    this.#setState({ name: "online" });
    for (;;) {
      const lost = await lostBeforeRenewal(live, clock, signal);
      if (lost !== undefined) {
        if (!signal.aborted) this.#current = undefined;
        return { error: lost, onlineMs: clock.monotonic() - since };
      }
      live = await this.#renew(live, signal);
    }
  }

  async #open(signal: AbortSignal): Promise<LiveConnection> {
    const { url, tls, proxy, clock, log, login: getLogin, loginRefused, connect = openConnection } = this.#options;
    const login = await getLogin(signal);
    const renewAtMs =
      login.lifetimeMs === undefined ? Infinity : clock.monotonic() + login.lifetimeMs * this.#timings.renewalShare;
    let connection: MqttConnection;
    try {
      connection = await connect({
        ...{
          url: typeof url === "string" ? url : url(),
          tls,
          proxy,
          login,
          signal,
          clock,
          log,
          timings: this.#timings,
        },
        onMessage: (topic, payload, from) => this.#stream.receive(from, topic, payload),
      });
    } catch (reason) {
      if (reason instanceof CloudError && reason.code === "unauthorized") loginRefused?.(login);
      throw reason;
    }
    this.#connections.add(connection);
    const noteEnd = (): void => {
      this.#connections.delete(connection);
      if (this.#current === connection) this.#wentOffline();
    };
    inBackground(connection.closed.then(noteEnd));
    return { connection, renewAtMs };
  }

  #wentOffline(): void {
    this.#subscriptions.detach();
    this.#publisher?.offline();
    if (!this.#stopping?.signal.aborted) this.#setState({ name: "connecting" });
  }

  /** Opens a successor and hands over to it; returns the old connection, to be renewed soon, when that fails. */
  async #renew(old: LiveConnection, signal: AbortSignal): Promise<LiveConnection> {
    const { clock, log } = this.#options;
    log?.debug?.("Renewing the connection, as its login nears its end.");
    const next = await this.#open(signal).catch(() => undefined);
    if (next !== undefined) {
      const session = {
        ...{ clock, signal, overlapMs: this.#timings.overlapMs },
        ...{ stream: this.#stream, subscriptions: this.#subscriptions },
        drain: () => this.#publisher?.drain() ?? Promise.resolve(),
        adopt: () => this.#adopt(next.connection),
      };
      const work = (): Promise<boolean> => handOver(old.connection, next.connection, session);
      if (await this.#subscriptions.exclusively(work)) return next;
    }
    const waitMs = this.#timings.retryDelayMs(0, clock);
    if (!signal.aborted) log?.debug?.(`The old connection stays, to be renewed in ${shownMs(waitMs)}.`);
    return { ...old, renewAtMs: clock.monotonic() + waitMs };
  }

  #adopt(connection: MqttConnection): void {
    this.#current = connection;
    if (!connection.isOpen) {
      this.#wentOffline();
      return;
    }
    this.#publisher?.online(connection);
    if (this.#state.name !== "online") this.#setState({ name: "online" });
  }

  /** Waits a moment for what is under way to be acknowledged. */
  async #drained(): Promise<void> {
    const over = new AbortController();
    const wait = sleepUnlessAborted(this.#options.clock, this.#timings.stopTimeoutMs, over.signal);
    await Promise.race([this.#publisher?.drain(), wait]);
    over.abort();
  }

  /** Returns the present state, read anew after an await, which the compiler's narrowing does not expect. */
  #isStillWanted(): boolean {
    return this.#isWanted;
  }

  #setState(state: SessionState): void {
    this.#state = state;
    for (const observer of [...this.#observers]) observer(state);
  }
}
