import assert from "node:assert/strict";
import { isCredentials, isTransient } from "../../../../../cloud/core/errors";
import { Http } from "../../../../../cloud/rest/transport/http";
import { TokenSource, type TokenSettings } from "../../../../../cloud/rest/transport/access-token";
import { FakeClock } from "../../../../support/fake-clock";
import {
  jwt,
  secrets,
  startFakeCloud,
  tokenBody,
  userId,
  type FakeCloud,
  type Reply,
} from "../../../../support/fake-api";
import { rejection } from "../../../../support/rejection";
import { until } from "../../../../support/wait";

describe("token source", () => {
  let cloud: FakeCloud;
  let clock: FakeClock;
  let http: Http;

  beforeEach(async () => {
    cloud = await startFakeCloud();
    clock = new FakeClock();
    http = new Http({ clock });
  });
  afterEach(async () => {
    http.close();
    await cloud.stop();
    assert.equal(clock.waiting, 0, "a timer is left");
  });

  function source(settings: Partial<TokenSettings> = {}): TokenSource {
    const endpoints = { tokenUrl: `${cloud.url}/iot/v1/clients/token`, audience: "https://api2.arduino.cc/iot" };
    return new TokenSource({ endpoints, ...secrets, http, clock, ...settings });
  }

  it("asks with the client's credentials and reads user and life", async () => {
    const token = await source().get();
    assert.equal(token.userId, userId);
    assert.equal(token.lifetimeMs, 300_000);
    assert.equal(token.expiresAt, clock.monotonic() + 300_000);
    const [seen] = cloud.tokenRequests;
    assert(seen !== undefined);
    assert.equal(seen.method, "POST");
    assert.equal(seen.headers["content-type"], "application/x-www-form-urlencoded");
    assert.equal(seen.headers["x-organization"], undefined);
    assert.deepEqual(Object.fromEntries(new URLSearchParams(seen.body)), {
      grant_type: "client_credentials",
      client_id: secrets.clientId,
      client_secret: secrets.clientSecret,
      audience: "https://api2.arduino.cc/iot",
    });
  });

  it("names the space in the form and in a header", async () => {
    await source({ organization: "space-1" }).get();
    const [seen] = cloud.tokenRequests;
    assert.equal(seen?.headers["x-organization"], "space-1");
    assert.equal(new URLSearchParams(seen.body).get("organization_id"), "space-1");
  });

  it("shares one request among all who ask at once", async () => {
    const tokens = source();
    const given = await Promise.all(Array.from({ length: 50 }, (_, index) => tokens.get({ fresh: index % 2 === 0 })));
    assert.equal(new Set(given.map(({ value }) => value)).size, 1);
    assert.equal(cloud.tokenRequests.length, 1);
  });

  it("lets one caller go without taking the token from the others", async () => {
    const tokens = source();
    const abort = new AbortController();
    const given = tokens.get();
    const gone = tokens.get({ signal: abort.signal });
    abort.abort();
    await rejection(gone, "cancelled");
    assert.equal((await given).userId, userId);
    assert.equal(cloud.tokenRequests.length, 1);
  });

  it("renews ahead of expiry: in the last 30 s of five minutes, in the last fifth of ten seconds", async () => {
    for (const [lifetime, ahead] of [
      [300, 30_000],
      [10, 2_000],
    ] as const) {
      cloud.lifetime = lifetime;
      const tokens = source();
      const first = await tokens.get();
      await clock.advance(lifetime * 1_000 - ahead - 1);
      assert.equal((await tokens.get()).value, first.value);
      await clock.advance(2);
      const second = await tokens.get();
      assert.notEqual(second.value, first.value);
    }
  });

  it("gives a fresh token where one is wanted, and the life that is asked for", async () => {
    const tokens = source();
    const first = await tokens.get();
    await clock.advance(29_000);
    assert.equal((await tokens.get({ fresh: true })).value, first.value);
    await clock.advance(2_000);
    assert.equal((await tokens.get({ minLifeMs: 260_000 })).value, first.value);
    const second = await tokens.get({ fresh: true });
    assert.notEqual(second.value, first.value);
    await clock.advance(100_000);
    assert.notEqual((await tokens.get({ minLifeMs: 200_001 })).value, second.value);
    assert.equal(cloud.tokenRequests.length, 3);
    // A wish for more than a token ever has is met by a new one, not by asking again and again.
    await tokens.get({ minLifeMs: 1e9 });
    assert.equal(cloud.tokenRequests.length, 3);
  });

  it("goes on with the old token when a renewal ahead of time fails, until it has expired", async () => {
    const tokens = source();
    const first = await tokens.get();
    cloud.tokenReplies = [{ status: 503 }];
    await clock.advance(280_000);
    assert.equal((await tokens.get()).value, first.value);
    await rejection(tokens.get({ fresh: true }), "server_error");
    await clock.advance(20_000);
    await rejection(tokens.get(), "server_error");
  });

  it("does not go on with the old token when the secret is refused", async () => {
    const tokens = source();
    await tokens.get();
    cloud.tokenReplies = [{ status: 401 }];
    await clock.advance(280_000);
    await rejection(tokens.get(), "unauthorized");
  });

  it("forgets the token that was refused, and only that", async () => {
    const tokens = source();
    const first = await tokens.get();
    tokens.invalidate("another");
    assert.equal((await tokens.get()).value, first.value);
    tokens.invalidate(first.value);
    assert.notEqual((await tokens.get()).value, first.value);
  });

  it("counts life by its own clock, whatever time of day the token carries", async () => {
    const claims = { "http://arduino.cc/id": userId, iat: 1_000, exp: 1_060 };
    const lives: [unknown, number][] = [
      [120, 120_000],
      ["120", 120_000],
      [undefined, 60_000],
      [-5, 60_000],
      ["soon", 60_000],
      [null, 60_000],
    ];
    for (const [stated, lifetime] of lives) {
      cloud.tokenReplies = [{ body: { access_token: jwt(claims), expires_in: stated } }];
      const token = await source().get();
      assert.equal(token.lifetimeMs, lifetime, String(stated));
      assert.equal(token.expiresAt, clock.monotonic() + lifetime);
    }
    cloud.tokenReplies = [{ body: { access_token: jwt({ "http://arduino.cc/id": userId }) } }];
    assert.equal((await source().get()).lifetimeMs, 300_000);
  });

  const refusals: [Reply, Parameters<typeof rejection>[1], RegExp][] = [
    [{ status: 400 }, "unauthorized", /HTTP 400.*Check the client id and the client secret/],
    [{ status: 401, body: { detail: "bad key", id: "3F1F" } }, "unauthorized", /"bad key".*clie…/],
    [{ status: 403, body: "<html>no</html>" }, "unauthorized", /HTTP 403/],
    [{ status: 429, body: "slow down" }, "rate_limited", /try again/],
    [{ status: 500 }, "server_error", /HTTP 500/],
    [{ status: 503, body: "\u0000<!doctype" }, "server_error", /HTTP 503/],
    [{ status: 302, headers: { location: "http://127.0.0.1:1/" } }, "server_error", /base URL/],
    [{ status: 404 }, "server_error", /base URL/],
    [{ body: "<html>Log in to the hotel</html>" }, "server_error", /not JSON/],
    [{ body: [] }, "server_error", /not JSON/],
    [{ body: {} }, "unauthorized", /no access_token/],
    [{ body: tokenBody("a\r\nX-Evil: 1") }, "unauthorized", /no access_token/],
    [{ body: { access_token: 7 } }, "unauthorized", /no access_token/],
    [{ body: tokenBody("abc") }, "unauthorized", /not a JWT/],
    [{ body: tokenBody("a.b.c") }, "unauthorized", /payload.*cannot be read/],
    [{ body: tokenBody(jwt({ sub: "me" })) }, "unauthorized", /no claim http:\/\/arduino.cc\/id/],
    [{ body: tokenBody(jwt({ "http://arduino.cc/id": { a: 1 } })) }, "unauthorized", /not a user id/],
    [{ body: tokenBody(jwt({ "http://arduino.cc/id": "a/b #" })) }, "unauthorized", /not a user id/],
    ["drop", "offline", /could not be reached/],
  ];
  for (const [reply, code, says] of refusals) {
    it(`fails with ${code} for ${JSON.stringify(reply).slice(0, 60)}`, async () => {
      cloud.tokenReplies = [reply];
      const error = await rejection(source().get(), code, says);
      assert(isTransient(error));
      assert.equal(isCredentials(error), code === "unauthorized");
    });
  }

  it("fails with timeout when nobody answers, and asks anew afterwards", async () => {
    cloud.tokenReplies = ["silence"];
    const tokens = source();
    const given = rejection(tokens.get(), "timeout", /30 seconds/);
    await until("the request", () => cloud.tokenRequests.length > 0);
    await clock.advance(30_000);
    await given;
    cloud.tokenReplies = [];
    assert.equal((await tokens.get()).userId, userId);
  });

  it("says what is missing before it asks", async () => {
    await rejection(source({ clientId: "" }).get(), "not_configured", /client id is missing/);
    await rejection(source({ clientSecret: "" }).get(), "not_configured", /client secret is missing/);
    assert.equal(cloud.tokenRequests.length, 0);
  });

  it("keeps secrets that the service echoes", async () => {
    const { clientId, clientSecret } = secrets;
    const detail = `No ${clientId} with ${clientSecret} or ${encodeURIComponent(clientSecret)}`;
    cloud.tokenReplies = [{ status: 401, body: { detail, id: clientSecret } }];
    const error = await rejection(source().get(), "unauthorized");
    assert.equal(error.detail, "No … with … or …");
  });
});
