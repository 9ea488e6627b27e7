import { type ActivityLog, shownMs } from "../core/activity-log";
import type { Clock } from "../core/clock";
import { BackoffTimer } from "../core/backoff";
import { Outbox } from "./outbox";
import type { PropertyValue } from "../codec/values";
import { CloudError, isTransient } from "../core/errors";
import { operation } from "../rest/operations/index";
import type { RestClient } from "../rest/transport/client";
import type { KnownThing } from "../rest/directory/find-by-name";
import type { Property } from "../rest/models";

/** One value as the device of a thing reports it, on its way to REST. */
export interface ReportedValue {
  thingId: string;
  propertyId: string;
  value: PropertyValue;
  deviceId: string;
}

/**
 * Makes a value into a report of the thing's device (docs/protocol.md#writing-values).
 * @throws CloudError `precondition_failed` where the thing has no device
 */
export function toReport(thing: KnownThing, property: Property, value: PropertyValue): ReportedValue {
  if (thing.device_id === undefined) throw withoutDevice(thing);
  return { thingId: thing.id, propertyId: property.id, value, deviceId: thing.device_id };
}

function withoutDevice({ name }: KnownThing): CloudError {
  return new CloudError(
    "precondition_failed",
    `"${name}" has no device, so nothing can be reported as its device: attach one in the Arduino Cloud.`,
  );
}

/**
 * Reports values as the devices of an account's things, over REST: an outbox like that of the broker, so that order,
 * queueing and repetition are the same, whose far side is one REST call at a time.
 */
export class RestPublisher {
  readonly outbox: Outbox<ReportedValue>;
  readonly #client: RestClient;
  readonly #thing: (id: string, signal: AbortSignal) => Promise<KnownThing>;
  readonly #onRefusal: () => void;
  readonly #log: ActivityLog;
  readonly #closing = new AbortController();
  readonly #retry: BackoffTimer;

  /**
   * @param options `thing` asks the cloud for a thing as it is now; `onRefusal` is told when the cloud has refused a report:
   *   what is known of things may be out of date
   */
  constructor(options: {
    client: RestClient;
    thing: (id: string, signal: AbortSignal) => Promise<KnownThing>;
    onRefusal: () => void;
    requestsPerSecond: number;
    clock: Clock;
    log?: ActivityLog | undefined;
  }) {
    const { clock, requestsPerSecond: messagesPerSecond, log = {} } = options;
    this.#client = options.client;
    this.#thing = options.thing;
    this.#onRefusal = options.onRefusal;
    this.#log = log;
    this.outbox = new Outbox({ clock, messagesPerSecond, window: 1, log });
    this.#retry = new BackoffTimer(clock, () => this.#open());
    this.#open();
  }

  /** Ends what waits with `cancelled`. */
  close(): void {
    this.#retry.stop();
    this.#closing.abort();
    this.outbox.close();
  }

  #open(): void {
    this.outbox.online({ send: (report) => this.#send(report) });
  }

  async #send(report: ReportedValue): Promise<void> {
    try {
      await this.#publish(report).catch((reason: unknown) => this.#publishAsPresentDevice(report, reason));
      this.#retry.succeeded();
    } catch (reason) {
      // The outbox keeps what it could not deliver; it goes on when it is told that there is a way again.
      const waitMs = isTransient(reason) ? this.#retry.failed() : undefined;
      if (waitMs !== undefined) this.#log.debug?.(`Reports wait ${shownMs(waitMs)}.`);
      throw reason;
    }
  }

  async #publish({ thingId, propertyId, value, deviceId }: ReportedValue): Promise<void> {
    await this.#client.call(
      operation("properties_v2#publish"),
      { path: { id: thingId, pid: propertyId }, body: { value, device_id: deviceId } },
      { signal: this.#closing.signal },
    );
  }

  /** Does it again, after a refusal, as the device that is attached to the thing now, if that is another one. */
  async #publishAsPresentDevice(report: ReportedValue, refusal: unknown): Promise<void> {
    if (isTransient(refusal) || this.#closing.signal.aborted) throw refusal;
    this.#onRefusal();
    const thing = await this.#thing(report.thingId, this.#closing.signal).catch(() => undefined);
    if (thing === undefined) throw refusal;
    const { device_id: deviceId } = thing;
    if (deviceId === undefined) throw withoutDevice(thing);
    if (deviceId === report.deviceId) throw refusal;
    await this.#publish({ ...report, deviceId });
  }
}
