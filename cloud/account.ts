import { inBackground } from "./core/guard";
import { randomUUID } from "node:crypto";
import type { Cluster } from "./cluster/cluster";
import type * as ClusterParts from "./cluster/index";
import type { ClusterSettings } from "./cluster/cluster-settings";
import type { Turns } from "./cluster/turns";
import type { ActivityLog } from "./core/activity-log";
import { type Clock, systemClock } from "./core/clock";
import { ValueFeed, writeDigest } from "./live-values/value-feed";
import { type BeforeSend, type MqttMessage, mqttSender } from "./live-values/mqtt-sender";
import { Outbox } from "./live-values/outbox";
import { type Publisher, Session, type SessionOptions, type SessionState } from "./mqtt/session";
import type { SessionTimings } from "./mqtt/timings";
import type { CloudError } from "./core/errors";
import { shortDigest } from "./core/short-digest";
import { KnownObjects } from "./live-values/known-objects";
import { LastValues } from "./live-values/last-values";
import { Polling } from "./polling/polling";
import { RestPublisher } from "./live-values/rest-publisher";
import { DirectoryRefresher } from "./rest/directory/refresher";
import { createRest, type Property, type RequestGate, type Rest, wireName } from "./rest/index";
import { ValueWriter } from "./live-values/value-writer";
import type { AccountSettings } from "./rest/account-settings";

/** The events that an account tells whoever runs it. */
interface AccountEvents {
  /** A message that is not SenML in CBOR arrived and was dropped. */
  onMalformed: (topic: string, error: CloudError) => void;
  /** A listener threw; nothing else was affected. */
  onFault: (reason: unknown) => void;
  /** Told what goes on, for people who look for a fault. */
  log?: ActivityLog;
  /** The REST service announces a change of an operation, or warns; once per operation. */
  onNotice?: (message: string) => void;
}

/** Options of an account, each with a usual value. */
interface AccountOptions {
  clock?: Clock;
  timings?: Partial<SessionTimings>;
  /** The copies of the flow that share the account; absent: there is only this one. */
  cluster?: ClusterSettings | undefined;
}

/**
 * One account of the Arduino Cloud: one token, one paced REST client, one broker session, and what stands on them.
 * Nothing is shared with another account.
 */
export class CloudAccount {
  readonly rest: Rest;
  /** Keeps what is known of things fresh while it is used. */
  readonly knowledge: DirectoryRefresher;
  /** Requests that are made again and again. */
  readonly polling: Polling;
  readonly session: Session;
  readonly feed: ValueFeed;
  readonly outbox: Outbox<MqttMessage>;
  /** The way of values that are written as a thing's device. */
  readonly reports: RestPublisher;
  readonly writer: ValueWriter;
  /** The copies of the flow that share the account, where there are several. */
  readonly cluster: Cluster | undefined;
  /** Says when it is the turn of this copy to do what one alone shall do. */
  readonly turns: Turns | undefined;
  readonly #unobserve: () => void;

  /** @throws CloudError `invalid_input` naming the setting that is wrong */
  constructor(settings: AccountSettings, events: AccountEvents, options: AccountOptions = {}) {
    const { onNotice, log } = events;
    const { clock = systemClock, timings = {} } = options;
    this.cluster = options.cluster && this.#clusterOf(settings, options.cluster, events, clock);
    this.turns = this.cluster && clusterParts().turnsOf(this.cluster);
    const gate = this.cluster && gateOf(this.cluster, settings.requestsPerSecond, clock);
    this.rest = createRest({ ...settings, clock, gate, log, ...(onNotice && { onNotice }) });
    const { directory } = this.rest;
    this.knowledge = new DirectoryRefresher({ directory, clock });
    this.polling = new Polling({ rest: this.rest, clock, turns: this.turns });
    this.session = userSession(this.rest, { clock, timings, log, tls: settings.tls, proxy: settings.proxy });
    const variables = (thingId: string): readonly Property[] | undefined => directory.peek(thingId)?.properties;
    const objects = new KnownObjects({
      now: () => this.rest.client.now(),
      property: (thingId, variable) => variables(thingId)?.find((property) => wireName(property) === variable),
    });
    this.feed = new ValueFeed({ session: this.session, clock, objects, variables, ...events });
    this.outbox = new Outbox({ clock, messagesPerSecond: settings.messagesPerSecond, log });
    this.session.setPublisher(publisherOf(this.outbox, this.feed, this.cluster));
    const lastValues = new LastValues({ directory, feed: this.feed, objects });
    this.reports = new RestPublisher({
      client: this.rest.client,
      thing: (id, signal) => directory.thing(id, { maxAgeMs: 0, signal }),
      onRefusal: () => this.knowledge.refreshSoon(),
      requestsPerSecond: settings.requestsPerSecond,
      clock,
      log,
    });
    this.writer = new ValueWriter({
      directory,
      lastValues,
      outbox: this.outbox,
      reports: this.reports.outbox,
      feed: this.feed,
      knowledge: this.knowledge,
      now: () => this.rest.client.now(),
      clock,
    });
    this.#unobserve = this.session.observe(this.#onState(lastValues));
  }

  /**
   * Ends everything: requests and waiting messages with `cancelled`, the session politely, within about two seconds.
   */
  async close(): Promise<void> {
    this.#unobserve();
    this.knowledge.close();
    this.rest.close();
    if (this.cluster !== undefined) await this.cluster.stop();
    await this.session.close();
    this.outbox.close();
    this.reports.close();
  }

  /**
   * Runs work that changes what is there by what it finds: of all copies of the flow, one does so at a time.
   * @throws CloudError `cancelled` while it waits, and what the work throws
   */
  inTurn<T>(what: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const { cluster } = this;
    return cluster === undefined ? work() : clusterParts().exclusively({ cluster, name: what, what, signal }, work);
  }

  #clusterOf(settings: AccountSettings, cluster: ClusterSettings, events: AccountEvents, clock: Clock): Cluster {
    const { Cluster, RedisEngine } = clusterParts();
    const made = new Cluster({
      settings: cluster,
      clock,
      createEngine: (engineEvents) => new RedisEngine(cluster, clusterPrefix(settings, cluster.name), engineEvents),
      onWarning: (message) => events.onNotice?.(message),
      onFault: events.onFault,
    });
    made.listen("own", (digest) => this.feed.sendsElsewhere(digest));
    made.listen("pause", (milliseconds) => this.rest.client.pause(Number(milliseconds) || 0));
    return made;
  }

  /** Returns the observer that keeps what is known in step with the connection. */
  #onState(lastValues: LastValues): (state: SessionState) => void {
    let wasOnline = false;
    return ({ name }) => {
      this.cluster?.setOnline(name === "online");
      if (name === "idle" && this.cluster !== undefined) inBackground(this.cluster.handOver());
      else if (name !== "closed") this.cluster?.start();
      if (name !== "online") lastValues.unfollow();
      // While the connection was lost, things may have been changed.
      else if (wasOnline) this.knowledge.refreshSoon();
      wasOnline ||= name === "online";
    };
  }
}

/** Loads the code of clusters with the first account that is in one. */
const clusterParts = (): typeof ClusterParts =>
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would load it with Node-RED
  require("./cluster/index") as typeof ClusterParts;

/** Returns the gate through which the requests of all copies go. */
function gateOf(cluster: Cluster, requestsPerSecond: number, clock: Clock): RequestGate {
  const pace = new (clusterParts().SharedPace)({ cluster, requestsPerSecond, clock });
  return {
    turn: (signal) => pace.turn(signal),
    refused: (retryAfterMs) => inBackground(pace.refused(retryAfterMs)),
  };
}

/**
 * Returns the name under which the copies of a flow meet: accounts that differ in key, space or service have nothing in
 * common.
 */
function clusterPrefix({ clientId, organization, baseUrl }: AccountSettings, name: string): string {
  return `ac:${name}:${shortDigest([clientId, organization, baseUrl].join("\n"))}`;
}

/**
 * Returns the session of a user: the user id is the name, the token the password, the client id unlike any other
 * (docs/protocol.md#logins).
 */
function userSession(
  { endpoints, tokens }: Rest,
  options: Pick<SessionOptions, "clock" | "timings" | "log" | "tls" | "proxy">,
): Session {
  return new Session({
    ...options,
    url: () => endpoints.brokerUrl,
    login: async (signal) => {
      const token = await tokens.get({ signal, fresh: true });
      return {
        clientId: `${token.userId}:${randomUUID()}`,
        userName: token.userId,
        password: token.value,
        lifetimeMs: token.expiresAt - options.clock.monotonic(),
      };
    },
    loginRefused: (login) => tokens.invalidate(login.password ?? ""),
  });
}

/**
 * Returns what sends the messages of an outbox over a session, and lets the feed, and the copies of this flow, know them
 * when they come back.
 */
function publisherOf(outbox: Outbox<MqttMessage>, feed: ValueFeed, cluster: Cluster | undefined): Publisher {
  const known: BeforeSend | undefined =
    cluster && (({ topic, payload }) => cluster.tell("own", writeDigest(topic, payload)));
  return {
    online: (connection) =>
      outbox.online(mqttSender(connection, ({ topic, payload }) => feed.sends(topic, payload), known)),
    offline: () => outbox.offline(),
    drain: () => outbox.drain(),
  };
}
