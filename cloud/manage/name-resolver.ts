import { CloudError } from "../core/errors";
import type { CallAnswer } from "../rest/transport/client";
import type { Directory } from "../rest/directory/directory";
import { adviseNames, findVariable, type KnownThing } from "../rest/directory/find-by-name";
import type { Operation } from "../rest/operations/index";
import type { CallInput } from "../rest/transport/request";
import { allNamed } from "../core/names";
import { isUuid, printable } from "../core/text";
import { asRecord } from "../core/json";
import { operationsOf } from "./catalogue";

/** Sends one request of a row. */
export type Caller = (row: Operation, input: CallInput, signal: AbortSignal | undefined) => Promise<CallAnswer>;

/** The resource that lists what a parameter of this kind names. */
const lists: Readonly<Record<string, string>> = {
  device: "devices",
  dashboard: "dashboards",
  trigger: "triggers",
  action: "actions",
};

/** Returns whether a reference is a name that has to be looked up. */
export function isLookedUp(kind: string, reference: string): boolean {
  return !isUuid(reference) && (kind === "thing" || kind === "property" || Object.hasOwn(lists, kind));
}

/** An element of a list. */
export type Listed = Record<string, unknown> & { id: string };

/** Returns the operation of a resource that has this name. */
export function rowOf(resource: string, name: string): Operation | undefined {
  return operationsOf(resource).find((candidate) => candidate.name === name)?.row;
}

/** Returns the elements of a list's answer that have an id. */
export function readListed(body: unknown): Listed[] {
  const elements: unknown[] = Array.isArray(body) ? body : [];
  return elements.flatMap((element) => {
    const { id, ...fields } = asRecord(element) ?? {};
    return typeof id === "string" ? [{ ...fields, id }] : [];
  });
}

/** Turns names into ids. What was looked up once is known for the life of this object, which is that of one message. */
export class NameResolver {
  readonly #directory: Pick<Directory, "thing">;
  readonly #call: Caller;
  readonly #signal: AbortSignal | undefined;
  readonly #lists = new Map<string, Promise<Listed[]>>();
  readonly #things = new Map<string, Promise<KnownThing>>();

  constructor(directory: Pick<Directory, "thing">, call: Caller, signal: AbortSignal | undefined) {
    this.#directory = directory;
    this.#call = call;
    this.#signal = signal;
  }

  /**
   * Returns the id that a reference means: itself where it is one (or names are not looked up for this kind), else that
   * of the one object of this exact name; for a property, of the variable name.
   * @param before the parameters of the path that come earlier, by kind
   * @throws CloudError `not_found`, `ambiguous`, and what `RestClient.call` throws
   */
  async id(kind: string, reference: string, before: Readonly<Record<string, string>>): Promise<string> {
    if (!isLookedUp(kind, reference)) return reference;
    if (kind === "thing") return (await this.#thing(reference)).id;
    if (kind === "property") return findVariable(await this.#thing(await this.#owner(before)), reference).id;
    const resource = lists[kind] ?? "";
    return findNamed(resource, await this.list(resource), reference).id;
  }

  /** Returns all of a resource that has a list of its own. Throws what `RestClient.call` throws. */
  list(resource: string): Promise<Listed[]> {
    return remembered(this.#lists, resource, async () => {
      const row = rowOf(resource, "list");
      return row === undefined ? [] : readListed((await this.#call(row, {}, this.#signal)).body);
    });
  }

  #thing(reference: string): Promise<KnownThing> {
    return remembered(this.#things, reference, () =>
      this.#directory.thing(reference, { maxAgeMs: 0, ...(this.#signal && { signal: this.#signal }) }),
    );
  }

  /** Returns the thing whose properties are meant: that of the path, or the one of the device. */
  async #owner({ thing, device }: Readonly<Record<string, string>>): Promise<string> {
    if (thing !== undefined) return thing;
    const found = (await this.list("devices")).find(({ id }) => id === device);
    const id = asRecord(found?.thing)?.id;
    if (typeof id === "string") return id;
    throw new CloudError(
      "not_found",
      `The device ${printable(device ?? "")} has no thing, so that its variables have no names. Give the property id.`,
    );
  }
}

function remembered<T>(memory: Map<string, Promise<T>>, key: string, ask: () => Promise<T>): Promise<T> {
  const known = memory.get(key);
  if (known !== undefined) return known;
  const answer = ask();
  memory.set(key, answer);
  // A failure is not kept: the next item may have more luck.
  answer.catch(() => memory.delete(key));
  return answer;
}

function findNamed(resource: string, listed: readonly Listed[], reference: string): Listed {
  const found = allNamed(listed, reference);
  const [first, second] = found;
  const shown = printable(reference);
  if (second !== undefined) {
    const ids = found.slice(0, 5).map(({ id }) => printable(id));
    throw new CloudError(
      "ambiguous",
      `${resource}: ${found.length} have the name "${shown}": ${ids.join(", ")}. Give the id instead.`,
    );
  }
  if (first !== undefined) return first;
  const names = listed.flatMap(({ name }) => (typeof name === "string" ? [name] : []));
  throw new CloudError(
    "not_found",
    `${resource}: there is none with the id or name "${shown}"${adviseNames(names, reference, "There are none in this space.")}`,
  );
}
