import type { CloudError } from "../core/errors";

/**
 * How a lease may be taken that is not held: not at all, where it was given up, also where its time is over, or even where
 * the engine has lost it.
 */
export type Taking = "no" | "freed" | "over" | "anew";

/** A request for a lease: to take it, to keep it, or with `ttlMs` 0 to give it up. */
export interface LeaseRequest {
  /** Which lease. */
  name: string;
  /** The copy that asks. */
  me: string;
  ttlMs: number;
  taking: Taking;
  /** The epoch of the last grant that the copy knows; 0: none. */
  known: number;
}

/** The engine's answer about a lease. */
export interface LeaseAnswer {
  /** Who holds it now, as `copy|epoch`; blank: nobody. */
  holder: string;
  /** Who was granted it last before this request, as `copy|epoch`; blank where that is not known. */
  before: string;
  /** Milliseconds for which it is held. */
  leftMs: number;
  /** Whether the engine has lost the grant that the copy knows: somebody may still believe in it. */
  hasForgotten: boolean;
}

/** The fields of a group, and the engine's time in milliseconds since 1970. */
export interface GroupAnswer {
  fields: Record<string, string>;
  time: number;
}

/** Work that one copy hands over, to whichever copy can do it. */
export interface HandedWork {
  /** Tells it from all other work, also where it is handed over again. */
  id: string;
  text: string;
}

/** Work that waits, and its place in the queue. */
export interface WaitingWork extends HandedWork {
  ticket: string;
}

/** The calls of what copies of a flow agree by. Every failure is a CloudError. */
export interface ClusterEngine {
  /** Takes, keeps or gives up a lease. Epochs only grow. */
  lease(request: LeaseRequest): Promise<LeaseAnswer>;
  /**
   * Writes fields of a group; a blank value removes one. With a fence only where that lease is held by that holder;
   * returns whether it was written. With `keptMs` the group is kept for so long from now on, else for ever.
   */
  mark(group: string, fields: Readonly<Record<string, string>>, fence?: Fence, keptMs?: number): Promise<boolean>;
  /** Reads a group. */
  ask(group: string): Promise<GroupAnswer>;
  /** Reserves the next moment at which a request may go out for one; returns the milliseconds until then. */
  pace(perSecond: number): Promise<number>;
  /** Tells all copies something. */
  tell(topic: string, text: string): Promise<void>;
  /** Queues work, once however often it is handed over; returns its outcome, blank while there is none. */
  submit(queue: string, work: HandedWork): Promise<string>;
  /** Returns work that waits behind a ticket, blank for all, oldest first. */
  waiting(queue: string, behind: string): Promise<WaitingWork[]>;
  /** Takes work out of the queue, and keeps its outcome for who has handed it over. */
  settle(queue: string, work: WaitingWork, outcome: string): Promise<void>;
  /** Closes the connection. */
  close(): Promise<void>;
}

/** A lease, and its holder as `copy|epoch`. */
export interface Fence {
  lease: string;
  holder: string;
}

/** The events that an engine tells by itself. */
export interface EngineEvents {
  /** There is a connection. `server` names the process that answers: another one may not know all leases. */
  onUp: (server: string) => void;
  /** There is none, or it is no use. */
  onDown: (error: CloudError) => void;
  /** A copy, perhaps this one, has told something. */
  onTold: (topic: string, text: string) => void;
}
