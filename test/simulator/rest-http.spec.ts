import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "../../simulator";
import { until } from "../support/wait";
import { askToken, request, tokenOf } from "./support/arduino-client";

const errorType = "application/vnd.goa.error+json";

describe("simulator REST: token, conventions and faults", () => {
  let simulator: Simulator;
  let token: string;

  beforeEach(async () => {
    simulator = await startSimulator();
    token = await tokenOf(simulator);
  });
  afterEach(() => simulator.stop());

  const list = (): ReturnType<typeof request> => request(simulator, "GET", "/iot/v2/things", { token });
  const detail = (text: string): unknown => (JSON.parse(text) as { detail: unknown }).detail;

  describe("token", () => {
    it("is a JWT with the user's id, for 300 s", async () => {
      const { status, body } = await askToken(simulator);
      assert.deepEqual([status, body.token_type, body.expires_in], [200, "Bearer", 300]);
      const [header, payload] = String(body.access_token)
        .split(".")
        .map((part) => Buffer.from(part, "base64url").toString());
      assert.match(header!, /"typ":"JWT"/);
      const claims = JSON.parse(payload!) as Record<string, unknown>;
      assert.equal(claims["http://arduino.cc/id"], simulator.userId);
      assert.equal(Number(claims.exp) - Number(claims.iat), 300);
    });

    it("is given for JSON too", async () => {
      const body = {
        grant_type: "client_credentials",
        client_id: simulator.clientId,
        client_secret: simulator.clientSecret,
        audience: "https://api2.arduino.cc/iot",
      };
      assert.equal((await request(simulator, "POST", "/iot/v1/clients/token", { body })).status, 200);
    });

    it("carries the space of the field or the header", async () => {
      const { organizationId } = simulator;
      for (const { body } of [
        await askToken(simulator, { organization_id: organizationId }),
        await askToken(simulator, {}, { "x-organization": organizationId }),
      ]) {
        assert.equal(simulator.tokens.verify(String(body.access_token))?.organizationId, organizationId);
      }
      const stranger = "7fe6ae4b-45ba-4d3c-9d3e-6c1e3ff40a31";
      assert.equal((await askToken(simulator, { organization_id: stranger })).status, 403);
      assert.equal((await askToken(simulator, { organization_id: "home" })).status, 400);
    });

    it("is refused with a wrong secret, grant or audience", async () => {
      const wrong = await askToken(simulator, { client_secret: "wrong" });
      assert.deepEqual([wrong.status, wrong.body.code], [401, "unauthorized"]);
      assert.equal((await askToken(simulator, { client_id: "nobody" })).status, 401);
      assert.equal((await askToken(simulator, { grant_type: "password" })).status, 400);
      const audience = await askToken(simulator, { audience: "https://example.org" });
      assert.equal(audience.status, 400);
      assert.match(String(audience.body.detail), /audience/);
    });

    it("ends with its life and when it is revoked", async () => {
      simulator.faults.tokenLifetime = 1.5;
      await until("an answer within its life", async () => {
        token = await tokenOf(simulator);
        return (await list()).status === 200;
      });
      await until("the token's end", () => simulator.tokens.verify(token) === undefined);
      assert.equal((await list()).status, 401);
      simulator.faults.tokenLifetime = 300;
      token = await tokenOf(simulator);
      simulator.tokens.revokeAll();
      const { status, type, text } = await list();
      assert.deepEqual([status, type], [401, errorType]);
      assert.match(String(detail(text)), /expired/);
    });

    it("fails on order", async () => {
      simulator.faults.tokenStatus = 503;
      assert.equal((await askToken(simulator)).status, 503);
      simulator.faults.tokenStatus = 429;
      const { status, text } = await request(simulator, "POST", "/iot/v1/clients/token", { body: {} });
      assert.deepEqual([status, text], [429, "You have reached maximum request limit."]);
    });
  });

  it("wants a bearer token", async () => {
    for (const headers of [{}, { authorization: "Basic abc" }, { authorization: "Bearer abc" }]) {
      assert.equal((await request(simulator, "GET", "/iot/v2/things", { headers })).status, 401);
    }
  });

  it("answers vendor media types, empty successes and empty 404s", async () => {
    const body = { name: "thing" };
    const made = await request(simulator, "PUT", "/iot/v2/things", { token, body });
    assert.deepEqual([made.status, made.type], [201, "application/vnd.arduino.thing+json"]);
    assert.equal((await list()).type, "application/vnd.arduino.thing+json; type=collection");
    const { id } = JSON.parse(made.text) as { id: string };
    const missing = await request(simulator, "GET", "/iot/v2/things/nothing", { token });
    assert.deepEqual([missing.status, missing.type, missing.text], [404, null, ""]);
    const property = await request(simulator, "GET", `/iot/v2/things/${id}/properties/nothing`, { token });
    assert.deepEqual([property.status, property.type], [404, errorType]);
    const gone = await request(simulator, "DELETE", `/iot/v2/things/${id}`, { token });
    assert.deepEqual([gone.status, gone.type, gone.text], [200, null, ""]);
  });

  it("takes forms, and refuses what is no JSON", async () => {
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const form = await request(simulator, "PUT", "/iot/v2/things", {
      token,
      headers,
      body: "name=formed&webhook_active=true",
    });
    assert.equal(form.status, 201);
    assert.equal((JSON.parse(form.text) as Record<string, unknown>).webhook_active, true);
    for (const body of ["{", "[]", '"text"', '{"name":{}}']) {
      const { status, type } = await request(simulator, "PUT", "/iot/v2/things", { token, body });
      assert.deepEqual([status, type], [400, errorType], body);
    }
    assert.equal((await request(simulator, "GET", "/iot/v2/things?show_deleted=maybe", { token })).status, 400);
    assert.equal((await request(simulator, "GET", "/iot/v9/nothing", { token })).status, 404);
  });

  it("limits requests in a second to ten, in plain text, per client", async () => {
    const other = simulator.store.createUser();
    const answers = await Promise.all(Array.from({ length: 60 }, list));
    const limited = answers.filter(({ status }) => status === 429);
    const times = simulator.observed.requests.map(({ at }) => at);
    const seconds = 1 + Math.ceil((Math.max(...times) - Math.min(...times)) / 1_000);
    assert.ok(limited.length >= 60 - 10 * seconds && limited.length <= 50, `${limited.length} of 60 were limited`);
    const { text, type, headers } = limited[0]!;
    assert.equal(text, "You have reached maximum request limit.");
    assert.deepEqual([type, headers.get("retry-after")], ["text/plain", null]);
    const { accessToken } = await simulator.tokens.mint({ userId: other.id });
    assert.equal((await request(simulator, "GET", "/iot/v2/things", { token: accessToken })).status, 200);
    await until("the next second", async () => (await list()).status === 200);
    Object.assign(simulator.faults, { requestsPerSecond: 0, retryAfter: 7 });
    assert.equal((await list()).headers.get("retry-after"), "7");
  });

  describe("ordered faults", () => {
    it("answer for as many requests as ordered, where they fit", async () => {
      simulator.faults.rest.push(
        { match: "/devices", status: 500 },
        { match: /things$/, method: "get", times: 2, status: 503, headers: { "x-proxy": "1" }, body: "<html>" },
      );
      const { status, type, text, headers } = await list();
      assert.deepEqual([status, type, text, headers.get("x-proxy")], [503, "text/plain", "<html>", "1"]);
      assert.equal((await list()).status, 503);
      assert.equal((await list()).status, 200);
      assert.equal(simulator.faults.rest.length, 1);
      const devices = await request(simulator, "GET", "/iot/v2/devices", { token });
      assert.deepEqual([devices.status, devices.type], [500, errorType]);
    });

    it("drop the connection, delay, or answer badly after the effect", async () => {
      simulator.faults.rest.push({ drop: true });
      await assert.rejects(list());
      simulator.faults.rest.push({ delayMs: 100 });
      const before = Date.now();
      assert.equal((await list()).status, 200);
      assert.ok(Date.now() - before >= 95);
      const create = (name: string): ReturnType<typeof request> =>
        request(simulator, "PUT", "/iot/v2/things", { token, body: { name } });
      simulator.faults.rest.push({ status: 500 });
      assert.equal((await create("without effect")).status, 500);
      simulator.faults.rest.push({ status: 502, afterEffect: true });
      assert.equal((await create("bad answer")).status, 502);
      simulator.faults.rest.push({ drop: true, afterEffect: true });
      await assert.rejects(create("no answer"));
      assert.deepEqual(
        [...simulator.store.things.values()].map(({ name }) => name),
        ["bad answer", "no answer"],
      );
      assert.deepEqual(
        simulator.observed.requests.slice(-3).map(({ status }) => status),
        [500, 502, 0],
      );
    });

    it("change the body of an answer, after the effect, and make one where there was none", async () => {
      simulator.faults.rest.push({ alter: (body) => body.replace("House", "Home") });
      const made = await request(simulator, "PUT", "/iot/v2/things", { token, body: { name: "House" } });
      assert.deepEqual([made.status, (JSON.parse(made.text) as { name: string }).name], [201, "Home"]);
      const [thing] = simulator.store.things.values();
      assert.equal(thing?.name, "House");
      simulator.faults.rest.push({ alter: (body) => `${body}[17]` });
      const gone = await request(simulator, "DELETE", `/iot/v2/things/${thing.id}`, { token });
      assert.deepEqual([gone.status, gone.text], [200, "[17]"]);
      assert.equal(simulator.observed.requests.at(-1)?.status, 200);
    });

    it("take the REST face down and up again on its port", async () => {
      const slow = simulator.faults.rest.push({ delayMs: 60_000 });
      assert.equal(slow, 1);
      const hanging = assert.rejects(list());
      await until("the request", () => simulator.faults.rest.length === 0);
      await simulator.restDown(true);
      await hanging;
      await assert.rejects(list());
      await simulator.restDown(false);
      assert.equal((await list()).status, 200);
    });
  });

  it("notes what it saw", async () => {
    await request(simulator, "PUT", "/iot/v2/things?force=true", { token, body: { name: "seen" } });
    const { at, headers, ...seen } = simulator.observed.requests.at(-1)!;
    assert.deepEqual(seen, {
      method: "PUT",
      path: "/iot/v2/things",
      query: { force: "true" },
      body: { name: "seen" },
      status: 201,
    });
    assert.equal(headers.authorization, `Bearer ${token}`);
    assert.ok(Math.abs(at - Date.now()) < 10_000);
  });
});
