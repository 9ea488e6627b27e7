import type { JsonValue } from "../json";

/** Samples by index, ascending in time. */
export interface Samples {
  readonly length: number;
  /** Returns the milliseconds since 1970. */
  timeAt(index: number): number;
  valueAt(index: number): JsonValue;
}

/** Samples that are put in all at once: millions of them fit into memory, at 16 bytes each (booleans at 9). */
export class Bulk implements Samples {
  /**
   * @param times milliseconds since 1970, ascending
   * @param values as many; of a Uint8Array they are booleans
   */
  constructor(
    readonly times: Float64Array,
    readonly values: Float64Array | Uint8Array | readonly JsonValue[],
  ) {
    if (times.length !== values.length) throw new Error(`${times.length} times, but ${values.length} values.`);
  }

  get length(): number {
    return this.times.length;
  }

  timeAt(index: number): number {
    return this.times[index] ?? NaN;
  }

  valueAt(index: number): JsonValue {
    const value = this.values[index] ?? null;
    return this.values instanceof Uint8Array ? value === 1 : value;
  }
}
