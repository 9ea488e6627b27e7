import type { SenmlValue } from "../codec/senml";
import type { BoardVariable } from "./board";

/** The moment a machine lives in. */
export interface Moment {
  /** Seconds that the machine has run; a fast house runs more of them than the wall clock. */
  seconds: number;
  /** Wall clock, seconds since 1970. */
  now: number;
  /** The same in local time, with the offset that the cloud told. */
  local: number;
}

export type Values = Readonly<Record<string, SenmlValue>>;

/**
 * The machine that a board is wired to. The values of its variables are its whole state: a machine is a pure function
 * from them and the time to the next ones.
 */
export interface Machine {
  /** The board's sketch: its variables. Those without a value start with the cloud's last one, else with `defaults`. */
  readonly variables: Readonly<Record<string, BoardVariable>>;
  /** Values for variables that the cloud has none for either. */
  readonly defaults: Values;
  /** Returns the values one second later; only what changed is reported. */
  next(values: Values, moment: Moment): Values;
  /** Returns the seconds between two reports; 1 where it is not given. */
  interval?(values: Values): number;
}

/** Returns a value rounded to `digits` decimals, as a sketch does before it reports. */
export function rounded(value: number, digits = 1): number {
  return Number(value.toFixed(digits));
}
