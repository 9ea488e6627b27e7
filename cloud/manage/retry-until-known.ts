import { type Clock, sleep } from "../core/clock";
import { CloudError, toCloudError } from "../core/errors";

/** A request of bulk work that must neither be lost nor be carried out twice. */
export interface Attempts {
  /** Sends it once. */
  send: () => Promise<unknown>;
  /** Whether it may be sent again although it may have been carried out. */
  isRepeatable: boolean;
  /** Looks for what it would have made, where that can be told; `undefined` where there is nothing. */
  find?: () => Promise<{ value: unknown } | undefined>;
  /** Whether an error says that an earlier try had been carried out: what was to be deleted is gone. */
  provesDone?: (error: CloudError) => boolean;
  clock: Clock;
  signal?: AbortSignal;
  /** Names the work in errors. */
  what: string;
}

/** Each try of a request that may be repeated is several of the client's. */
const maxTries = 5;
const firstDelayMs = 500;

/**
 * Sends a request until it is known to be done or hopeless. After an answer that was lost, or a fault of the service, it
 * is looked for before it is sent again.
 * @throws CloudError of the last try
 */
export async function retryUntilKnown(attempts: Attempts): Promise<unknown> {
  const { send, find, isRepeatable, provesDone, clock, signal, what } = attempts;
  let isUncertain = false;
  for (let tries = 1; ; tries++) {
    try {
      return await send();
    } catch (reason) {
      const error = toCloudError(reason);
      if (isUncertain && provesDone?.(error)) return null;
      const mayBeDone = isOutcomeUnknown(error);
      const isTriedAgain = error.code === "rate_limited" || (mayBeDone && (isRepeatable || find !== undefined));
      if (!isTriedAgain || tries === maxTries) throw mayBeDone && !isRepeatable ? unsure(error) : error;
      isUncertain ||= mayBeDone;
      await sleep(clock, firstDelayMs * 2 ** (tries - 1), signal, what);
    }
    const found = isUncertain ? await find?.() : undefined;
    if (found !== undefined) return found.value;
  }
}

/** Whether the service may have carried out what failed so, or may do so when asked again. */
function isOutcomeUnknown({ code, statusCode }: CloudError): boolean {
  return code === "offline" || code === "timeout" || (code === "server_error" && statusCode !== 501);
}

function unsure({ code, message, statusCode, detail, requestId }: CloudError): CloudError {
  return new CloudError(code, `${message} It may have been carried out all the same.`, {
    ...(statusCode !== undefined && { statusCode }),
    ...(detail !== undefined && { detail }),
    ...(requestId !== undefined && { requestId }),
  });
}
