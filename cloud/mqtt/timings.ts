import { backoffMs } from "../core/backoff";
import type { Clock } from "../core/clock";
import { sameMomentMs } from "./stream-merge";

/** How long one connection waits for what. */
export interface ConnectionTimings {
  /** For the broker to accept the login. */
  connectTimeoutMs: number;
  /** Silence after which the broker is asked for a sign of life, in whole seconds as MQTT has it. */
  keepaliveSeconds: number;
  /** For an acknowledgement; one that takes longer means a dead connection. */
  acknowledgeTimeoutMs: number;
  /** For a polite end, after which the socket is destroyed. */
  closeTimeoutMs: number;
}

/** How long a session waits for what. */
export interface SessionTimings extends ConnectionTimings {
  /** A connection that held so long was a good one: the next wait is the shortest again. */
  stableAfterMs: number;
  /** The wait after so many failures in a row, from 0. */
  retryDelayMs: (failures: number, clock: Clock) => number;
  /** The share of a login's life after which its successor is opened. */
  renewalShare: number;
  /** How long old and new connection are both subscribed. */
  overlapMs: number;
  /** How long a new connection may repeat what the old one has delivered. */
  repeatWindowMs: number;
  /** How long a session that ends waits for acknowledgements, and again for the rest. */
  stopTimeoutMs: number;
}

/** The timings that hold unless a caller asks for others. */
export const defaultTimings: SessionTimings = {
  connectTimeoutMs: 30_000,
  // A dead connection is noticed after one and a half times this.
  keepaliveSeconds: 10,
  // Arduino's own connector waits as long (docs/protocol.md#connections).
  acknowledgeTimeoutMs: 10_000,
  closeTimeoutMs: 500,
  stableAfterMs: 10_000,
  retryDelayMs: backoffMs,
  renewalShare: 0.75,
  overlapMs: sameMomentMs + 50,
  repeatWindowMs: 2_000,
  stopTimeoutMs: 700,
};
