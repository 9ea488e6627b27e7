import { type Clock, sleep } from "../core/clock";
import { CloudError } from "../core/errors";
import type { MqttConnection } from "./connection";
import type { MessageStream } from "./message-stream";
import { type SubscriptionRegistry, subscribeAll, unsubscribeAll } from "./subscriptions";
import { guarded, inBackground } from "../core/guard";

/** A connection that a session uses, with the moment at which its login nears its end. */
export interface LiveConnection {
  readonly connection: MqttConnection;
  /** Monotonic milliseconds; infinite where the login is good for good. */
  renewAtMs: number;
}

/** The parts of a session that a change of connection needs. */
interface HandOver {
  clock: Clock;
  signal: AbortSignal;
  overlapMs: number;
  stream: MessageStream;
  subscriptions: SubscriptionRegistry;
  /** Resolves when nothing that was written waits for an acknowledgement; nothing more is written until then. */
  drain: () => Promise<void>;
  /** Called at the moment from which on the successor is the session's connection. */
  adopt: () => void;
}

/**
 * Waits until a connection is lost, its session stops, or a successor is due; returns the reason for the end, or
 * `undefined` where a successor is due.
 */
export async function lostBeforeRenewal(
  { connection, renewAtMs }: LiveConnection,
  clock: Clock,
  signal: AbortSignal,
): Promise<CloudError | undefined> {
  const either = new AbortController();
  const waitMs = Math.max(0, renewAtMs - clock.monotonic());
  const due =
    waitMs === Infinity ? new Promise<undefined>(() => undefined) : sleepUnlessAborted(clock, waitMs, either.signal);
  const stopped = new Promise<CloudError>((resolve) => {
    const stop = guarded(() => resolve(new CloudError("cancelled", "The session was closed.")));
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true, signal: either.signal });
  });
  const outcome = await Promise.race([connection.closed, due, stopped]);
  either.abort();
  return outcome;
}

/**
 * Lets one connection continue where another ends, without a gap and without a repetition: both are subscribed for a
 * while, then the old one unsubscribes, which completes its stream. Returns false where the new one does not hold, and
 * the old one goes on.
 */
export async function handOver(old: MqttConnection, next: MqttConnection, session: HandOver): Promise<boolean> {
  const { clock, signal, stream, subscriptions } = session;
  const topics = subscriptions.wanted();
  stream.merge(old, next);
  const refused = await subscribeAll(next, topics).catch(() => undefined);
  if (refused === undefined || signal.aborted) {
    stream.follow(old);
    await next.close();
    return false;
  }
  // So long that every message that one connection has and the other has not is known by its time.
  await Promise.race([old.closed, sleepUnlessAborted(clock, session.overlapMs, signal)]);
  await session.drain();
  // After this the old connection's stream is complete: whatever follows is on the new one.
  await unsubscribeAll(old, topics).catch(() => undefined);
  subscriptions.replace(next, topics, refused);
  stream.complete();
  session.adopt();
  inBackground(old.close());
  return true;
}

/** Resolves after a while, or as soon as the signal fires. */
export async function sleepUnlessAborted(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<undefined> {
  await sleep(clock, milliseconds, signal).catch(() => undefined);
  return undefined;
}
