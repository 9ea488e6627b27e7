import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { createWebSocketStream, WebSocketServer } from "ws";

/** A listening server that can go away and come back on the same port. */
export class Listener {
  private readonly sockets = new Set<Socket>();
  private chosenPort: number;

  constructor(
    private readonly server: Server,
    private readonly host: string,
    port = 0,
  ) {
    this.chosenPort = port;
    server.on("connection", (socket) => {
      this.sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => this.sockets.delete(socket));
    });
  }

  get port(): number {
    return this.chosenPort;
  }

  /** Listens: at first on a free port, later on that same one (waiting a little where someone else holds it). */
  async open(): Promise<void> {
    for (let attempt = 1; !this.server.listening; attempt += 1) {
      try {
        this.server.listen(this.chosenPort, this.host);
        await once(this.server, "listening");
      } catch (error) {
        if (attempt === 30) throw error;
        await sleep(100);
      }
    }
    this.chosenPort = (this.server.address() as AddressInfo).port;
  }

  /** Stops listening and destroys every connection. */
  async close(): Promise<void> {
    if (!this.server.listening) return;
    const closed = once(this.server, "close");
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}

/** Gives each accepted connection as a stream. */
export type Accept = (stream: Duplex, transport: "ws" | "tcp") => void;

/** MQTT over plain TCP. `refuse` says whether a new socket is destroyed at once. */
export function tcpListener(accept: Accept, refuse: () => boolean, host: string, port?: number): Listener {
  const server = createServer({ noDelay: true }, (socket) => {
    if (refuse()) socket.destroy();
    else accept(socket, "tcp");
  });
  return new Listener(server, host, port);
}

/** MQTT over WebSocket: path `/mqtt`, subprotocol `mqtt` (data-api 2); anything else is refused with 400. */
export function webSocketListener(accept: Accept, refuse: () => boolean, host: string, port?: number): Listener {
  const server = createHttpServer((_request, response) => response.writeHead(426).end());
  const sockets = new WebSocketServer({ server, path: "/mqtt", handleProtocols: () => "mqtt", verifyClient });
  sockets.on("connection", (socket) => accept(createWebSocketStream(socket), "ws"));
  // A server that could not take its port reports it through `Listener.open`.
  sockets.on("error", () => undefined);
  server.on("connection", (socket) => {
    if (refuse()) socket.destroy();
  });
  return new Listener(server, host, port);
}

function verifyClient(
  { req }: { req: { headers: NodeJS.Dict<string | string[]> } },
  done: (accepted: boolean, code?: number) => void,
): void {
  const offered = String(req.headers["sec-websocket-protocol"] ?? "").split(/ *, */);
  done(offered.includes("mqtt"), 400);
}
