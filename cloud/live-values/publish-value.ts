import { coerceValue } from "../property-types/coerce";
import { findVariable, operation, type Rest, wireName } from "../rest/index";
import { requireWritable } from "./writable";

/**
 * Writes a value to a variable as a dashboard does, with one request and no connection, for whoever writes by hand.
 * @param target `thing` is an id or a name, `variable` a variable name or a property id
 * @throws CloudError `not_found`, `read_only`, `invalid_value`, or as `RestClient.call`
 */
export async function publishValue(
  { client, directory }: Pick<Rest, "client" | "directory">,
  target: { thing: string; variable: string },
  given: unknown,
  signal: AbortSignal,
): Promise<void> {
  const thing = await directory.thing(target.thing, { signal, maxAgeMs: 0 });
  const property = findVariable(thing, target.variable);
  requireWritable(thing, property);
  const value = coerceValue(property.type, given, { variable: wireName(property), lastKnown: property.last_value });
  const path = { id: thing.id, pid: property.id };
  await client.call(operation("properties_v2#publish"), { path, body: { value } }, { signal });
}
