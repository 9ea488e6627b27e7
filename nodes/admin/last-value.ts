import { tidyValue } from "../../cloud/codec/float32";
import type { Property } from "../../cloud/rest/index";
import { cutText, valueText } from "../runtime/value-text";
import type { LastValue } from "./protocol";

/** How long the JSON of an object may be to go to the editor with its parts: more than that of any type with names. */
const maxPartsLength = 200;

/**
 * Returns a variable's last value for the editor, numbers without the dust of float32, a text cut at `most` characters;
 * `null` where none was ever written. What is neither a scalar nor a small flat object comes as text.
 */
export function lastValueOf({ last_value: value, value_updated_at: time }: Property, most: number): LastValue | null {
  if (time === undefined || value === null || value === undefined) return null;
  if (typeof value === "boolean" || typeof value === "number") return tidyValue(value);
  return isSmallAndFlat(value) ? tidyValue(value) : cutText(valueText(value) ?? "", most);
}

function isSmallAndFlat(value: unknown): value is Exclude<LastValue, boolean | number | string> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const isScalar = (part: unknown): boolean => ["boolean", "number", "string"].includes(typeof part);
  return Object.values(value).every(isScalar) && JSON.stringify(value).length <= maxPartsLength;
}
