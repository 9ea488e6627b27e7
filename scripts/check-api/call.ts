import type { OperationId } from "../../cloud/rest";

/** Ids of what the calls so far have made, by name. */
export type Known = Record<string, string>;

/** The input of an operation. */
export interface Request {
  path?: Record<string, string | undefined>;
  query?: Record<string, string>;
  body?: unknown;
}

/** One call of an operation. */
export interface Call {
  id: OperationId;
  request: (known: Known) => Request;
  /** Ids in the answer that later calls need: what it is kept as, and its field. */
  keeps?: Record<string, string>;
  /** Called by another user than the owner of everything. */
  asGuest?: true;
}
