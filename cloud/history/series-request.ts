import { CloudError } from "../core/errors";
import type { RestClient } from "../rest/transport/client";
import { readRawSeries, type RawSeriesResponse } from "../rest/models";
import { operation, type OperationId } from "../rest/operations/index";
import { printable } from "../core/text";

/** Most points that a query for one property answers (docs/protocol.md#history). */
export const pageSize = 1_000;
/** So many properties are asked for in one call: ten full pages are what a query for a whole thing may answer. */
export const queriesPerCall = 10;

export interface SeriesAnswer {
  /** By `q` in small letters. */
  responses: ReadonlyMap<string, RawSeriesResponse>;
  /** The whole answer was null, as seen where there is nothing at all (docs/protocol.md#history). */
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

/** Throws CloudError `not_found` or `server_error` where the service could not answer for a property. */
export function requireOk({ status, message = "" }: RawSeriesResponse, propertyId: string): void {
  if (status === "ok") return;
  const code = /not found/i.test(message) ? "not_found" : "server_error";
  const said = printable(message || status) || "no status";
  throw new CloudError(code, `series: no history of property ${propertyId}: ${said}.`);
}
