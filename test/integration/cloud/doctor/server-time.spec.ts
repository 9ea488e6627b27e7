import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import net, { type AddressInfo } from "node:net";
import { askServerTime } from "../../../../cloud/doctor/server-time";

describe("askServerTime", () => {
  const servers: (http.Server | net.Server)[] = [];
  const listen = async (server: http.Server | net.Server): Promise<string> => {
    servers.push(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const sockets = new Set<net.Socket>();

  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    for (const server of servers.splice(0)) server.close();
  });

  it("gives the server's time, whatever the status", async () => {
    const server = http.createServer((_request, response) => {
      response.setHeader("Date", "Tue, 01 Jan 2030 00:00:00 GMT");
      response.writeHead(404).end();
    });
    assert.equal(await askServerTime(await listen(server), 5_000), Date.UTC(2030, 0, 1));
  });

  it("takes a missing or odd time for none", async () => {
    const server = http.createServer((_request, response) => {
      response.setHeader("Date", "yesterday");
      response.end();
    });
    assert.equal(await askServerTime(await listen(server), 5_000), undefined);
  });

  it("gives none where there is no answer", async () => {
    const silent = await listen(net.createServer((socket) => sockets.add(socket.on("error", () => undefined))));
    const closing = await listen(net.createServer((socket) => socket.destroy()));
    const plain = (await listen(http.createServer())).replace("http:", "https:");
    for (const url of ["http://127.0.0.1:1", "http://no-such-host.invalid", plain, silent, closing])
      assert.equal(await askServerTime(url, 300), undefined, url);
  });
});
