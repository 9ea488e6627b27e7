import type { IClientOptions, IPublishPacket, MqttClient } from "mqtt";
import { loadLibrary } from "../core/load-library";
import { CloudError } from "../core/errors";
import type { TlsOptions } from "../core/tls";

/**
 * What one connection is opened with. `userName` and `password` are absent where a certificate speaks
 * (docs/protocol.md#logins).
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
  /** Every message that arrives, in order. */
  onMessage: (topic: string, payload: Uint8Array) => void;
  /** Called once when the connection is gone, with the reason where one is known. Not called before it was open. */
  onClose: (reason: CloudError) => void;
}

/** One open connection to the broker. */
export interface MqttConnection {
  /** Gives the topics that the broker refused. Rejects when the connection goes first. */
  subscribe(topics: readonly string[]): Promise<string[]>;
  unsubscribe(topics: readonly string[]): Promise<void>;
  /** Resolves when the broker has acknowledged (QoS 1). Rejects when the connection goes first. */
  publish(topic: string, payload: Uint8Array): Promise<void>;
  /** Ends politely, by force after a moment; safe to call twice. */
  close(): Promise<void>;
  /** Drops the connection at once, as broken. */
  abandon(reason: CloudError): void;
}

/** Silence after which the broker is asked for a sign of life; a dead connection is noticed after one and a half times this. */
const keepaliveSeconds = 10;
const connectTimeoutMs = 30_000;
/**
 * An acknowledgement that takes longer means a dead connection; Arduino's own connector waits as long
 * (docs/protocol.md#connections).
 */
const acknowledgeTimeoutMs = 10_000;
/** Time for a polite end; after it the socket is destroyed. */
const politeEndMs = 500;
/** CONNACK codes of MQTT 3.1.1, section 3.2.2.3. */
const badLogin = [4, 5];

/**
 * Opens one MQTT 3.1.1 connection. Names are looked up anew each time, since the cloud's addresses rotate
 * (docs/protocol.md#addresses).
 * @throws CloudError `unauthorized` (login refused), `server_error` (broker refused otherwise, or the MQTT client is
 *   missing), `timeout`, `offline` (no connection), `cancelled` (aborted)
 */
export function openConnection(options: ConnectionOptions): Promise<MqttConnection> {
  return new Promise((resolve, reject) => {
    if (options.signal.aborted) {
      reject(new CloudError("cancelled", "The connection was given up before it was tried."));
      return;
    }
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- takes half the time of import(), and no turn
    const mqtt = loadLibrary("mqtt", () => require("mqtt") as typeof import("mqtt"));
    let client: MqttClient;
    try {
      client = mqtt.connect(options.url, mqttOptions(options));
    } catch (reason) {
      reject(connectError(options.url, reason));
      return;
    }
    let failure: unknown;
    let isOpen = false;
    const abort = (): void => {
      failure = new CloudError("cancelled", "The connection was given up before it was open.");
      client.end(true);
    };
    options.signal.addEventListener("abort", abort, { once: true });
    // MQTT.js tells only of errors that have a code; the socket's own first error says most.
    const note = (error: unknown): void => {
      failure ??= error;
    };
    client.stream.on("error", note);
    client.on("error", note);
    client.once("connect", () => {
      isOpen = true;
      failure = undefined;
      options.signal.removeEventListener("abort", abort);
      resolve(new MqttJsConnection(client));
    });
    client.on("message", receiver(options.onMessage));
    client.once("close", () => {
      options.signal.removeEventListener("abort", abort);
      client.end(true);
      if (isOpen) options.onClose(closeReason(failure));
      else reject(failure instanceof CloudError ? failure : connectError(options.url, failure));
    });
  });
}

function mqttOptions({ login, tls }: ConnectionOptions): IClientOptions {
  return {
    clientId: login.clientId,
    ...(login.userName === undefined ? {} : { username: login.userName }),
    ...(login.password === undefined ? {} : { password: login.password }),
    clean: true,
    protocolVersion: 4,
    keepalive: keepaliveSeconds,
    connectTimeout: connectTimeoutMs,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    // MQTT.js formats a trace of every packet otherwise, a tenth of what a message costs.
    log: () => undefined,
    ...tls,
  };
}

/**
 * Passes messages on, except a QoS 1 message that the broker repeats (DUP flag, same packet id, same bytes): MQTT allows
 * it to arrive twice, a flow should see it once.
 */
function receiver(onMessage: ConnectionOptions["onMessage"]) {
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
  readonly #client: MqttClient;
  /** What waits for an answer of the broker, to be told when none can come any more. */
  readonly #lost = new Set<() => void>();

  constructor(client: MqttClient) {
    this.#client = client;
    client.once("close", () => {
      for (const lost of [...this.#lost]) lost();
    });
  }

  subscribe(topics: readonly string[]): Promise<string[]> {
    return this.#acknowledged((done) => {
      this.#client.subscribe([...topics], { qos: 1 }, (error, _granted, packet) => {
        const codes = packet && "granted" in packet ? packet.granted : undefined;
        if (codes === undefined) done(error ?? undefined, []);
        else
          done(
            undefined,
            topics.filter((_topic, index) => isRefused(codes[index])),
          );
      });
    });
  }

  unsubscribe(topics: readonly string[]): Promise<void> {
    return this.#acknowledged((done) => {
      this.#client.unsubscribe([...topics], (error) => done(error ?? undefined, undefined));
    });
  }

  publish(topic: string, payload: Uint8Array): Promise<void> {
    return this.#acknowledged((done) => {
      const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
      this.#client.publish(topic, bytes, { qos: 1 }, (error) => done(error ?? undefined, undefined));
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      // MQTT.js ignores a second `end`, by force or not, so this takes its socket away.
      const force = setTimeout(() => {
        this.#client.stream.destroy();
        resolve();
      }, politeEndMs);
      this.#client.end(!this.#client.connected, () => {
        clearTimeout(force);
        resolve();
      });
    });
  }

  abandon(reason: CloudError): void {
    this.#client.emit("error", reason);
    this.#client.end(true);
  }

  /** Runs a request that the broker answers; no answer in time means that the connection is dead, and it is dropped. */
  #acknowledged<T>(send: (done: (error: Error | undefined, value: T) => void) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void): void => {
        clearTimeout(timer);
        this.#lost.delete(lost);
        settle();
      };
      const lost = (): void =>
        finish(() => reject(new CloudError("offline", "The connection to the broker was lost.")));
      const timer = setTimeout(() => {
        this.abandon(
          new CloudError("timeout", `The broker did not acknowledge within ${acknowledgeTimeoutMs / 1000} seconds.`),
        );
      }, acknowledgeTimeoutMs);
      if (!this.#client.connected) {
        lost();
        return;
      }
      this.#lost.add(lost);
      send((error, value) => {
        if (error === undefined) finish(() => resolve(value));
        // The connection is in an unknown state: dropping it makes everything start from a known one.
        else this.abandon(new CloudError("offline", `The request to the broker failed: ${error.message}.`));
      });
    });
  }
}

/** SUBACK code 0x80 is a refusal (MQTT 3.1.1, section 3.9.3); a missing code is taken for one. */
function isRefused(code: unknown): boolean {
  return typeof code !== "number" || (code & 0x80) !== 0;
}

function closeReason(failure: unknown): CloudError {
  if (failure instanceof CloudError) return failure;
  const detail = failure instanceof Error && failure.message ? ` (${failure.message})` : "";
  return new CloudError("offline", `The connection to the broker was closed${detail}.`);
}

function connectError(url: string, failure: unknown): CloudError {
  const host = new URL(url).host;
  const code = failure instanceof Error && "code" in failure ? failure.code : undefined;
  if (typeof code === "number") {
    const reason = failure instanceof Error ? failure.message : "";
    return badLogin.includes(code)
      ? new CloudError("unauthorized", `The broker ${host} refused the login (CONNACK ${code}, ${reason}).`)
      : new CloudError("server_error", `The broker ${host} refused the connection (CONNACK ${code}, ${reason}).`);
  }
  const detail = failure instanceof Error && failure.message ? failure.message : "the connection was closed";
  return new CloudError("offline", `The broker ${host} could not be reached: ${detail}.`);
}
