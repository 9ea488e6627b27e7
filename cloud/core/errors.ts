/** What can go wrong, as a flow sees it in `err.code`. Flows branch on these, so they never change their meaning. */
export const errorCodes = [
  "not_configured",
  "invalid_input",
  "invalid_value",
  "read_only",
  "unauthorized",
  "forbidden",
  "not_found",
  "ambiguous",
  "conflict",
  "precondition_failed",
  "rate_limited",
  "timeout",
  "offline",
  "queue_full",
  "superseded",
  "cancelled",
  "too_large",
  "server_error",
  "partial_failure",
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** What an HTTP answer added to an error. */
export interface HttpFacts {
  statusCode?: number;
  /** The text the service gave, from the error body's `detail`. */
  detail?: string;
  /** The error body's `id`: what Arduino's support asks for. */
  requestId?: string;
}

/**
 * The one error of this package. `message` is an English sentence that names what was tried, what came back and what
 * to do; it never holds a secret. Answers of HTTP add `statusCode`, `detail` and `requestId`.
 */
export class CloudError extends Error {
  override readonly name = "CloudError";
  readonly code: ErrorCode;
  readonly statusCode?: number;
  readonly detail?: string;
  readonly requestId?: string;

  constructor(code: ErrorCode, message: string, facts: HttpFacts = {}) {
    super(message);
    this.code = code;
    if (facts.statusCode !== undefined) this.statusCode = facts.statusCode;
    if (facts.detail !== undefined) this.detail = facts.detail;
    if (facts.requestId !== undefined) this.requestId = facts.requestId;
  }
}

/** Gives `reason` as a `CloudError`: itself if it is one, else a `server_error` with its text. */
export function toCloudError(reason: unknown): CloudError {
  if (reason instanceof CloudError) return reason;
  return new CloudError("server_error", reason instanceof Error ? reason.message : String(reason));
}

/** Either what a promise gives, or its error. */
export async function attempt<T>(
  promise: Promise<T>,
): Promise<{ value: T; error?: never } | { value?: never; error: CloudError }> {
  try {
    return { value: await promise };
  } catch (reason) {
    return { error: toCloudError(reason) };
  }
}

/** The error of work that was given up because its node closed or its caller aborted. */
export function cancelled(what: string): CloudError {
  return new CloudError("cancelled", `${what} was cancelled before it was done.`);
}

const passing: readonly ErrorCode[] = ["offline", "timeout", "server_error", "rate_limited", "unauthorized"];

/**
 * Whether the same may succeed later without anybody changing the flow: the cloud or the network is away, or refuses for
 * a while. Wrong credentials count, since they are corrected from outside too.
 */
export function isTransient(reason: unknown): boolean {
  return reason instanceof CloudError && passing.includes(reason.code);
}
