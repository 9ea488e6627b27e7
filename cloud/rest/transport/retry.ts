import { exponentialMs } from "../../core/backoff";
import type { CloudError, ErrorCode } from "../../core/errors";

/** How often an error is tried again, by code. What is not here is never tried again. */
const retries: Partial<Record<ErrorCode, number>> = {
  // The official exporters give up after five tries (docs/protocol.md#request-rate).
  rate_limited: 4,
  offline: 3,
  server_error: 3,
  // One attempt has already taken half a minute by then.
  timeout: 1,
};

/** Server errors that pass; 501 does not (docs/protocol.md#errors). */
const passing = [500, 502, 503, 504];

/** How often an answer is tried again that is not the API's, but of a filter or a log-in page on the way: it may pass. */
const foreignRetries = 1;

const firstDelayMs = 500;
const maxDelayMs = 10_000;
/** No `Retry-After` is believed beyond this: a mistaken header must not stop an account for a day. */
const maxPauseMs = 120_000;

/** One failed attempt. */
interface Failure {
  error: CloudError;
  /** Whether repeating does no harm even if the first attempt was carried out. */
  safe: boolean;
  /** How often it has been tried, this attempt included. */
  attempt: number;
  /** Milliseconds that the server asked for. */
  retryAfterMs: number | undefined;
}

/**
 * Returns the milliseconds after which to try again, or `undefined` for never. What was refused by rate (429) is always tried
 * again, since it was not carried out; anything else only where that is safe.
 * @param random a number in [0, 1)
 */
export function retryDelayMs({ error, safe, attempt, retryAfterMs }: Failure, random: number): number | undefined {
  if (attempt > maxRetries(error)) return undefined;
  // One to one and a half seconds after a 429 is what the official exporters wait (docs/protocol.md#request-rate).
  if (error.code === "rate_limited") return retryAfterMs ?? 1_000 + 500 * random;
  if (!safe) return undefined;
  const backoff = exponentialMs(firstDelayMs, maxDelayMs, attempt - 1);
  return Math.max(backoff * (0.5 + random / 2), retryAfterMs ?? 0);
}

function maxRetries({ code, statusCode = 0 }: CloudError): number {
  if (code !== "server_error" || passing.includes(statusCode)) return retries[code] ?? 0;
  const isSuccess = statusCode >= 200 && statusCode < 300;
  return isSuccess || statusCode === 403 ? foreignRetries : 0;
}

/**
 * Returns the milliseconds that a `Retry-After` header asks for (seconds or a date), at most two minutes; `undefined` where there is
 * none or it says nothing.
 * @param now milliseconds since 1970
 */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? "";
  if (text === "") return undefined;
  const wait = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now;
  return Number.isFinite(wait) ? Math.min(maxPauseMs, Math.max(0, wait)) : undefined;
}
