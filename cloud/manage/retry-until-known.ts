import { exponentialMs } from "../core/backoff";
import type { Clock } from "../core/clock";
import { type CloudError, isOutcomeUnknown, toCloudError } from "../core/errors";
import { retry } from "../core/retry";

/** A request of bulk work that must neither be lost nor be carried out twice. */
interface Attempts {
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
  let mayBeDone = false;
  const sendUnlessDone = async (): Promise<unknown> => {
    const found = mayBeDone ? await find?.() : undefined;
    if (found !== undefined) return found.value;
    try {
      return await send();
    } catch (reason) {
      if (mayBeDone && provesDone?.(toCloudError(reason))) return null;
      throw reason;
    }
  };
  const onFailure = (error: CloudError, failures: number): number => {
    const isOpen = isOutcomeUnknown(error);
    const isTriedAgain = error.code === "rate_limited" || (isOpen && (isRepeatable || find !== undefined));
    if (!isTriedAgain || failures === maxTries) {
      throw isOpen && !isRepeatable ? error.withContext("", " It may have been carried out all the same.") : error;
    }
    mayBeDone ||= isOpen;
    return exponentialMs(firstDelayMs, Infinity, failures - 1);
  };
  return retry(sendUnlessDone, { clock, signal, what, onFailure });
}
