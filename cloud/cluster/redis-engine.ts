import { systemClock } from "../core/clock";
import { guarded, inBackground } from "../core/guard";
import { asRecord } from "../core/json";
import type { Cluster as RedisCluster, Redis } from "ioredis";
import { type CloudError, systemCodeOf } from "../core/errors";
import { loadLibrary } from "../core/load-library";
import type { ClusterSettings } from "./cluster-settings";
import type {
  ClusterEngine,
  EngineEvents,
  Fence,
  GroupAnswer,
  HandedWork,
  LeaseAnswer,
  LeaseRequest,
  WaitingWork,
} from "./engine";
import { connectRedis } from "./redis-connection";
import { redisError } from "./redis-errors";
import { redisScripts } from "./redis-scripts";
import { parseRedisUrl, type RedisPlace } from "./redis-url";

/** Holder, grant before, milliseconds left, and 1 where the grant that the copy knows is lost. */
type LeaseFacts = [string, string, number, number];

/** A connection with the scripts. */
type Scripted = (Redis | RedisCluster) & {
  acLease(key: string, me: string, ttlMs: number, taking: string, known: number): Promise<LeaseFacts>;
  acMark(group: string, lease: string, holder: string, keptMs: number, ...fields: string[]): Promise<number>;
  acAsk(group: string): Promise<[number, string[]]>;
  acSubmit(stream: string, ids: string, outcome: string, id: string, text: string, keptMs: number): Promise<string>;
  acSettle(stream: string, ids: string, outcome: string, ...args: (string | number)[]): Promise<number>;
  acPace(key: string, perSecond: number, windowMs: number, burst: number): Promise<string>;
};

/** Work that nobody does, and outcomes that nobody asks for, are kept so long. */
const workLifeMs = 3_600_000;
const outcomeLifeMs = 300_000;
/** So much work is read at once. */
const maxWork = 100;
/**
 * The window of the pace is longer than a second by what may shorten it on the way: a copy that sends late, and the
 * network.
 */
const paceWindowMs = 1_060;
/** So many requests may go out back to back after a rest. */
const paceBurst = 3;

/** Redis or Valkey, single, behind sentinels or as a Redis Cluster. Loads its library when it is made. */
export class RedisEngine implements ClusterEngine {
  readonly #prefix: string;
  readonly #place: RedisPlace;
  readonly #events: EngineEvents;
  readonly #redis: Scripted;
  readonly #subscriber: Redis | RedisCluster;
  readonly #ttlMs: number;
  #stopTimer: () => void = () => undefined;
  #isClosed = false;
  /** Why there is no connection: what follows from it says less. */
  #cause: CloudError | undefined;

  /**
   * @param prefix begins all keys, and is the part of them by which a Redis Cluster places them
   * @throws CloudError `not_configured` where the address cannot be used, `server_error` where the library is missing
   */
  constructor(settings: ClusterSettings, prefix: string, events: EngineEvents) {
    this.#prefix = `{${prefix.replace(/[{}]/g, "_")}}`;
    this.#place = parseRedisUrl(settings.url);
    this.#events = events;
    this.#ttlMs = settings.ttlMs;
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- as the other libraries: at once, and only here
    const library = loadLibrary("ioredis", () => require("ioredis") as typeof import("ioredis"));
    this.#redis = connectRedis(library, settings, this.#place) as Scripted;
    this.#subscriber = connectRedis(library, settings, this.#place);
    for (const [name, script] of Object.entries(redisScripts)) this.#redis.defineCommand(name, script);
    this.#follow();
  }

  /** Takes, keeps or gives up a lease. */
  async lease({ name, me, ttlMs, taking, known }: LeaseRequest): Promise<LeaseAnswer> {
    const [holder, before, leftMs, hasForgotten] = await this.#call(
      this.#redis.acLease(this.#key(`lease:${name}`), me, Math.round(ttlMs), taking, known),
    );
    return { holder, before, leftMs, hasForgotten: hasForgotten === 1 };
  }

  /** Writes fields of a group. */
  async mark(
    group: string,
    fields: Readonly<Record<string, string>>,
    fence?: Fence,
    keptMs: number = 0,
  ): Promise<boolean> {
    const keys = [this.#key(group), this.#key(`lease:${fence?.lease ?? ""}`)] as const;
    const flat = Object.entries(fields).flat();
    return (await this.#call(this.#redis.acMark(...keys, fence?.holder ?? "", keptMs, ...flat))) === 1;
  }

  /** Reads a group. */
  async ask(group: string): Promise<GroupAnswer> {
    const [time, flat] = await this.#call(this.#redis.acAsk(this.#key(group)));
    const fields: Record<string, string> = {};
    for (let index = 0; index + 1 < flat.length; index += 2) fields[flat[index] ?? ""] = flat[index + 1] ?? "";
    return { fields, time };
  }

  /** Reserves the moment of a request. */
  async pace(perSecond: number): Promise<number> {
    // Beyond one a second, of whole requests: a second holds no part of one.
    const rate = perSecond < 1 ? perSecond : Math.floor(perSecond);
    const burst = Math.min(rate, paceBurst);
    return Number(await this.#call(this.#redis.acPace(this.#key("pace"), rate, paceWindowMs, Math.max(1, burst))));
  }

  /** Tells all copies something. */
  async tell(topic: string, text: string): Promise<void> {
    await this.#call(this.#redis.publish(this.#key("told"), `${topic} ${text}`));
  }

  /** Queues work. */
  submit(queue: string, { id, text }: HandedWork): Promise<string> {
    return this.#call(this.#redis.acSubmit(...this.#queueKeys(queue, id), id, text, workLifeMs));
  }

  /** Returns work that waits. */
  async waiting(queue: string, behind: string): Promise<WaitingWork[]> {
    const start = behind === "" ? "-" : behind;
    const [stream] = this.#queueKeys(queue, "");
    const found = await this.#call(this.#redis.xrange(stream, start, "+", "COUNT", maxWork));
    return found
      .filter(([ticket]) => ticket !== behind)
      .map(([ticket, [, id = "", , text = ""]]) => ({ ticket, id, text }));
  }

  /** Takes work out of the queue. */
  async settle(queue: string, { ticket, id }: WaitingWork, outcome: string): Promise<void> {
    await this.#call(this.#redis.acSettle(...this.#queueKeys(queue, id), ticket, id, outcome, outcomeLifeMs));
  }

  /** Closes both connections. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopTimer();
    this.#subscriber.disconnect();
    // What was written is on its way; a server that is away gets no goodbye.
    await this.#redis.quit().catch(() => undefined);
    this.#redis.disconnect();
  }

  #follow(): void {
    this.#redis.on(
      "ready",
      guarded(() => this.#isUp()),
    );
    for (const connection of [this.#redis, this.#subscriber]) {
      connection.on(
        "error",
        guarded((reason: unknown) => {
          this.#isDown(reason);
          // The library would go on in database 0, apart from the other copies.
          if (isOfDatabase(reason)) connection.disconnect(true);
        }),
      );
      connection.connect().catch((reason: unknown) => this.#isDown(reason));
    }
    this.#redis.on(
      "close",
      guarded(() => this.#isDown(new Error("closed"))),
    );
    this.#subscriber.on(
      "ready",
      guarded(() => this.#hear((reason) => this.#isDown(reason))),
    );
    const told = (_channel: string, message: string): void => {
      const end = message.indexOf(" ");
      this.#events.onTold(message.slice(0, end), message.slice(end + 1));
    };
    this.#subscriber.on("message", guarded(told));
  }

  /** Subscribes, and again now and then: who only listens would never learn that the connection is of no use. */
  #hear(onRefusal: (reason: unknown) => void): void {
    this.#stopTimer();
    if (this.#isClosed) return;
    let isAnswered = false;
    const subscribed = this.#subscriber.subscribe(this.#key("told")).catch(onRefusal);
    inBackground(subscribed.finally(() => (isAnswered = true)));
    this.#stopTimer = systemClock.after(this.#ttlMs, () => {
      if (this.#subscriber.status !== "ready") return;
      if (isAnswered) this.#hear(() => undefined);
      else this.#subscriber.disconnect(true);
    });
  }

  async #isUp(): Promise<void> {
    // Who may not ask for it has a server without a name.
    const info = await this.#redis.info("server").catch(() => "");
    this.#cause = undefined;
    if (!this.#isClosed) this.#events.onUp(/run_id:(\w+)/.exec(info)?.[1] ?? "");
  }

  #isDown(reason: unknown): void {
    if (!this.#isClosed) this.#events.onDown(this.#errorOf(reason));
  }

  async #call<T>(command: Promise<T>): Promise<T> {
    try {
      return await command;
    } catch (reason) {
      throw this.#errorOf(reason);
    }
  }

  #errorOf(reason: unknown): CloudError {
    const error = redisError(reason, this.#place.shown);
    const isVague = error.code === "offline" && (systemCodeOf(reason) === "" || this.#cause?.code !== "timeout");
    if (isVague && this.#cause !== undefined) return this.#cause;
    if (isOfConnection(error) || isOfDatabase(reason)) this.#cause = error;
    return error;
  }

  /** Returns the keys of a queue: what waits, the ids of that, and the outcome of one of them. */
  #queueKeys(queue: string, id: string): [string, string, string] {
    const name = `work:${queue}`;
    return [this.#key(name), this.#key(`${name}:ids`), this.#key(`${name}:done:${id}`)];
  }

  #key(name: string): string {
    return `${this.#prefix}:${name}`;
  }
}

/** Returns whether it is a refusal of the database whose number is in the address. */
function isOfDatabase(reason: unknown): boolean {
  return reason instanceof Error && asRecord(asRecord(reason)?.["command"])?.["name"] === "select";
}

/** Returns whether an error says why there is no connection, rather than what a single command met. */
function isOfConnection({ code, message }: CloudError): boolean {
  return code === "unauthorized" || code === "timeout" || message.includes("is no Redis");
}
