import { randomInt } from "node:crypto";

/** The media type of errors (docs/protocol.md#errors). */
export const errorMedia = "application/vnd.goa.error+json";

/** The body of an error (docs/protocol.md#errors). */
interface ErrorBody {
  id: string;
  code: string;
  status: number;
  detail: string;
  meta: Record<string, string>;
}

/** Codes by status. The real texts are not published (docs/protocol.md#errors); these follow the style of goa 1. */
const codes: Readonly<Record<number, string>> = {
  400: "invalid_value",
  401: "unauthorized",
  403: "forbidden",
  404: "not_found",
  409: "conflict",
  412: "precondition_failed",
  500: "internal",
  501: "not_implemented",
  503: "service_unavailable",
};

const alphabet = "0123456789ABCDEFGHJKLMNPQRSTVWXYZ";

/** Returns an error body for `status`, with an id of its own like `3F1FKVRR`. */
export function errorBody(status: number, detail: string, code = codes[status] ?? "error"): ErrorBody {
  const id = Array.from({ length: 8 }, () => alphabet[randomInt(alphabet.length)]).join("");
  return { id, code, status, detail, meta: { timestamp: String(Math.floor(Date.now() / 1000)) } };
}

/** An error that a handler throws to answer with a status; `detail` is the text of the error body. */
export class Failure extends Error {
  constructor(
    readonly status: number,
    readonly detail: string,
    readonly code?: string,
  ) {
    super(detail);
  }
}

/**
 * Returns the failure of an unknown, deleted or foreign object; the route says whether its body is empty
 * (docs/protocol.md#errors).
 */
export const notFound = (what: string): Failure => new Failure(404, `${what} not found`);
