import type { RestClient } from "../transport/client";
import { asRecord } from "../../core/json";
import { readList } from "../models";
import { operation } from "../operations/index";
import { unexpectedAnswer } from "../transport/error-response";

/**
 * Returns the ids of the things that have a tag, as in `home:yes`.
 * @throws what `RestClient.call` throws
 */
export async function listTagged(client: Pick<RestClient, "call">, tag: string): Promise<ReadonlySet<string>> {
  const { body } = await client.call(operation("things_v2#list"), { query: { tags: [tag] } });
  // Without a list it is unknown which have it; that none has would take all of them away.
  if (body !== null && !Array.isArray(body)) throw unexpectedAnswer("things: list", "a list");
  return new Set(readList(body, idOf));
}

function idOf(json: unknown): string | undefined {
  const id = asRecord(json)?.id;
  return typeof id === "string" ? id.toLowerCase() : undefined;
}
