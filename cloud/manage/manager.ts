import type { Clock } from "../core/clock";
import { toCloudError } from "../core/errors";
import type { CallAnswer, CallOptions, RestClient } from "../rest/transport/client";
import type { Directory } from "../rest/directory/directory";
import { findOperation, type Operation } from "../rest/operations/index";
import type { CallInput } from "../rest/transport/request";
import { type ItemResult, type Progress, runBulk } from "./bulk";
import { pathParameters } from "./catalogue";
import type { Chosen } from "./choose-operation";
import { DuplicateGuard } from "./duplicate-guard";
import { readBulkItem } from "./bulk-item";
import { type Caller, NameResolver, rowOf } from "./name-resolver";
import { retryUntilKnown } from "./retry-until-known";
import { type ManageInput, type PreparedRequest, operationName, prepareRequest } from "./prepare-request";

interface ManagerOptions {
  rest: { client: Pick<RestClient, "call">; directory: Pick<Directory, "thing" | "forget"> };
  clock: Clock;
  /** Told what is odd but not wrong about a request, one sentence each. */
  onWarning: (message: string) => void;
}

/** Everything that the API can do, by operations as people choose them. */
export class Manager {
  readonly #options: ManagerOptions;
  /** Whether the base URL has the newest version of a resource, as far as known. */
  readonly #hasNewest = new Map<string, boolean>();

  constructor(options: ManagerOptions) {
    this.#options = options;
  }

  /**
   * Carries out one operation.
   * @throws CloudError `invalid_input`, `not_found`, `ambiguous`, and what `RestClient.call` throws
   */
  async run(chosen: Chosen, input: ManageInput, options: CallOptions = {}): Promise<CallAnswer> {
    const { signal } = options;
    const call = await prepareRequest(chosen, input, this.#names(signal));
    for (const warning of call.warnings) this.#options.onWarning(`${operationName(chosen)}: ${warning}.`);
    return this.#send(chosen.row, call, options);
  }

  /**
   * Carries out one operation for each item of an array, see `runBulk`; what may have been made already is looked for
   * before it is made again.
   * @throws CloudError `cancelled`
   */
  async runMany(
    chosen: Chosen,
    input: ManageInput & { body: readonly unknown[] },
    options: { signal?: AbortSignal; onProgress?: (progress: Progress) => void } = {},
  ): Promise<ItemResult[]> {
    const { signal } = options;
    const { clock } = this.#options;
    const names = this.#names(signal);
    const warnings = new Set<string>();
    const guard = new DuplicateGuard(chosen, this.#caller, clock, signal);
    const work = async (item: unknown): Promise<unknown> => {
      const { targets, body } = readBulkItem(chosen, item, input.targets);
      const call = await prepareRequest(chosen, { targets, query: input.query, body }, names);
      for (const warning of call.warnings) warnings.add(warning);
      return this.#persist(chosen, call, guard, signal);
    };
    const results = await runBulk({
      ...options,
      items: input.body,
      clock,
      keyOf: (item, index) => guard.keyOf(item, index),
      work: (item, index) =>
        work(item).catch((reason: unknown) => Promise.reject(toCloudError(reason).withContext(`item ${index}: `))),
    });
    for (const warning of warnings) this.#options.onWarning(`${operationName(chosen)}: ${warning}.`);
    return results;
  }

  async #persist(
    chosen: Chosen,
    call: PreparedRequest,
    guard: DuplicateGuard,
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    const { row } = chosen;
    const isDelete = row.verb === "DELETE";
    // What is deleted is asked for once at a time: only so can "gone" be told from "never there".
    const once: Operation = isDelete ? { ...row, safe: false } : row;
    const find = row.safe ? undefined : await guard.finder(call);
    const { clock } = this.#options;
    const value = await retryUntilKnown({
      send: async () => (await this.#send(once, call, { ...(signal && { signal }) })).body,
      isRepeatable: row.safe,
      ...(find && { find }),
      ...(isDelete && { provesDone: ({ code }) => code === "not_found" }),
      clock,
      ...(signal && { signal }),
      what: operationName(chosen),
    });
    guard.claim(value);
    return value;
  }

  #names(signal: AbortSignal | undefined): NameResolver {
    return new NameResolver(this.#options.rest.directory, this.#caller, signal);
  }

  readonly #caller: Caller = (row, input, signal) => this.#send(row, input, { ...(signal && { signal }) });

  /** Sends a request, in the version before where the base URL does not have the newest. */
  async #send(row: Operation, input: CallInput, options: CallOptions): Promise<CallAnswer> {
    const { client, directory } = this.#options.rest;
    const older = row.fallback === undefined ? undefined : findOperation(row.fallback);
    if (older !== undefined && this.#hasNewest.get(row.resource) === false) return client.call(older, input, options);
    try {
      const answer = await client.call(row, input, options);
      if (older !== undefined) this.#hasNewest.set(row.resource, true);
      return answer;
    } catch (reason) {
      if (older === undefined || !(await this.#isMissing(row, reason, options))) throw reason;
      return await client.call(older, input, options);
    } finally {
      if (row.verb !== "GET") directory.forget(input.path?.id ?? "");
    }
  }

  /** Returns whether a failure means that the whole version is missing, rather than one object. */
  async #isMissing(row: Operation, reason: unknown, options: CallOptions): Promise<boolean> {
    if (toCloudError(reason).statusCode !== 404) return false;
    const known = this.#hasNewest.get(row.resource);
    const list = rowOf(row.resource, "list");
    if (known !== undefined || list === undefined) return known === false;
    const missing =
      // A collection that is not there is no object that is missing.
      pathParameters(row).length === 0 ||
      (await this.#options.rest.client.call(list, {}, options).then(
        () => false,
        (other: unknown) => toCloudError(other).statusCode === 404,
      ));
    this.#hasNewest.set(row.resource, !missing);
    return missing;
  }
}
