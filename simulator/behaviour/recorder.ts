/** A request that the simulator has seen, for tests to look at. Times are milliseconds since 1970. */

export interface ObservedRequest {
  method: string;
  /** Without the query. */
  path: string;
  query: Record<string, unknown>;
  headers: Record<string, string | string[] | undefined>;
  body: unknown;
  /** Status of the answer; 0 where the socket was destroyed instead. */
  status: number;
  at: number;
}

/** A broker connection that is open now. */
export interface ObservedConnection {
  clientId: string;
  userName: string;
  kind: "user" | "device";
  transport: "ws" | "tcp";
  subscriptions: string[];
}

/** A CONNECT packet and what became of it: `returnCode` 0 = accepted. */
interface ObservedConnect {
  clientId: string;
  userName: string;
  returnCode: number;
  at: number;
}

/** A PUBLISH packet from a client, or from REST (`clientId` "rest"). */
export interface ObservedPublish {
  topic: string;
  payload: Uint8Array;
  clientId: string;
  at: number;
  /** A fault has kept it from everybody. */
  isSwallowed?: true;
}

export interface Observed {
  requests: ObservedRequest[];
  connections: ObservedConnection[];
  connects: ObservedConnect[];
  publishes: ObservedPublish[];
  /** Topics of subscriptions that were refused. */
  refusals: string[];
}

/** Returns a record of nothing. */
export const nothingObserved = (): Observed => ({
  requests: [],
  connections: [],
  connects: [],
  publishes: [],
  refusals: [],
});

/** Most entries that a list keeps; the oldest go, so that a demo can run for days. */
const maxEntries = 10_000;

/** Adds an entry to one of the lists. */
export function note<T>(list: T[], entry: T): void {
  list.push(entry);
  if (list.length > maxEntries) list.splice(0, list.length - maxEntries);
}
