import { type Clock, sleep } from "../core/clock";
import type { Operation } from "../rest/operations/index";
import { asRecord } from "../core/json";
import { pathParameters } from "./catalogue";
import type { Chosen } from "./choose-operation";
import { type Caller, type Listed, readListed, rowOf } from "./name-resolver";
import type { PreparedRequest } from "./prepare-request";

/** Milliseconds for which looks are gathered. */
const gatherMs = 500;

/**
 * Remembers what one run of many creations makes, so that one whose answer was lost is found instead of made twice: by
 * id, or by name among what was not there before and is nobody else's.
 */
export class DuplicateGuard {
  readonly #chosen: Chosen;
  readonly #call: Caller;
  readonly #clock: Clock;
  readonly #signal: AbortSignal | undefined;
  readonly #list: Operation | undefined;
  readonly #claimed = new Set<string>();
  #before: Promise<Set<string>> | undefined;
  /**
   * Looks that are gathered for a moment, so that a fault that hits many items costs one request; by the list's path.
   */
  readonly #looks = new Map<string, Promise<Listed[]>>();

  constructor(chosen: Chosen, call: Caller, clock: Clock, signal: AbortSignal | undefined) {
    this.#chosen = chosen;
    this.#clock = clock;
    this.#call = call;
    this.#signal = signal;
    this.#list = rowOf(chosen.resource, "list");
  }

  /**
   * Returns the key of an item. Items of one key must not run at the same time: those that make something of one name,
   * or change one object.
   */
  keyOf(item: unknown, index: number): string {
    const fields = asRecord(item) ?? {};
    const { thingId, id, name, variable_name: variable } = fields;
    const makes = !this.#chosen.row.safe;
    const key = makes ? [thingId, name, variable] : [thingId, id];
    return key.some((part) => typeof part === "string") ? JSON.stringify(key) : `#${index}`;
  }

  /**
   * Returns a function that finds the thing that a request makes, after its answer was lost; `undefined` where nothing
   * could tell it. To be called before the request is sent. Throws what `RestClient.call` throws.
   */
  async finder({ path, body }: PreparedRequest): Promise<(() => Promise<{ value: unknown } | undefined>) | undefined> {
    const wanted = asRecord(body) ?? {};
    const list = this.#list;
    if (list === undefined || typeof (wanted.id ?? wanted.name) !== "string") return undefined;
    // Variable names are unique within a thing: what is found is what was made, or would have been refused.
    const before = this.#chosen.resource === "properties" ? new Set<string>() : await this.#present(list, path);
    return async () => {
      const listed = await this.#look(list, path);
      const found = listed.find(
        ({ id, ...fields }) => !before.has(id) && !this.#claimed.has(id) && fits({ id, ...fields }, wanted),
      );
      if (found === undefined) return undefined;
      this.#claimed.add(found.id);
      return { value: found };
    };
  }

  /** Notes what a request has made: it cannot be what another one made. */
  claim(value: unknown): void {
    const id = asRecord(value)?.id;
    if (typeof id === "string") this.#claimed.add(id);
  }

  #present(list: Operation, path: PreparedRequest["path"]): Promise<Set<string>> {
    this.#before ??= this.#all(list, path).then((listed) => new Set(listed.map(({ id }) => id)));
    return this.#before;
  }

  #look(list: Operation, path: PreparedRequest["path"]): Promise<Listed[]> {
    const key = JSON.stringify(path);
    const gathered = this.#looks.get(key);
    if (gathered !== undefined) return gathered;
    const look = sleep(this.#clock, gatherMs, this.#signal).then(() => {
      this.#looks.delete(key);
      return this.#all(list, path);
    });
    this.#looks.set(key, look);
    return look;
  }

  async #all(list: Operation, path: PreparedRequest["path"]): Promise<Listed[]> {
    const own = pathParameters(list).map(({ parameter }) => [parameter, path[parameter] ?? ""] as const);
    const query = "show_properties" in list.query ? { show_properties: true } : {};
    return readListed((await this.#call(list, { path: Object.fromEntries(own), query }, this.#signal)).body);
  }
}

function fits(listed: Listed, wanted: Record<string, unknown>): boolean {
  if (wanted.id !== undefined) return listed.id === wanted.id;
  const told = ["variable_name", "type"].filter((field) => field in listed && typeof wanted[field] === "string");
  return ["name", ...told].every((field) => listed[field] === wanted[field]);
}
