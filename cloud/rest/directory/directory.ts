import type { Clock } from "../../core/clock";
import { CloudError } from "../../core/errors";
import { abortable } from "../../core/abort";
import { indexNames } from "../../core/names";
import type { RestClient } from "../transport/client";
import { inShortTurns } from "../../core/short-turns";
import { findThing, findVariable, type KnownThing } from "./find-by-name";
import { readList, readThing, type Property } from "../models";
import { operation } from "../operations/index";
import { isUuid, printable } from "../../core/text";
import { unexpectedAnswer } from "../transport/error-response";

export interface LookUp {
  signal?: AbortSignal;
  /** The oldest answer that will do, in milliseconds; 0 asks the cloud. Default five minutes. */
  maxAgeMs?: number;
}

/** A request under way, for one or more keys. */
interface Flight {
  startedAt: number;
  answer: Promise<KnownThing[]>;
}

/** Look-ups that go out together when the window closes. */
interface Batch {
  keys: Set<string>;
  /** Resolves, when the requests have gone out, to the one that answers a key. */
  sent: Promise<(key: string) => Flight>;
}

const cacheTtlMs = 300_000;
/** How long look-ups are gathered before they go out, in milliseconds. */
const gatherMs = 20;
/** Ids in one list request, so that its URL stays below 5 kB. */
const idsPerRequest = 100;
/** The key of "all things"; no id looks like it. */
const all = "*";

/**
 * Knows the things of an account and their variables. Look-ups of the same moment share one request, and
 * answers are remembered.
 */
export class Directory {
  readonly #client: Pick<RestClient, "call">;
  readonly #clock: Clock;
  readonly #known = new Map<string, { thing: KnownThing; at: number }>();
  #list: { things: KnownThing[]; at: number } | undefined;
  readonly #flights = new Map<string, Flight>();
  #batch: Batch | undefined;

  constructor({ client, clock }: { client: Pick<RestClient, "call">; clock: Clock }) {
    this.#client = client;
    this.#clock = clock;
  }

  /**
   * Returns the thing of an id, or of an exact name that is unique, with its properties.
   * @throws CloudError `invalid_input` (blank), `not_found`, `ambiguous`, and what `RestClient.call` throws
   */
  async thing(ref: string, lookUp: LookUp = {}): Promise<KnownThing> {
    if (ref.trim() === "") throw new CloudError("invalid_input", "The thing is blank; expected is its id or its name.");
    if (!isUuid(ref)) return findThing(await this.things(lookUp), ref);
    const id = ref.toLowerCase();
    const known = this.#known.get(id);
    const oldest = this.#oldest(lookUp);
    if (known !== undefined && known.at >= oldest) return known.thing;
    const things = await abortable(this.#ask(id, oldest), lookUp.signal, `things: get ${id}`);
    const thing = things.find((candidate) => thingKey(candidate) === id);
    if (thing !== undefined) return thing;
    throw new CloudError("not_found", `things: get: no thing ${id}. It is deleted, mistyped or of another space.`);
  }

  /**
   * Returns all things of the account, with their properties.
   * @throws what `RestClient.call` throws
   */
  async things(lookUp: LookUp = {}): Promise<readonly KnownThing[]> {
    const oldest = this.#oldest(lookUp);
    if (this.#list !== undefined && this.#list.at >= oldest) return this.#list.things;
    return abortable(this.#ask(all, oldest), lookUp.signal, "things: list");
  }

  /**
   * Returns what is remembered of a thing, by id; asks nobody.
   * @param maxAgeMs the oldest knowledge that will do, in milliseconds; default whatever age
   */
  peek(id: string, maxAgeMs = Infinity): KnownThing | undefined {
    const known = this.#known.get(id.toLowerCase());
    return known !== undefined && this.#clock.monotonic() - known.at <= maxAgeMs ? known.thing : undefined;
  }

  /** When the newest list of all things was asked for, by the monotonic clock; undefined where there is none. */
  get listedAt(): number | undefined {
    return this.#list?.at;
  }

  /**
   * Returns the variable of a thing by variable name or property id; see `findVariable`.
   * @throws CloudError `not_found`, `ambiguous`
   */
  variable(thing: KnownThing, ref: string): Property {
    return findVariable(thing, ref);
  }

  /** Forgets a thing, so that the next look-up asks the cloud; to be called when it was changed. */
  forget(id: string): void {
    const key = id.toLowerCase();
    this.#known.delete(key);
    this.#list = undefined;
    // An answer that is under way may be from before the change; whoever waits for it gets it, but it is not kept.
    this.#flights.delete(key);
    this.#flights.delete(all);
  }

  #oldest({ maxAgeMs = cacheTtlMs }: LookUp): number {
    return this.#clock.monotonic() - maxAgeMs;
  }

  async #ask(key: string, oldest: number): Promise<KnownThing[]> {
    for (const flight of [this.#flights.get(key), this.#flights.get(all)]) {
      if (flight !== undefined && flight.startedAt >= oldest) return flight.answer;
    }
    this.#batch ??= this.#gather();
    this.#batch.keys.add(key);
    return (await this.#batch.sent)(key).answer;
  }

  #gather(): Batch {
    const keys = new Set<string>();
    const sent = new Promise<(key: string) => Flight>((resolve) => {
      this.#clock.after(gatherMs, () => {
        this.#batch = undefined;
        resolve(this.#send([...keys]));
      });
    });
    return { keys, sent };
  }

  /** Sends what answers the keys in as few requests as possible. */
  #send(keys: string[]): (key: string) => Flight {
    if (keys.includes(all)) {
      const flight = this.#fly([all], () => this.#fetchList({}));
      return () => flight;
    }
    const flights = new Map<string, Flight>();
    for (let start = 0; start < keys.length; start += idsPerRequest) {
      const ids = keys.slice(start, start + idsPerRequest);
      const [single = ""] = ids;
      const flight = this.#fly(ids, () => (ids.length > 1 ? this.#fetchList({ ids }) : this.#fetchOne(single)));
      for (const id of ids) flights.set(id, flight);
    }
    return (key) => flights.get(key) as Flight;
  }

  #fly(keys: string[], fetch: () => Promise<KnownThing[]>): Flight {
    const startedAt = this.#clock.monotonic();
    const flight: Flight = {
      startedAt,
      answer: fetch().then((things) => {
        this.#remember(flight, keys, things);
        return things;
      }),
    };
    const land = (): void => {
      for (const key of keys) {
        if (this.#flights.get(key) === flight) this.#flights.delete(key);
      }
    };
    for (const key of keys) this.#flights.set(key, flight);
    void flight.answer.then(land, land);
    return flight;
  }

  /** Keeps an answer, unless a later request or a `forget` has made it old news. */
  #remember(flight: Flight, keys: string[], things: KnownThing[]): void {
    const at = flight.startedAt;
    const isList = this.#flights.get(all) === flight;
    if (isList) {
      this.#list = { things, at };
      // What a full list does not have any more is gone.
      for (const [id, known] of this.#known) if (known.at < at) this.#known.delete(id);
    }
    const current = new Set(keys.filter((key) => this.#flights.get(key) === flight));
    for (const thing of things) {
      const key = thingKey(thing);
      const isNewer = (this.#known.get(key)?.at ?? -Infinity) <= at;
      if ((isList || current.has(key)) && isNewer) this.#known.set(key, { thing, at });
    }
  }

  async #fetchOne(id: string): Promise<KnownThing[]> {
    const { body } = await this.#client.call(operation("things_v2#show"), { path: { id } });
    const thing = readKnownThing(body);
    if (thing === undefined) throw unexpectedAnswer(`things: get ${printable(id)}`, "a thing");
    return [thing];
  }

  async #fetchList(query: { ids?: string[] }): Promise<KnownThing[]> {
    const { body } = await this.#client.call(operation("things_v2#list"), {
      query: { ...query, show_properties: true },
    });
    if (body !== null && !Array.isArray(body)) throw unexpectedAnswer("things: list", "a list");
    const things: KnownThing[] = [];
    await inShortTurns(body ?? [], (element) => things.push(...readList([element], readKnownThing)));
    await indexNames(things);
    return things;
  }
}

function thingKey(thing: KnownThing): string {
  return thing.id.toLowerCase();
}

function readKnownThing(json: unknown): KnownThing | undefined {
  const thing = readThing(json);
  return thing && { ...thing, properties: thing.properties ?? [] };
}
