import type { RestClient } from "../transport/client";
import { asRecord } from "../../core/json";
import { readList } from "../models";
import { operation } from "../operations/index";

/**
 * Returns the first unit of each type that the account's list of types has.
 * @throws what `RestClient.call` throws
 */
export async function listUnits(client: Pick<RestClient, "call">): Promise<ReadonlyMap<string, string>> {
  const { body } = await client.call(operation("property_types_v1#listTypes"), {});
  return new Map(readList(body, firstUnitOf));
}

function firstUnitOf(json: unknown): readonly [type: string, unit: string] | undefined {
  const { type, units } = asRecord(json) ?? {};
  const [unit] = Array.isArray(units) ? (units as unknown[]) : [];
  return typeof type === "string" && typeof unit === "string" ? [type, unit] : undefined;
}
