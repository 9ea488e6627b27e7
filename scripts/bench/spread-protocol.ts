/** Messages of a copy that shares the things with others. */
export type SpreadReport =
  /** It speaks for so many parts of the things. */
  | { kind: "part"; part: number }
  /** Its flow is done with a value. */
  | { kind: "done"; value: number };

/** Tells the benchmark. */
export function report(message: SpreadReport): void {
  process.send?.(message);
}
