import assert from "node:assert/strict";
import { createServer as createHttpServer } from "node:http";
import net, { type AddressInfo, type Server } from "node:net";
import { WebSocketServer } from "ws";
import { openConnection } from "../../../../cloud/mqtt/connection";

const connack = Buffer.of(0x20, 2, 0, 0);
/** A PUBLISH that claims to have 256 MB. */
const claim = Buffer.from("30ffffff7f000174", "hex");

async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

const open = (url: string): ReturnType<typeof openConnection> =>
  openConnection({
    url,
    login: { clientId: "client", userName: "user", password: "secret" },
    signal: new AbortController().signal,
    onMessage: () => assert.fail("Nothing should arrive."),
  });

describe("a hostile broker", () => {
  it("that claims a huge packet over TCP is left at once", async () => {
    const server = net.createServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => socket.write(Buffer.concat([connack, claim])));
    });
    const connection = await open(`mqtt://127.0.0.1:${await portOf(server)}`);
    const reason = await connection.closed;
    assert.equal(reason.code, "too_large");
    server.close();
  });

  it("that claims one over a WebSocket too, and compression is not even offered", async () => {
    const http = createHttpServer();
    const sockets = new WebSocketServer({ server: http, perMessageDeflate: true });
    sockets.on("connection", (socket, request) => {
      assert.equal(request.headers["sec-websocket-extensions"], undefined);
      socket.once("message", () => socket.send(Buffer.concat([connack, claim])));
    });
    const connection = await open(`ws://127.0.0.1:${await portOf(http)}/mqtt`);
    assert.equal((await connection.closed).code, "too_large");
    for (const socket of sockets.clients) socket.terminate();
    sockets.close();
    http.close();
  });

  it("whose one frame is larger than is accepted is left, and says nothing of it", async () => {
    const http = createHttpServer();
    const sockets = new WebSocketServer({ server: http });
    sockets.on("connection", (socket) => {
      socket.on("error", () => undefined);
      socket.once("message", () => {
        socket.send(connack);
        socket.send(Buffer.alloc(3 * 2 ** 20));
      });
    });
    const connection = await open(`ws://127.0.0.1:${await portOf(http)}/mqtt`);
    assert.match((await connection.closed).message, /closed|Max payload/);
    for (const socket of sockets.clients) socket.terminate();
    sockets.close();
    http.close();
  });
});
