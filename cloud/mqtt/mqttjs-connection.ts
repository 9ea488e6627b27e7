import type { MqttClient } from "mqtt";
import { type ActivityLog, shownMs, shownNames } from "../core/activity-log";
import { type Clock, systemClock } from "../core/clock";
import { CloudError } from "../core/errors";
import { printable } from "../core/text";
import type { ConnectionOptions, MqttConnection } from "./connection";
import { type ConnectionTimings, defaultTimings } from "./timings";
import { isPlainTopic } from "./topics";
import { guarded } from "../core/guard";

/** An open connection of MQTT.js. */
export class MqttJsConnection implements MqttConnection {
  readonly closed: Promise<CloudError>;
  readonly #client: MqttClient;
  readonly #clock: Clock;
  readonly #timings: ConnectionTimings;
  readonly #log: ActivityLog;
  /** Calls that wait for an answer of the broker, to be told when none can come any more. */
  readonly #lost = new Set<() => void>();

  constructor(client: MqttClient, closed: Promise<CloudError>, options: ConnectionOptions) {
    this.#client = client;
    this.closed = closed;
    this.#clock = options.clock ?? systemClock;
    this.#timings = options.timings ?? defaultTimings;
    this.#log = options.log ?? {};
    const close = guarded(() => {
      for (const lost of [...this.#lost]) lost();
    });
    client.once("close", close);
  }

  get isOpen(): boolean {
    return this.#client.connected;
  }

  async subscribe(topics: readonly string[]): Promise<string[]> {
    const possible = topics.filter(isPlainTopic);
    const startedAt = this.#clock.monotonic();
    const granted = new Set(possible.length === 0 ? [] : await this.#subscribe(possible));
    const refused = topics.filter((topic) => !granted.has(topic));
    const spent = shownMs(this.#clock.monotonic() - startedAt);
    if (granted.size > 0) this.#log.debug?.(`Subscribed to ${shownNames([...granted])} in ${spent}.`);
    if (refused.length > 0) this.#log.debug?.(`Not allowed to subscribe to ${shownNames(refused)} (${spent}).`);
    return refused;
  }

  async unsubscribe(topics: readonly string[]): Promise<void> {
    const possible = topics.filter(isPlainTopic);
    if (possible.length === 0) return;
    await this.#acknowledged<undefined>((done) => {
      this.#client.unsubscribe(possible, (error) => done(error ?? undefined, undefined));
    });
    this.#log.debug?.(`Unsubscribed from ${shownNames(possible)}.`);
  }

  async publish(topic: string, payload: Uint8Array): Promise<void> {
    if (!isPlainTopic(topic)) {
      throw new CloudError("invalid_input", `"${printable(topic)}" is no topic that can be published to.`);
    }
    this.#log.trace?.(`Sending ${payload.length} bytes to ${topic}.`);
    const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
    await this.#acknowledged<undefined>((done) => {
      this.#client.publish(topic, bytes, { qos: 1 }, (error) => done(error ?? undefined, undefined));
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      // MQTT.js ignores a second `end`, by force or not, so this takes its socket away.
      const stop = this.#clock.after(this.#timings.closeTimeoutMs, () => {
        this.#client.stream.destroy();
        resolve();
      });
      this.#client.end(!this.#client.connected, () => {
        stop();
        resolve();
      });
    });
  }

  abandon(reason: CloudError): void {
    this.#client.emit("error", reason);
    this.#client.end(true);
  }

  /** Returns the topics that the broker has granted. */
  #subscribe(topics: string[]): Promise<string[]> {
    return this.#acknowledged((done) => {
      this.#client.subscribe(topics, { qos: 1 }, (error, _granted, packet) => {
        const codes = packet && "granted" in packet ? packet.granted : undefined;
        if (codes === undefined) done(error ?? undefined, topics);
        else
          done(
            undefined,
            topics.filter((_topic, index) => isGranted(codes[index])),
          );
      });
    });
  }

  /** Runs a request that the broker answers; no answer in time means that the connection is dead, and it is dropped. */
  #acknowledged<T>(send: (done: (error: Error | undefined, value: T) => void) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void): void => {
        stop();
        this.#lost.delete(lost);
        settle();
      };
      const lost = (): void =>
        finish(() => reject(new CloudError("offline", "The connection to the broker was lost.")));
      const { acknowledgeTimeoutMs } = this.#timings;
      const stop = this.#clock.after(acknowledgeTimeoutMs, () =>
        this.abandon(
          new CloudError("timeout", `The broker did not acknowledge within ${acknowledgeTimeoutMs / 1000} seconds.`),
        ),
      );
      if (!this.isOpen) {
        lost();
        return;
      }
      this.#lost.add(lost);
      try {
        send((error, value) => (error === undefined ? finish(() => resolve(value)) : this.#failed(error)));
      } catch (reason) {
        // MQTT.js has noted a request that it could not send, and would reject a promise of it that nobody hears.
        Reflect.deleteProperty(this.#client.outgoing, this.#client.getLastMessageId());
        this.#failed(reason);
      }
    });
  }

  /** Drops the connection, which is in an unknown state: the next one starts from a known one. */
  #failed(reason: unknown): void {
    const detail = printable(reason instanceof Error ? reason.message : String(reason));
    this.abandon(new CloudError("offline", `The request to the broker failed: ${detail}.`));
  }
}

/**
 * Returns whether the broker granted a topic: SUBACK code 0x80 is a refusal (MQTT 3.1.1, section 3.9.3); a missing code
 * is taken for one.
 */
function isGranted(code: unknown): boolean {
  return typeof code === "number" && (code & 0x80) === 0;
}
