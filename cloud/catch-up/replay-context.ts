import type { Clock } from "../core/clock";
import type { LiveValue } from "../live-values/value-feed";
import type { Property, RestClient } from "../rest/index";
import type { SeenValues } from "./seen-values";
import type { StoredValue } from "./sequence-alignment";

/** A live value that waits. */
export interface BufferedValue {
  live: LiveValue;
  /** Milliseconds since 1970 at which it arrived, by our clock. */
  at: number;
}

/** All that is needed to read the values that were missed in an outage. */
export interface ReplayContext {
  client: Pick<RestClient, "call">;
  /** How far the service's clock is ahead of ours, roughly. */
  clockSkewMs: number;
  clock: Clock;
  signal: AbortSignal;
  /** The values seen before the outage. Those that are passed on are added. */
  seen: SeenValues;
  /** Adds to them what other copies of the flow have passed on meanwhile. */
  renewSeen: () => Promise<void>;
  /** Milliseconds since 1970, by our clock, at which the connection was back. */
  onlineAt: number;
  /** Live values that came between this outage and the next, in their order; grows meanwhile. */
  buffered: readonly BufferedValue[];
  /** Returns the milliseconds since 1970 at which the connection was lost again; undefined if it was not. */
  lostAgainAt: () => number | undefined;
  /** Time after which a value is expected to be in history. */
  delayMs: number;
  /** The variables that have a history. */
  stored: readonly Property[];
  /** Returns the present values that changed of the variables that have none, in order of time. */
  present: () => readonly StoredValue[];
  emit: (value: StoredValue) => void;
  warn: (message: string) => void;
}
