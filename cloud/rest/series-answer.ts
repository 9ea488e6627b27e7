import { CloudError } from "../errors";
import type { RestClient } from "./client";
import { readRawSeries, type RawSeriesResponse } from "./models";
import { operation, type OperationId } from "./operations";
import { printable } from "./text";

/** Most points that a query for one property answers (rest-api 7, History). */
export const pageSize = 1_000;
/** So many properties are asked for in one call: ten full pages are what a query for a whole thing may answer. */
export const queriesPerCall = 10;

export interface SeriesAnswer {
  /** By `q` in small letters. */
  responses: ReadonlyMap<string, RawSeriesResponse>;
  /** The whole answer was null, as seen where there is nothing at all (rest-api 7: unverified). */
  isNull: boolean;
}

/**
 * Sends one batch of queries.
 * @throws CloudError as `RestClient.call`
 */
export async function askSeries(
  { client, signal }: { client: Pick<RestClient, "call">; signal?: AbortSignal },
  id: OperationId,
  requests: readonly object[],
): Promise<SeriesAnswer> {
  const body = { resp_version: 1, requests };
  const answer = await client.call(operation(id), { body }, signal === undefined ? {} : { signal });
  const responses = new Map(readRawSeries(answer.body).map((response) => [response.query.toLowerCase(), response]));
  return { responses, isNull: answer.body === null };
}

/** @throws CloudError `not_found` or `server_error` where the service can't answer for a property */
export function requireOk({ status, message = "" }: RawSeriesResponse, propertyId: string): void {
  if (status === "ok") return;
  const code = /not found/i.test(message) ? "not_found" : "server_error";
  const said = printable(message || status) || "no status";
  throw new CloudError(code, `series: no history of property ${propertyId}: ${said}.`);
}

const timeForm = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/i;

/**
 * A time in nanoseconds since 1970, since two points of one millisecond may be apart.
 * @throws CloudError `server_error` where it is none
 */
export function instantOf(time: string, propertyId: string): bigint {
  const [, seconds = "", fraction = "", zone = ""] = timeForm.exec(time) ?? [];
  const milliseconds = Date.parse(seconds + zone.toUpperCase());
  if (!Number.isFinite(milliseconds)) {
    throw new CloudError("server_error", `series: "${printable(time)}" in property ${propertyId} is not a time.`);
  }
  return BigInt(milliseconds) * 1_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, "0"));
}
