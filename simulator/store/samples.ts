import type { Property, Sample } from "./models";
import type { JsonValue } from "../json";
import type { Samples } from "./bulk";

/** A half-open span of time in milliseconds since 1970: from ≤ time < to. */
export interface Window {
  from: number;
  to: number;
}

/** Neighbouring samples: those from index `first` up to, but without, `end`. */
export interface Stretch {
  samples: Samples;
  first: number;
  end: number;
}

class Listed implements Samples {
  readonly #list: readonly Sample[];

  constructor(list: readonly Sample[]) {
    this.#list = list;
  }

  get length(): number {
    return this.#list.length;
  }

  timeAt(index: number): number {
    return this.#list[index]?.time ?? NaN;
  }

  valueAt(index: number): JsonValue {
    return this.#list[index]?.value ?? null;
  }
}

/** One behind the other. */
class Joined implements Samples {
  readonly #other: Samples;
  readonly #one: Samples;

  constructor(one: Samples, other: Samples) {
    this.#other = other;
    this.#one = one;
  }

  get length(): number {
    return this.#one.length + this.#other.length;
  }

  timeAt(index: number): number {
    return index < this.#one.length ? this.#one.timeAt(index) : this.#other.timeAt(index - this.#one.length);
  }

  valueAt(index: number): JsonValue {
    return index < this.#one.length ? this.#one.valueAt(index) : this.#other.valueAt(index - this.#one.length);
  }
}

/** Returns all samples of a property: what was put in at once, and what came one by one. */
export function samplesOf({ bulk, history }: Property): Samples {
  const listed = new Listed(history);
  if (bulk === undefined || bulk.length === 0) return listed;
  if (!(listed.timeAt(0) < bulk.timeAt(bulk.length - 1))) return new Joined(bulk, listed);
  // Somebody wrote values of the past; that is rare enough for a copy of all.
  const all = [...toList(whole(bulk)), ...history];
  return new Listed(all.sort((a, b) => a.time - b.time));
}

/** Returns the samples inside a window. */
export function inWindow(samples: Samples, { from, to }: Window): Stretch {
  const first = firstFrom(samples, from);
  return { samples, first, end: Math.max(first, firstFrom(samples, to)) };
}

/** Returns the last sample, if there is one. */
export function lastOf(samples: Samples): Sample | undefined {
  const at = samples.length - 1;
  return at < 0 ? undefined : { time: samples.timeAt(at), value: samples.valueAt(at) };
}

/** Returns the samples of a stretch as a list: the earliest first, or with `descending` the latest; `limit` at most. */
export function toList({ samples, first, end }: Stretch, limit = Infinity, descending = false): Sample[] {
  const count = Math.min(limit, end - first);
  return Array.from({ length: count }, (_, offset) => {
    const index = descending ? end - 1 - offset : first + offset;
    return { time: samples.timeAt(index), value: samples.valueAt(index) };
  });
}

function whole(samples: Samples): Stretch {
  return { samples, first: 0, end: samples.length };
}

/** Returns the index of the first sample at `time` or later. */
function firstFrom(samples: Samples, time: number): number {
  let [low, high] = [0, samples.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (samples.timeAt(middle) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
