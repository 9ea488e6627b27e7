import { fingerprint, storedValue } from "../property-types/fingerprint";
import { type Property, wireName } from "../rest/index";
import { toKnown } from "./known-edges";
import type { BufferedValue } from "./replay-context";
import type { SeenValues } from "./seen-values";
import { type KnownValue, maxSkewMs, type StoredValue } from "./sequence-alignment";

/** The value that the cloud holds of a variable, with the variable's type. */
interface PresentValue extends StoredValue {
  type: string;
}

/** A value counts as updated after it was seen if it is so much later, since a live one has the time of its arrival. */
const laterByMs = 1_000;

/**
 * Returns the present values of those variables that changed since they were seen, in order of time.
 * @param clockSkewMs how far the service's clock is ahead of ours, roughly
 */
export function changedValues(properties: readonly Property[], seen: SeenValues, clockSkewMs: number): PresentValue[] {
  return presentValues(properties.filter((property) => isNews(property, seen, clockSkewMs)));
}

/** As `changedValues`, but those that did not change. */
export function unchangedValues(
  properties: readonly Property[],
  seen: SeenValues,
  clockSkewMs: number,
): PresentValue[] {
  return presentValues(properties.filter((property) => !isNews(property, seen, clockSkewMs)));
}

/** Returns a value of the cloud in the form in which it comes live, with what it is compared by. */
export function toStored(property: Property, value: unknown, timestamp: number): StoredValue {
  const { type } = property;
  return { variable: wireName(property), value: storedValue(type, value), timestamp, print: fingerprint(type, value) };
}

/**
 * Returns whether a present value comes before the live ones of its variable that wait: it is none of them, and not
 * later than the first of them, as it would be if it is still on its way to us.
 */
export function comesBefore(
  { print, timestamp, type }: PresentValue,
  waiting: readonly BufferedValue[],
  clockSkewMs: number,
): boolean {
  const first = waiting[0]?.at ?? Infinity;
  return timestamp - clockSkewMs <= first && waiting.every(({ live }) => fingerprint(type, live.value) !== print);
}

function presentValues(properties: readonly Property[]): PresentValue[] {
  return properties
    .flatMap((property) => presentValue(property) ?? [])
    .sort((one, other) => one.timestamp - other.timestamp);
}

function presentValue(property: Property): PresentValue | undefined {
  const timestamp = Date.parse(property.value_updated_at ?? "");
  const { last_value: value } = property;
  if (!Number.isFinite(timestamp) || value === undefined || value === null) return undefined;
  return { ...toStored(property, value, timestamp), type: property.type };
}

function isNews(property: Property, seen: SeenValues, clockSkewMs: number): boolean {
  const present = presentValue(property);
  if (present === undefined) return false;
  const { print, timestamp } = present;
  const known = seen
    .of(wireName(property))
    .map((value) => toKnown(property, value, { isSurelyStored: value.isStored, toleranceMs: 0 }));
  const last = known.at(-1);
  // Before anything is followed, all is news.
  if (last === undefined) return timestamp - clockSkewMs > (seen.since ?? -Infinity);
  const laterThan = (other: KnownValue): number => timestamp - other.timestamp - (other.isExact ? 0 : clockSkewMs);
  if (last.isSurelyStored) return laterThan(last) > 0 || (laterThan(last) === 0 && print !== last.print);
  if (print === last.print) return laterThan(last) > laterByMs;
  if (laterThan(last) > 0) return true;
  // The cloud's present value may lag behind what was seen; else its clock does.
  const isOld = known.some((other) => print === other.print && Math.abs(laterThan(other)) < laterByMs);
  return laterThan(last) > -maxSkewMs && !isOld;
}
