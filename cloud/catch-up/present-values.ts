import { fingerprint, storedValue } from "../property-types/fingerprint";
import { type Property, wireName } from "../rest/index";
import { toKnown } from "./known-edges";
import type { SeenValues } from "./seen-values";
import { type KnownValue, maxSkewMs, type StoredValue } from "./sequence-alignment";

/** A value counts as updated after it was seen if it is so much later, since a live one has the time of its arrival. */
const laterByMs = 1_000;

/**
 * Returns the present values of those variables that changed since they were seen, in order of time.
 * @param clockSkewMs how far the service's clock is ahead of ours, roughly
 */
export function changedValues(properties: readonly Property[], seen: SeenValues, clockSkewMs: number): StoredValue[] {
  const present = properties.flatMap((property) => {
    const timestamp = Date.parse(property.value_updated_at ?? "");
    const { last_value: value } = property;
    if (!Number.isFinite(timestamp) || value === undefined || value === null) return [];
    return isNews(property, value, timestamp, seen, clockSkewMs) ? [toStored(property, value, timestamp)] : [];
  });
  return present.sort((a, b) => a.timestamp - b.timestamp);
}

/** Returns a value of the cloud in the form in which it comes live, with what it is compared by. */
export function toStored(property: Property, value: unknown, timestamp: number): StoredValue {
  const { type } = property;
  return { variable: wireName(property), value: storedValue(type, value), timestamp, print: fingerprint(type, value) };
}

function isNews(property: Property, value: unknown, timestamp: number, seen: SeenValues, clockSkewMs: number): boolean {
  const print = fingerprint(property.type, value);
  const values = seen
    .of(wireName(property))
    .map((other) => toKnown(property, other, { isSurelyStored: true, toleranceMs: 0 }));
  const last = values.at(-1);
  if (last === undefined) return timestamp - clockSkewMs > (seen.since ?? Infinity);
  const laterThan = (other: KnownValue): number => timestamp - other.timestamp - (other.isExact ? 0 : clockSkewMs);
  if (print === last.print) return laterThan(last) > laterByMs;
  if (laterThan(last) > 0) return true;
  // The cloud's present value may lag behind what was seen; else its clock does.
  const isOld = values.some((other) => print === other.print && Math.abs(laterThan(other)) < laterByMs);
  return laterThan(last) > -maxSkewMs && !isOld;
}
