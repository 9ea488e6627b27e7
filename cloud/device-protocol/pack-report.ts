import { coerceValue } from "../property-types/coerce";
import { encodePack, type Write } from "../codec/senml-encode";
import { isPlainObject } from "../core/json";
import { isWhole } from "../property-types/index";
import { maxBoardMessageBytes } from "../property-types/value-limits";
import type { PropertyValue } from "../codec/values";

/** The types and last values by which values are converted. */
interface ReportContext {
  /** The type of a variable, where it is known. */
  types?: ((variable: string) => string | undefined) | undefined;
  /** The last known value of a variable, from which a partial one is completed. */
  lastKnown: (variable: string) => unknown;
  /** Milliseconds since 1970. */
  time: number;
}

/** Returns whether a value leaves components out, as far as types are known: these are taken from its last value. */
export function holdsParts(values: ReadonlyMap<string, unknown>, types: ReportContext["types"]): boolean {
  for (const [variable, value] of values) {
    if (isPlainObject(value) && !isWhole(types?.(variable), value)) return true;
  }
  return false;
}

/** Values as they are to be sent. */
interface PackedReport {
  values: ReadonlyMap<string, PropertyValue>;
  messages: Buffer[];
}

/**
 * Packs values for a device's output topic into messages of up to 256 bytes, in their order; a variable is never split,
 * and one that is larger goes alone (docs/protocol.md#senders).
 * @throws CloudError `invalid_value`, `too_large` where a value can't be sent; then none of them is
 */
export function packReport(given: ReadonlyMap<string, unknown>, context: ReportContext): PackedReport {
  const values = new Map<string, PropertyValue>();
  const messages: Buffer[] = [];
  let pending: Write[] = [];
  let message: Buffer | undefined;
  for (const [variable, raw] of given) {
    const lastKnown = context.lastKnown(variable);
    const value = coerceValue(context.types?.(variable), raw, { variable, lastKnown });
    values.set(variable, value);
    const write: Write = { property: variable, value, time: context.time };
    const longer = encodePack([...pending, write]);
    if (message !== undefined && longer.length > maxBoardMessageBytes) {
      messages.push(message);
      pending = [write];
      message = encodePack(pending);
    } else {
      pending.push(write);
      message = longer;
    }
  }
  if (message !== undefined) messages.push(message);
  return { values, messages };
}
