import { fingerprint } from "../property-types/fingerprint";
import { type Property, wireName } from "../rest/index";
import type { BufferedValue, ReplayContext } from "./replay-context";
import { maxSeenValues, offsetOf, type SeenValue } from "./seen-values";
import { type Edge, type KnownValue, maxSkewMs } from "./sequence-alignment";

/**
 * Returns what was seen before the outage, by variable. What is older than the clocks can differ lies before anything
 * that is read.
 */
export function edgesBefore({ seen, stored, clockSkewMs }: ReplayContext): Map<string, Edge> {
  const recent = seen.reached - maxSkewMs;
  return new Map(
    stored.map((property) => {
      const name = wireName(property);
      const known = seen
        .of(name)
        .filter(({ at }) => at >= recent)
        .map((value) => toKnown(property, value, { isSurelyStored: true, toleranceMs: maxSkewMs }));
      const last = known.at(-1);
      // Nothing of this variable came between its last value and the loss, so that any moment in between will do.
      const limit =
        last === undefined
          ? Math.max(seen.since ?? -Infinity, recent) + seen.offset(name)
          : last.timestamp + 1 - (last.isExact ? clockSkewMs : 0);
      return [name, { known, limit }];
    }),
  );
}

/**
 * Returns what came live after the outage, by variable, the first value last. What has had time to be stored is surely
 * in history, and tells the position alone if there is any; what is later may or may not be there. But then it is apart
 * from the outage, and a stored value is its copy only if it is nearer to it.
 * @param share the part of the time to the outage that counts as near
 */
export function edgesAfter(
  { stored, buffered, onlineAt }: ReplayContext,
  readAt: number,
  share: number,
): Map<string, Edge> {
  const edges = new Map<string, Edge>();
  for (const property of stored) {
    const own = buffered
      .filter((one) => isReported(one) && one.live.variable === wireName(property))
      .slice(0, maxSeenValues);
    const [first] = own;
    if (first === undefined) continue;
    const all = own
      .filter(({ at }) => at <= onlineAt + maxSkewMs)
      .map(({ live: { value, received = value, timestamp }, at }) => {
        const apartMs = at - onlineAt;
        const isSurelyStored = readAt - at >= apartMs;
        const toleranceMs = isSurelyStored ? maxSkewMs : apartMs * share;
        return toKnown(property, { value: received, timestamp, at, isStored: false }, { isSurelyStored, toleranceMs });
      });
    const sure = all.filter(({ isSurelyStored }) => isSurelyStored);
    const known = sure.length > 0 ? sure : all;
    const limit = known.length > 0 ? Infinity : onlineAt + maxSkewMs + offsetOf(first.live.timestamp, first.at);
    edges.set(wireName(property), { known: known.reverse(), limit });
  }
  return edges;
}

/** Returns whether a value tells what the device reported: history has no others. */
export function isReported({ live }: BufferedValue): boolean {
  return live.direction === "reported";
}

/** Returns a seen value in the form in which it is compared with stored ones. */
export function toKnown(
  { type }: Property,
  { value, timestamp, at, isStored }: SeenValue,
  certainty: Pick<KnownValue, "isSurelyStored" | "toleranceMs">,
): KnownValue {
  const isExact = isStored || offsetOf(timestamp, at) !== 0;
  return { print: fingerprint(type, value), timestamp, isExact, ...certainty };
}
