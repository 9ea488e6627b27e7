import assert from "node:assert/strict";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { operation } from "../../../../../cloud/rest/index";
import type { TlsOptions } from "../../../../../cloud/core/tls";
import { cert, key } from "../../../../support/certificates";
import {
  hastyClock,
  jwt,
  restOn,
  startFakeCloud,
  tokenBody,
  userId,
  type FakeCloud,
} from "../../../../support/fake-api";
import { rejection } from "../../../../support/rejection";

describe("TLS of REST and token", () => {
  let server: Server;
  let cloud: FakeCloud;
  let clients: number;

  beforeEach(async () => {
    clients = 0;
    cloud = await startFakeCloud();
    server = createServer(
      { cert, key, ca: cert, requestCert: true, rejectUnauthorized: false },
      (request, response) => {
        if ("authorized" in request.socket && request.socket.authorized === true) clients += 1;
        const isToken = request.url?.endsWith("/token");
        response.end(JSON.stringify(isToken ? tokenBody(jwt({ "http://arduino.cc/id": userId })) : []));
      },
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await cloud.stop();
  });

  async function list(tls?: TlsOptions): Promise<unknown> {
    const baseUrl = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const rest = restOn(cloud, { baseUrl, clock: hastyClock, ...(tls && { tls }) });
    try {
      return (await rest.client.call(operation("things_v2#list"))).body;
    } finally {
      rest.close();
    }
  }

  it("refuses a certificate that nobody vouches for, and says so", async () => {
    await rejection(list(), "offline", /self-signed certificate/);
  });

  it("takes the account's own authority and shows its client certificate", async () => {
    assert.deepEqual(await list({ ca: cert }), []);
    assert.equal(clients, 0);
    assert.deepEqual(await list({ ca: cert, cert, key }), []);
    assert.equal(clients, 2);
  });

  it("does not look at certificates where told so", async () => {
    assert.deepEqual(await list({ rejectUnauthorized: false }), []);
  });
});
