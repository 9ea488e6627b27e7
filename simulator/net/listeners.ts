import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { createServer as createTlsServer, type TLSSocket } from "node:tls";
import { createWebSocketStream, WebSocketServer } from "ws";
import type { Identity } from "../security/authority";
import { offersTls13, versionAlert } from "../security/client-hello";

/** A listening server that can go away and come back on the same port. */
export class Listener {
  readonly #host: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #chosenPort: number;

  constructor(server: Server, host: string, port = 0) {
    this.#host = host;
    this.#server = server;
    this.#chosenPort = port;
    server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => this.#sockets.delete(socket));
    });
  }

  get port(): number {
    return this.#chosenPort;
  }

  /** Listens: at first on a free port, later on that same one (waiting a little where someone else holds it). */
  async open(): Promise<void> {
    for (let attempt = 1; !this.#server.listening; attempt += 1) {
      try {
        this.#server.listen(this.#chosenPort, this.#host);
        await once(this.#server, "listening");
      } catch (error) {
        if (attempt === 30) throw error;
        await sleep(100);
      }
    }
    this.#chosenPort = (this.#server.address() as AddressInfo).port;
  }

  /** Stops listening and destroys every connection. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

/** The name in a client's certificate, and its serial number. */
export interface PeerCertificate {
  commonName: string;
  /** Hexadecimal, in lower case. */
  serial: string;
}

/** Takes each accepted connection as a stream. */
export type Accept = (stream: Duplex, transport: "ws" | "tcp", certificate?: PeerCertificate) => void;

/** Options that the broker's listeners have in common. */
export interface Entrance {
  accept: Accept;
  /** Whether a new socket is destroyed at once. */
  refuse: () => boolean;
  host: string;
}

/** Makes a listener for MQTT over TCP, and with an identity over TLS (`mqtts`). */
function tcpListener({ accept, refuse, host }: Entrance, port?: number, identity?: Identity): Listener {
  const take = (socket: Socket): void => {
    if (!socket.destroyed) accept(socket, "tcp");
  };
  const server = identity
    ? createTlsServer({ ...identity, minVersion: "TLSv1.2" }, take)
    : createServer({ noDelay: true }, take);
  return new Listener(refusing(server, refuse), host, port);
}

/**
 * Makes a listener for MQTT over WebSocket, and with an identity over TLS (`wss`): path `/mqtt`, subprotocol `mqtt`
 * (docs/protocol.md#addresses); anything else is refused with 400.
 */
function webSocketListener({ accept, refuse, host }: Entrance, port?: number, identity?: Identity): Listener {
  const server = identity ? createHttpsServer(identity, upgradeRequired) : createHttpServer(upgradeRequired);
  const sockets = new WebSocketServer({ server, path: "/mqtt", handleProtocols: () => "mqtt", verifyClient });
  sockets.on("connection", (socket) => accept(createWebSocketStream(socket), "ws"));
  // A server that could not take its port reports it through `Listener.open`.
  sockets.on("error", () => undefined);
  return new Listener(refusing(server, refuse), host, port);
}

/** Options of a listener for devices with a certificate. */
export interface MutualTls {
  identity: Identity;
  /** The authority of the devices' certificates, in PEM. */
  ca: string;
  /** Whether a client that offers TLS 1.3 is turned away, even where it offers 1.2 as well. */
  refuseTls13: () => boolean;
}

/** Makes a listener for MQTT over TLS 1.2, for devices that show a certificate (docs/protocol.md#addresses). */
function certificateListener(entrance: Entrance, { identity, ca, refuseTls13 }: MutualTls): Listener {
  const { accept, refuse, host } = entrance;
  const options = { ...identity, ca, requestCert: true, minVersion: "TLSv1.2", maxVersion: "TLSv1.2" } as const;
  const secure = createTlsServer(options, (socket) => accept(socket, "tcp", peerOf(socket)));
  const server = createServer({ noDelay: true }, (socket) => {
    socket.once("data", (hello) => {
      socket.pause();
      if (refuseTls13() && offersTls13(hello)) {
        socket.end(versionAlert);
        return;
      }
      socket.unshift(hello);
      secure.emit("connection", socket);
    });
  });
  return new Listener(refusing(server, refuse), host);
}

/** Every entrance of the broker; users and devices may use each other's plain ones. */
export interface BrokerListeners {
  webSocket: Listener;
  tcp: Listener;
  /** For users, devices with a key and devices with a certificate. */
  secure?: Record<"users" | "keys" | "certificates", Listener>;
}

/** Returns the broker's listeners, not yet open; the secure ones on free ports. */
export function brokerListeners(
  entrance: Entrance,
  options: {
    webSocketPort?: number;
    tcpPort?: number;
    tls?: Omit<MutualTls, "refuseTls13">;
    refuseTls13: MutualTls["refuseTls13"];
  },
): BrokerListeners {
  const { webSocketPort, tcpPort, tls, refuseTls13 } = options;
  const plain = { webSocket: webSocketListener(entrance, webSocketPort), tcp: tcpListener(entrance, tcpPort) };
  if (!tls) return plain;
  const secure = {
    users: webSocketListener(entrance, 0, tls.identity),
    keys: tcpListener(entrance, 0, tls.identity),
    certificates: certificateListener(entrance, { ...tls, refuseTls13 }),
  };
  return { ...plain, secure };
}

/** Returns the certificate that the handshake has proved. */
function peerOf(socket: TLSSocket): PeerCertificate {
  const { subject, serialNumber } = socket.getPeerCertificate();
  return { commonName: String(subject.CN), serial: serialNumber.toLowerCase() };
}

function refusing(server: Server, refuse: () => boolean): Server {
  return server.prependListener("connection", (socket: Socket) => {
    if (refuse()) socket.destroy();
  });
}

const upgradeRequired: Parameters<typeof createHttpServer>[1] = (_request, response) => response.writeHead(426).end();

function verifyClient(
  { req }: { req: { headers: NodeJS.Dict<string | string[]> } },
  done: (accepted: boolean, code?: number) => void,
): void {
  const offered = String(req.headers["sec-websocket-protocol"] ?? "").split(/ *, */);
  done(offered.includes("mqtt"), 400);
}
