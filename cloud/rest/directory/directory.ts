import type { Clock } from "../../core/clock";
import { CloudError } from "../../core/errors";
import { inBackground } from "../../core/guard";
import { abortable } from "../../core/abort";
import { allNamed, indexNames } from "../../core/names";
import type { RestClient } from "../transport/client";
import { inShortTurns, ownTurn } from "../../core/short-turns";
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

/** Things, and where each is found by its id in small letters. */
interface ListedThings {
  things: KnownThing[];
  byId: ReadonlyMap<string, KnownThing>;
}

/** A request under way, for one or more keys. */
interface Flight {
  startedAt: number;
  answer: Promise<ListedThings>;
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
  /** Things that were asked for one by one. */
  readonly #known = new Map<string, { thing: KnownThing; at: number }>();
  /** The newest list of all things that nothing has changed since. */
  #list: { things: KnownThing[]; at: number } | undefined;
  /** The newest list, which still tells of the things that are not forgotten. It is taken as a whole: it may be long. */
  #listed: Pick<ListedThings, "byId"> & { at: number } = { byId: new Map(), at: -Infinity };
  readonly #forgotten = new Set<string>();
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
    if (!isUuid(ref)) {
      const things = await this.things(lookUp);
      // Which names are close takes long to find among 20,000; other wrong names must not add to it.
      if (allNamed(things, ref).length === 0) await ownTurn();
      return findThing(things, ref);
    }
    const id = ref.toLowerCase();
    const known = this.#find(id);
    const oldest = this.#oldest(lookUp);
    if (known !== undefined && known.at >= oldest) return known.thing;
    const { byId } = await abortable(this.#ask(id, oldest), lookUp.signal, `things: get ${id}`);
    const thing = byId.get(id);
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
    return (await abortable(this.#ask(all, oldest), lookUp.signal, "things: list")).things;
  }

  /**
   * Returns what is remembered of a thing, by id; asks nobody.
   * @param maxAgeMs the oldest knowledge that will do, in milliseconds; default whatever age
   */
  peek(id: string, maxAgeMs = Infinity): KnownThing | undefined {
    const known = this.#find(id.toLowerCase());
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
    this.#forgotten.add(key);
    this.#list = undefined;
    // An answer that is under way may be from before the change; whoever waits for it gets it, but it is not kept.
    this.#flights.delete(key);
    this.#flights.delete(all);
  }

  /** Returns the newest that is known of a thing, by its id in small letters. */
  #find(key: string): { thing: KnownThing; at: number } | undefined {
    const known = this.#known.get(key);
    const { byId, at } = this.#listed;
    const thing = this.#forgotten.has(key) ? undefined : byId.get(key);
    return thing === undefined || (known !== undefined && known.at > at) ? known : { thing, at };
  }

  #oldest({ maxAgeMs = cacheTtlMs }: LookUp): number {
    return this.#clock.monotonic() - maxAgeMs;
  }

  async #ask(key: string, oldest: number): Promise<ListedThings> {
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

  #fly(keys: string[], fetch: () => Promise<ListedThings>): Flight {
    const startedAt = this.#clock.monotonic();
    const flight: Flight = {
      startedAt,
      answer: fetch().then((list) => {
        this.#remember(flight, keys, list);
        return list;
      }),
    };
    const land = (): void => {
      for (const key of keys) {
        if (this.#flights.get(key) === flight) this.#flights.delete(key);
      }
    };
    for (const key of keys) this.#flights.set(key, flight);
    inBackground(flight.answer.then(land, land));
    return flight;
  }

  /** Keeps an answer, unless a later request or a `forget` has made it old news. */
  #remember(flight: Flight, keys: string[], { things, byId }: ListedThings): void {
    const at = flight.startedAt;
    if (this.#flights.get(all) === flight) {
      this.#list = { things, at };
      this.#listed = { byId, at };
      this.#forgotten.clear();
      // What a full list does not have any more is gone.
      for (const [id, known] of this.#known) if (known.at < at) this.#known.delete(id);
      return;
    }
    for (const key of keys) {
      const thing = this.#flights.get(key) === flight ? byId.get(key) : undefined;
      if (thing !== undefined && (this.#find(key)?.at ?? -Infinity) <= at) this.#known.set(key, { thing, at });
    }
  }

  async #fetchOne(id: string): Promise<ListedThings> {
    const { body } = await this.#client.call(operation("things_v2#show"), { path: { id } });
    const thing = readKnownThing(body);
    if (thing === undefined) throw unexpectedAnswer(`things: get ${printable(id)}`, "a thing");
    return { things: [thing], byId: new Map([[thingKey(thing), thing]]) };
  }

  async #fetchList(query: { ids?: string[] }): Promise<ListedThings> {
    const { body } = await this.#client.call(operation("things_v2#list"), {
      query: { ...query, show_properties: true },
    });
    if (body !== null && !Array.isArray(body)) throw unexpectedAnswer("things: list", "a list");
    const things: KnownThing[] = [];
    const byId = new Map<string, KnownThing>();
    await inShortTurns(body ?? [], (element) => {
      for (const thing of readList([element], readKnownThing)) {
        things.push(thing);
        byId.set(thingKey(thing), thing);
      }
    });
    await indexNames(things);
    return { things, byId };
  }
}

function thingKey(thing: KnownThing): string {
  return thing.id.toLowerCase();
}

function readKnownThing(json: unknown): KnownThing | undefined {
  const thing = readThing(json);
  return thing && { ...thing, properties: thing.properties ?? [] };
}
