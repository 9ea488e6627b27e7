import type { IClientOptions, IPublishPacket, MqttClient } from "mqtt";
import { onAbort } from "../core/abort";
import { type ActivityLog, shownMs } from "../core/activity-log";
import { type Clock, systemClock } from "../core/clock";
import { CloudError, toCloudError } from "../core/errors";
import { loadAhead, loadLibrary } from "../core/load-library";
import { printable, redact } from "../core/text";
import { ownTurn } from "../core/short-turns";
import { findProxy, type ProxySettings } from "../core/proxy";
import type { TlsOptions } from "../core/tls";
import { closeError, connectError, frameError, packetError } from "./connection-errors";
import { MqttJsConnection } from "./mqttjs-connection";
import { maxPacketBytes, PacketGuard } from "./packet-guard";
import { connectThroughProxy } from "./proxied-client";
import { type ConnectionTimings, defaultTimings } from "./timings";
import { fitsPacket } from "./topics";
import { guarded, inBackground } from "../core/guard";

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
  tls?: TlsOptions | undefined;
  /** In place of the proxy that the environment names. */
  proxy?: ProxySettings | undefined;
  signal: AbortSignal;
  /** Called with every message that arrives, in order, and the connection on which it came. */
  onMessage: (topic: string, payload: Uint8Array, connection: MqttConnection) => void;
  clock?: Clock;
  timings?: ConnectionTimings;
  log?: ActivityLog | undefined;
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
  const { url, clock = systemClock, log } = options;
  const { host } = new URL(url);
  const startedAt = clock.monotonic();
  const spent = (): string => shownMs(clock.monotonic() - startedAt);
  try {
    const connection = await tryToOpen(options);
    log?.debug?.(`Connected to ${host} in ${spent()}.`);
    const tellEnd = ({ message }: CloudError): void =>
      log?.debug?.(`The connection to ${host} has ended after ${spent()}: ${message}`);
    inBackground(connection.closed.then(tellEnd));
    return connection;
  } catch (reason) {
    const { code, message } = toCloudError(reason);
    log?.debug?.(`Not connected to ${host} after ${spent()}, ${code}: ${message}`);
    throw reason;
  }
}

async function tryToOpen(options: ConnectionOptions): Promise<MqttConnection> {
  const { url, login, signal } = options;
  const proxy = findProxy(url, options.proxy);
  const connect = options.connect ?? (await loadMqttJs()).connect;
  if (signal.aborted) throw new CloudError("cancelled", "The connection was given up before it was tried.");
  // MQTT.js would throw in the middle of its start, and leave a socket behind that nobody listens to.
  if (![login.clientId, login.userName, login.password].every((text = "") => fitsPacket(text))) {
    throw new CloudError("invalid_input", "The login for the broker is longer than MQTT can carry. Check the key.");
  }
  let client: MqttClient;
  try {
    client =
      proxy === undefined
        ? connect(url, mqttOptions(options))
        : await connectThroughProxy(proxy, options, mqttOptions(options), connect);
  } catch (reason) {
    throw reason instanceof CloudError ? reason : connectError(url, reason, proxy?.address);
  }
  return untilOpen(client, options, proxy?.address);
}

/** Loads MQTT.js, in turns of its own: it takes as long as all else that is done to connect. */
async function loadMqttJs(): Promise<typeof import("mqtt")> {
  await loadAhead("mqtt", ["readable-stream", "mqtt-packet", "ws", "socks"]);
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- takes half the time of import()
  const library = loadLibrary("mqtt", () => require("mqtt") as typeof import("mqtt"));
  // What it needs for a kind of connection it loads with the first of these.
  await ownTurn();
  return library;
}

function mqttOptions({ url, login, tls, timings = defaultTimings }: ConnectionOptions): IClientOptions {
  const { protocol, hostname } = new URL(url);
  // What a few hundred bytes unpack to, or one frame claims, must not fill the memory; and who sends such a frame may
  // never answer our goodbye, for which ws would wait 30 s.
  const wsOptions = { perMessageDeflate: false, maxPayload: maxPacketBytes, closeTimeout: timings.closeTimeoutMs };
  return {
    // MQTT.js takes the brackets of an IPv6 address away, and then builds the URL of a WebSocket without them.
    ...(protocol.startsWith("ws") && hostname.startsWith("[") ? { hostname } : {}),
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
    wsOptions,
    // A buffer for each number of two bytes would be made at the start: 7 MB, in a turn of 20 ms and more.
    writeCache: false,
    // MQTT.js formats a trace of every packet otherwise, a tenth of what a message costs.
    log: () => undefined,
    ...tls,
  };
}

/** Waits until the broker has accepted the login. */
// eslint-disable-next-line max-lines-per-function -- One promise: each of the events in it ends the wait.
function untilOpen(client: MqttClient, options: ConnectionOptions, proxy?: string): Promise<MqttConnection> {
  const { url, signal, onMessage, log, login } = options;
  // What the broker, its certificate or a proxy says may quote the password.
  const secrets = [login.password ?? ""];
  return new Promise((resolve, reject) => {
    let failure: unknown;
    let tellClosed: ((reason: CloudError) => void) | undefined;
    const unlisten = onAbort(signal, () => {
      failure = new CloudError("cancelled", "The connection was given up before it was open.");
      client.end(true);
    });
    // MQTT.js tells only of errors that have a code; the socket's own first error says most.
    const note = (error: unknown): void => {
      failure ??= frameError(error) ?? error;
    };
    client.stream.on("error", guarded(note));
    boundPackets(client, note);
    client.on("error", guarded(note));
    client.once(
      "close",
      guarded(() => {
        unlisten();
        client.end(true);
        if (tellClosed !== undefined) tellClosed(closeError(failure).redacted(secrets));
        else reject((failure instanceof CloudError ? failure : connectError(url, failure, proxy)).redacted(secrets));
      }),
    );
    client.once(
      "connect",
      guarded(() => {
        // What was heard on the way here no longer counts, but for what has ended the connection already.
        if (!(failure instanceof CloudError)) failure = undefined;
        unlisten();
        const closed = new Promise<CloudError>((tell) => (tellClosed = tell));
        const connection = new MqttJsConnection(client, closed, options);
        const receive = withoutRepeats((topic, payload) => {
          log?.trace?.(`Received ${payload.length} bytes on ${printable(redact(topic, secrets))}.`);
          onMessage(topic, payload, connection);
        });
        client.on("message", guarded(receive));
        resolve(connection);
      }),
    );
  });
}

/** Drops a connection on which more comes at once than is accepted, and notes that. */
function boundPackets(client: MqttClient, note: (error: CloudError) => void): void {
  const guard = new PacketGuard();
  const check = (chunk: Uint8Array): void => {
    if (guard.accepts(chunk)) return;
    note(packetError());
    client.stream.destroy();
  };
  client.stream.on("data", guarded(check));
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
