import type { IClientOptions, IPublishPacket, MqttClient } from "mqtt";
import { type Clock, systemClock } from "../core/clock";
import { CloudError } from "../core/errors";
import { loadLibrary } from "../core/load-library";
import { printable } from "../core/text";
import type { TlsOptions } from "../core/tls";
import { closeError, connectError } from "./connection-errors";
import { type ConnectionTimings, defaultTimings } from "./timings";
import { fitsPacket, isPlainTopic } from "./topics";

/**
 * Credentials and client id that one connection is opened with. `userName` and `password` are absent where a
 * certificate speaks (docs/protocol.md#logins).
 */
export interface Login {
  clientId: string;
  userName?: string;
  password?: string;
}

export interface ConnectionOptions {
  /** `ws`, `wss`, `mqtt` or `mqtts`. */
  url: string;
  login: Login;
  tls?: TlsOptions;
  signal: AbortSignal;
  /** Called with every message that arrives, in order, and the connection on which it came. */
  onMessage: (topic: string, payload: Uint8Array, connection: MqttConnection) => void;
  clock?: Clock;
  timings?: ConnectionTimings;
  /** Stands in for that of MQTT.js. */
  connect?: (url: string, options: IClientOptions) => MqttClient;
}

/** One connection to the broker, open until `closed` resolves. */
export interface MqttConnection {
  readonly isOpen: boolean;
  /** Resolves when the connection is gone, with the reason. */
  readonly closed: Promise<CloudError>;
  /** Returns the topics that were refused. Rejects when the connection goes first. */
  subscribe(topics: readonly string[]): Promise<string[]>;
  unsubscribe(topics: readonly string[]): Promise<void>;
  /** Resolves when the broker has acknowledged (QoS 1). Rejects when the connection goes first. */
  publish(topic: string, payload: Uint8Array): Promise<void>;
  /** Ends politely, by force after a moment; safe to call twice. */
  close(): Promise<void>;
  /** Drops the connection at once, as broken. */
  abandon(reason: CloudError): void;
}

/**
 * Opens one MQTT 3.1.1 connection. Names are looked up anew each time, since the cloud's addresses rotate
 * (docs/protocol.md#addresses).
 * @throws CloudError `unauthorized` (login refused), `server_error` (broker refused otherwise, or the MQTT client is
 *   missing), `timeout`, `offline` (no connection), `cancelled` (aborted), `invalid_input` (no packet can carry the
 *   login)
 */
export async function openConnection(options: ConnectionOptions): Promise<MqttConnection> {
  const { url, login, signal, connect = connectByMqttJs } = options;
  if (signal.aborted) throw new CloudError("cancelled", "The connection was given up before it was tried.");
  // MQTT.js would throw in the middle of its start, and leave a socket behind that nobody listens to.
  if (![login.clientId, login.userName, login.password].every((text = "") => fitsPacket(text))) {
    throw new CloudError("invalid_input", "The login for the broker is longer than MQTT can carry. Check the key.");
  }
  let client: MqttClient;
  try {
    client = connect(url, mqttOptions(options));
  } catch (reason) {
    throw reason instanceof CloudError ? reason : connectError(url, reason);
  }
  return untilOpen(client, options);
}

function connectByMqttJs(url: string, options: IClientOptions): MqttClient {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- takes half the time of import(), and no turn
  return loadLibrary("mqtt", () => require("mqtt") as typeof import("mqtt")).connect(url, options);
}

function mqttOptions({ login, tls, timings = defaultTimings }: ConnectionOptions): IClientOptions {
  return {
    clientId: login.clientId,
    ...(login.userName === undefined ? {} : { username: login.userName }),
    ...(login.password === undefined ? {} : { password: login.password }),
    clean: true,
    protocolVersion: 4,
    keepalive: timings.keepaliveSeconds,
    connectTimeout: timings.connectTimeoutMs,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    // MQTT.js formats a trace of every packet otherwise, a tenth of what a message costs.
    log: () => undefined,
    ...tls,
  };
}

/** Waits until the broker has accepted the login. */
function untilOpen(client: MqttClient, options: ConnectionOptions): Promise<MqttConnection> {
  const { url, signal, onMessage } = options;
  return new Promise((resolve, reject) => {
    let failure: unknown;
    let tellClosed: ((reason: CloudError) => void) | undefined;
    const abort = (): void => {
      failure = new CloudError("cancelled", "The connection was given up before it was open.");
      client.end(true);
    };
    signal.addEventListener("abort", abort, { once: true });
    // MQTT.js tells only of errors that have a code; the socket's own first error says most.
    const note = (error: unknown): void => {
      failure ??= error;
    };
    client.stream.on("error", note);
    client.on("error", note);
    client.once("close", () => {
      signal.removeEventListener("abort", abort);
      client.end(true);
      if (tellClosed !== undefined) tellClosed(closeError(failure));
      else reject(failure instanceof CloudError ? failure : connectError(url, failure));
    });
    client.once("connect", () => {
      failure = undefined;
      signal.removeEventListener("abort", abort);
      const closed = new Promise<CloudError>((tell) => (tellClosed = tell));
      const connection = new MqttJsConnection(client, closed, options);
      client.on(
        "message",
        withoutRepeats((topic, payload) => onMessage(topic, payload, connection)),
      );
      resolve(connection);
    });
  });
}

/**
 * Passes messages on, except a QoS 1 message that the broker repeats (DUP flag, same packet id, same bytes): MQTT
 * allows it to arrive twice, a flow should see it once.
 */
function withoutRepeats(onMessage: (topic: string, payload: Buffer) => void) {
  const recent: (Buffer | undefined)[] = new Array<Buffer | undefined>(64);
  return (topic: string, payload: Buffer, packet: IPublishPacket): void => {
    const id = packet.messageId;
    if (id !== undefined) {
      if (packet.dup && recent[id & 63]?.equals(payload)) return;
      recent[id & 63] = payload;
    }
    onMessage(topic, payload);
  };
}

class MqttJsConnection implements MqttConnection {
  readonly closed: Promise<CloudError>;
  readonly #client: MqttClient;
  readonly #clock: Clock;
  readonly #timings: ConnectionTimings;
  /** Calls that wait for an answer of the broker, to be told when none can come any more. */
  readonly #lost = new Set<() => void>();

  constructor(client: MqttClient, closed: Promise<CloudError>, options: Pick<ConnectionOptions, "clock" | "timings">) {
    this.#client = client;
    this.closed = closed;
    this.#clock = options.clock ?? systemClock;
    this.#timings = options.timings ?? defaultTimings;
    client.once("close", () => {
      for (const lost of [...this.#lost]) lost();
    });
  }

  get isOpen(): boolean {
    return this.#client.connected;
  }

  async subscribe(topics: readonly string[]): Promise<string[]> {
    const possible = topics.filter(isPlainTopic);
    const granted = new Set(possible.length === 0 ? [] : await this.#subscribe(possible));
    return topics.filter((topic) => !granted.has(topic));
  }

  async unsubscribe(topics: readonly string[]): Promise<void> {
    const possible = topics.filter(isPlainTopic);
    if (possible.length === 0) return;
    await this.#acknowledged<undefined>((done) => {
      this.#client.unsubscribe(possible, (error) => done(error ?? undefined, undefined));
    });
  }

  async publish(topic: string, payload: Uint8Array): Promise<void> {
    if (!isPlainTopic(topic)) {
      throw new CloudError("invalid_input", `"${printable(topic)}" is no topic that can be published to.`);
    }
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
