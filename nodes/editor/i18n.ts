import type { Translate } from "./translate";

export type { Translate };

/**
 * Returns the texts of one node type, by key without the type in front; usable everywhere, also in validators at
 * import.
 */
export function textsOf(type: string): Translate {
  const set = type.replace("arduino-cloud-", "");
  return (key, values) => RED._(`@iot-flows/node-red-arduino-cloud/${set}:${type}.${key}`, values);
}

/** Returns what an error code means and what to do, for every form. */
export function errorText(code: string): string {
  return textsOf("arduino-cloud-account")(`error.${code.replaceAll("_", "-")}`);
}
