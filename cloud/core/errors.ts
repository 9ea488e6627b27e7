import { redact } from "./text";

/**
 * All kinds of failure, as a flow sees them in `err.code`. Flows branch on these, so they never change their meaning.
 */
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

/** The facts that an HTTP answer adds to an error. */
export interface HttpFacts {
  statusCode?: number;
  /** The text the service gave, from the error body's `detail`. */
  detail?: string;
  /** The error body's `id`: what Arduino's support asks for. */
  requestId?: string;
}

/** The facts of a failure beside its code and its words. */
interface ErrorFacts extends HttpFacts {
  /** Whether it is about the whole account, though the code says nothing of that. */
  isOfAccount?: boolean;
}

/**
 * The one error of this package. `message` is an English sentence that names what was tried, what came back and what
 * to do; it never holds a secret. Answers of HTTP add `statusCode`, `detail` and `requestId`.
 */
export class CloudError extends Error implements ErrorFacts {
  override readonly name = "CloudError";
  readonly code: ErrorCode;
  // Declared only: a fact that is not known is no property either.
  declare readonly statusCode?: number;
  declare readonly detail?: string;
  declare readonly requestId?: string;
  /**
   * The facts of HTTP once more: of all that an error has, Node-RED hands code, message, stack and cause to a Catch
   * node.
   */
  declare readonly cause?: HttpFacts;
  declare readonly isOfAccount?: boolean;

  /** @param facts as far as they are known; another error will do, whose facts are taken over */
  constructor(code: ErrorCode, message: string, facts: ErrorFacts = {}) {
    const known = httpFactsOf(facts);
    super(message, Object.keys(known).length === 0 ? {} : { cause: known });
    this.code = code;
    Object.assign(this, known, facts.isOfAccount && { isOfAccount: true });
  }

  /** Returns this error with more words around its message: what it was about, what follows from it. All facts stay. */
  withContext(before: string, after = ""): CloudError {
    const error = new CloudError(this.code, `${before}${this.message}${after}`, this);
    // Where it happened says more than where the words were added.
    if (this.stack !== undefined) error.stack = this.stack.replace(this.message, () => error.message);
    return error;
  }

  /** Returns this error without the secrets, which the service may have quoted. */
  redacted(secrets: readonly string[]): CloudError {
    const facts = Object.entries(httpFactsOf(this)).map(([name, fact]: [string, unknown]) => [
      name,
      typeof fact === "string" ? redact(fact, secrets) : fact,
    ]);
    const known = Object.fromEntries(facts) as HttpFacts;
    const { isOfAccount = false } = this;
    return new CloudError(this.code, redact(this.message, secrets), { ...known, isOfAccount });
  }
}

/** Returns the facts of HTTP out of an error, without those that are not known. */
export function httpFactsOf({ statusCode, detail, requestId }: HttpFacts): HttpFacts {
  return {
    ...(statusCode !== undefined && { statusCode }),
    ...(detail !== undefined && { detail }),
    ...(requestId !== undefined && { requestId }),
  };
}

/** Returns `reason` as a `CloudError`: itself if it is one, else a `server_error` with its text. */
export function toCloudError(reason: unknown): CloudError {
  if (reason instanceof CloudError) return reason;
  return new CloudError("server_error", reason instanceof Error ? reason.message : String(reason));
}

/** Returns the code of an error of the system, such as ENOENT; blank where it is none. */
export function systemCodeOf(reason: unknown): string {
  return reason instanceof Error && "code" in reason && typeof reason.code === "string" ? reason.code : "";
}

/** Returns either the result of a promise or its error. */
export async function attempt<T>(
  promise: Promise<T>,
): Promise<{ value: T; error?: never } | { value?: never; error: CloudError }> {
  try {
    return { value: await promise };
  } catch (reason) {
    return { error: toCloudError(reason) };
  }
}

/** Returns the error of work that was given up because its node closed or its caller aborted. */
export function cancelled(what: string): CloudError {
  return new CloudError("cancelled", `${what} was cancelled before it was done.`);
}

const transient: readonly ErrorCode[] = ["offline", "timeout", "server_error", "rate_limited", "unauthorized"];
const ofCredentials: readonly ErrorCode[] = ["unauthorized", "forbidden"];

/**
 * Tells whether the same may succeed later without anybody changing the flow: the cloud or the network is away, or
 * refuses for a while. Wrong credentials count, since they are corrected from outside too.
 */
export function isTransient(reason: unknown): boolean {
  return reason instanceof CloudError && transient.includes(reason.code);
}

/** Tells whether what was named is not there, or not to be told from others: it may be made, or made again. */
export function isMissing(reason: unknown): boolean {
  return reason instanceof CloudError && (reason.code === "not_found" || reason.code === "ambiguous");
}

/** Tells whether the cloud does not accept who asks, which no waiting changes: the key, or what it may do. */
export function isCredentials(reason: unknown): boolean {
  return reason instanceof CloudError && ofCredentials.includes(reason.code);
}

/**
 * Tells whether a failure is the affair of the account, and so the same for all that use it: it passes, or is mended
 * there.
 */
export function isOfAccount(reason: unknown): boolean {
  return isTransient(reason) || (reason instanceof CloudError && reason.isOfAccount === true);
}

/**
 * Tells whether the cloud may have carried out what failed so: what is not safe to repeat has to be looked for first.
 */
export function isOutcomeUnknown(reason: unknown): boolean {
  if (!(reason instanceof CloudError)) return false;
  const { code, statusCode } = reason;
  return code === "offline" || code === "timeout" || (code === "server_error" && statusCode !== 501);
}
