import type { JsonValue } from "../json";

/**
 * An order for coming REST requests (the token endpoint included). The first order that fits a request is used; it
 * is gone after `times` uses (1 by default, `Infinity` for ever).
 */
export interface RestOrder {
  /** Text that the path must hold, or pattern that it must match; every path when absent. */
  match?: RegExp | string;
  method?: string;
  times?: number;
  status?: number;
  headers?: Record<string, string>;
  /** Text goes out as it is, anything else as JSON. Absent: an error of the goa style for the status. */
  body?: JsonValue;
  /** Milliseconds before anything happens. */
  delayMs?: number;
  /** Resolves when it may go on, at last; only in process. */
  behind?: Promise<unknown>;
  /** Destroys the socket instead of answering. */
  drop?: true;
  /** Carries the request out first, then answers badly or drops. */
  afterEffect?: true;
  /** Carries the request out, and changes the body of its answer; only in process. */
  alter?: (body: string) => string;
}

/** The switches of the simulator's faults. Tests set them in process, the control interface over HTTP. */
export interface Faults {
  /** Status of every token request (503, 401, 429, …); null = works. */
  tokenStatus: number | null;
  /** Life of new tokens in seconds (docs/protocol.md#tokens). */
  tokenLifetime: number;
  rest: RestOrder[];
  /** Most requests of one client in a window of one second (docs/protocol.md#request-rate); null = no limit. */
  requestsPerSecond: number | null;
  /** Seconds in the `Retry-After` header of a 429; null = no such header (docs/protocol.md#request-rate). */
  retryAfter: number | null;
  /** Milliseconds by which the Date of REST answers is ahead of this computer's clock. */
  clockOffsetMs: number;
  /** Milliseconds between a REST publish as the device and the new `last_value` (docs/protocol.md#writing-values). */
  publishDelayMs: number;

  /** CONNACK code of every CONNECT, or "socket" to destroy the socket at once; null = works. */
  refuseConnect: 1 | 2 | 3 | 4 | 5 | "socket" | null;
  /** Answers every CONNECT of a user with CONNACK 3 (server unavailable), while devices are served. */
  refuseUsers: boolean;
  /** Milliseconds that every packet to a client waits. */
  delayMs: number;
  /** Closes a user's connection when the token it logged in with expires (docs/protocol.md#logins). */
  closeAtExpiry: boolean;
  /** Delivers each QoS 1 message twice. */
  duplicate: boolean;
  /** How many coming PUBLISH packets of users are swallowed: not relayed, not acknowledged. */
  dropUnacked: number;
  /** How many coming PUBLISH packets of users are acknowledged but not relayed. */
  ackThenDrop: number;
  /** Topics whose SUBSCRIBE is refused with SUBACK 0x80. */
  subackRefuse: string[];
}

/** Returns the switches of a healthy cloud. */
export const noFaults = (): Faults => ({
  tokenStatus: null,
  tokenLifetime: 300,
  rest: [],
  requestsPerSecond: 10,
  retryAfter: null,
  clockOffsetMs: 0,
  publishDelayMs: 0,
  refuseConnect: null,
  refuseUsers: false,
  delayMs: 0,
  closeAtExpiry: true,
  duplicate: false,
  dropUnacked: 0,
  ackThenDrop: 0,
  subackRefuse: [],
});

/** The broker faults that are acts, not switches: what simulator/broker/broker.ts offers beside its URLs and `stop`. */
export interface BrokerActs {
  /** Destroys the sockets of users, devices or (nothing said) both; new connections work. */
  dropAll(kinds?: { users?: boolean; devices?: boolean }): void;
  /** Closes the listeners and destroys the connections, or opens the same ports again. */
  brokerDown(down: boolean): Promise<void>;
  /**
   * Makes present connections half-open: they get nothing any more, but stay open, and new ones work. Off: they live
   * again.
   */
  halfOpen(on: boolean): void;
  /**
   * Leaves SUBSCRIBEs undecided: neither granted nor answered, and what the client sends behind them may be left unread. Off:
   * they are decided now, as it stands then.
   */
  holdSubscribes(on: boolean): void;
  /** Puts raw bytes on a topic. */
  inject(topic: string, payload: Uint8Array): void;
}

/**
 * Returns the order of a filter or a log-in page on the way: it answers all requests in place of the cloud, which never
 * sees them, and with a success.
 */
export function blockPage(order: Partial<RestOrder> = {}): RestOrder {
  return {
    status: 200,
    headers: { "content-type": "text/html; charset=utf-8" },
    body: "<!doctype html><title>Blocked</title><p>This page is blocked by your network.",
    times: Infinity,
    ...order,
  };
}

/** Returns the order of an API that has changed the shape of its answers: a list comes inside of an object. */
export function otherShape(match: RegExp | string, body: JsonValue = { data: [], next: null }): RestOrder {
  return { match, status: 200, body, times: Infinity };
}
