import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer as createHttpServer } from "node:http";
import net, { type AddressInfo, type Server } from "node:net";
import type { Duplex } from "node:stream";
import { deflateRawSync } from "node:zlib";
import { type WebSocket, WebSocketServer } from "ws";
import { openConnection } from "../../../../cloud/mqtt/connection";
import { startProxy } from "../../../support/forwarding-proxy";
import { stopLater } from "../../../support/stop";

const connack = Buffer.of(0x20, 2, 0, 0);
/** A PUBLISH that claims to have 256 MB. */
const claim = Buffer.from("30ffffff7f000174", "hex");
/** A PUBLISH of topic `t` with 125 bytes: small by itself. */
const packet = Buffer.concat([Buffer.from("308001000174", "hex"), Buffer.alloc(125)]);
const packets = (bytes: number): Buffer => Buffer.alloc(Math.ceil(bytes / packet.length) * packet.length, packet);
const mebibyte = 2 ** 20;

/** Listens on a free port, and stops with the test. */
async function portOf(server: Server): Promise<number> {
  const sockets = new Set<net.Socket>();
  server.on("connection", (socket) => sockets.add(socket.on("error", () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stopLater(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  );
  return (server.address() as AddressInfo).port;
}

/** Starts a broker that answers the CONNECT of a client over a WebSocket; returns its address, and the offers of extensions. */
async function startBroker(answer: (socket: WebSocket) => void): Promise<{ url: string; offers: unknown[] }> {
  const http = createHttpServer();
  const offers: unknown[] = [];
  const sockets = new WebSocketServer({ server: http, perMessageDeflate: { threshold: 0 } });
  sockets.on("connection", (socket, { headers }) => {
    offers.push(headers["sec-websocket-extensions"]);
    socket.on("error", () => undefined);
    socket.once("message", () => answer(socket));
  });
  return { url: `ws://127.0.0.1:${await portOf(http)}/mqtt`, offers };
}

/**
 * Starts a broker with a hand-made WebSocket that compresses though nobody has offered it: it says so in its answer where
 * `tells`, and sends CONNACK and then 8 MB of packets in a compressed frame of 30 kB.
 */
async function startBomber(tells: boolean): Promise<string> {
  const bomb = deflateRawSync(packets(8 * mebibyte));
  const http = createHttpServer();
  http.on("upgrade", ({ headers }, socket: Duplex) => {
    const key = `${headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
    const accept = createHash("sha1").update(key).digest("base64");
    const extensions = tells ? "\r\nSec-WebSocket-Extensions: permessage-deflate" : "";
    socket.write(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
        `Sec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: mqtt${extensions}\r\n\r\n`,
    );
    socket.on("error", () => undefined);
    socket.once("data", () => {
      socket.write(Buffer.concat([Buffer.of(0x82, connack.length), connack]));
      const size = Buffer.alloc(8);
      size.writeBigUInt64BE(BigInt(bomb.length));
      // Final, binary, and RSV1: compressed (RFC 7692, section 6).
      socket.write(Buffer.concat([Buffer.of(0xc2, 127), size, bomb]));
    });
  });
  return `ws://127.0.0.1:${await portOf(http)}/mqtt`;
}

/** Opens a connection, and counts what arrives. */
async function open(url: string): Promise<Awaited<ReturnType<typeof openConnection>> & { arrived: number }> {
  let arrived = 0;
  const connection = await openConnection({
    url,
    login: { clientId: "client", userName: "user", password: "secret" },
    signal: new AbortController().signal,
    onMessage: () => arrived++,
  });
  stopLater(() => connection.close());
  return Object.defineProperty(connection, "arrived", { get: () => arrived }) as typeof connection & {
    arrived: number;
  };
}

describe("a hostile broker", () => {
  it("that claims a huge packet over TCP is left at once", async () => {
    const server = net.createServer((socket) => {
      socket.once("data", () => socket.write(Buffer.concat([connack, claim])));
    });
    const connection = await open(`mqtt://127.0.0.1:${await portOf(server)}`);
    assert.equal((await connection.closed).code, "too_large");
  });

  it("that claims one over a WebSocket too", async () => {
    const { url } = await startBroker((socket) => socket.send(Buffer.concat([connack, claim])));
    const connection = await open(url);
    assert.equal((await connection.closed).code, "too_large");
  });

  it("is not offered compression, straight or through a proxy, and does not compress then", async () => {
    const { url, offers } = await startBroker((socket) => {
      assert.equal(socket.extensions, "");
      socket.send(connack);
    });
    await open(url);
    const proxy = await startProxy();
    stopLater(() => proxy.stop());
    process.env.all_proxy = proxy.url;
    try {
      await open(url);
    } finally {
      delete process.env.all_proxy;
    }
    assert.deepEqual([offers, proxy.asked.length], [[undefined, undefined], 1]);
  });

  it("that insists on compression is refused", async () => {
    await assert.rejects(open(await startBomber(true)), { code: "offline", message: /Sec-WebSocket-Extensions/ });
  });

  it("that compresses without a word is left, and none of what its frame unpacks to arrives", async () => {
    const connection = await open(await startBomber(false));
    assert.match((await connection.closed).message, /RSV1/);
    assert.equal(connection.arrived, 0);
  });

  for (const [what, send] of [
    ["whose one frame holds more than is accepted", (socket) => socket.send(packets(3 * mebibyte))],
    [
      "whose fragments hold more than is accepted together",
      (socket) => {
        for (let part = 1; part <= 6; part++) socket.send(packets(mebibyte / 2), { fin: part === 6 });
      },
    ],
    [
      "that claims a frame of 8 EB",
      (socket) => (socket as unknown as { _socket: Duplex })._socket.write(Buffer.from("827f7fffffffffffffff", "hex")),
    ],
  ] as [string, (socket: WebSocket) => void][]) {
    it(`${what} is left, whatever is in it`, async () => {
      const { url } = await startBroker((socket) => {
        socket.send(connack);
        send(socket);
      });
      const connection = await open(url);
      assert.equal((await connection.closed).code, "too_large");
      assert.equal(connection.arrived, 0);
    });
  }

  it("whose frame holds no more than is accepted is heard", async () => {
    const { url } = await startBroker((socket) => {
      socket.send(connack);
      socket.send(packets(mebibyte));
      socket.close();
    });
    const connection = await open(url);
    await connection.closed;
    assert.equal(connection.arrived, Math.ceil(mebibyte / packet.length));
  });
});
