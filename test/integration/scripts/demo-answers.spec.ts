import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { answersInTime } from "../../../scripts/demo/answers";

describe("demo: answersInTime", () => {
  const never = new AbortController().signal;
  let statuses: (number | "none")[];
  let server: http.Server;
  let url: string;

  beforeEach(async () => {
    // Answers with one status after the other, and stays with the last.
    server = http.createServer((_request, response) => {
      const status = statuses.length > 1 ? statuses.shift() : statuses[0];
      if (typeof status === "number") response.writeHead(status).end("a page");
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it("waits until the address answers 200", async () => {
    statuses = [404, 503, 200];
    assert.equal(await answersInTime(url, 15_000, never), true);
    assert.deepEqual(statuses, [200]);
  });

  it("gives up in time where something else comes, or nothing at all", async () => {
    statuses = [404];
    assert.equal(await answersInTime(url, 150, never), false);
    statuses = ["none"];
    assert.equal(await answersInTime(url, 150, never), false);
  });

  it("ends with the signal's reason", async () => {
    statuses = ["none"];
    const ended = new AbortController();
    server.once("request", () => ended.abort(new Error("Node-RED ended.")));
    await assert.rejects(answersInTime(url, 15_000, ended.signal), /Node-RED ended/);
  });

  it("is refused until the server listens", async () => {
    const { port } = server.address() as AddressInfo;
    server.close();
    statuses = [200];
    const asked = answersInTime(url, 15_000, never);
    await once(server, "close");
    server.listen(port, "127.0.0.1");
    assert.equal(await asked, true);
  });
});
