import assert from "node:assert/strict";
import { CloudAccount } from "../../../cloud/account";
import { operation } from "../../../cloud/rest/operations/index";
import { type House, startHouse } from "../../support/simulated-account";
import { until } from "../../support/wait";

describe("what an account tells of its activity", () => {
  let house: House;
  let account: CloudAccount;
  let debug: string[];
  let trace: string[];

  beforeEach(async () => {
    house = await startHouse();
    [debug, trace] = [[], []];
    account = new CloudAccount(
      house.account,
      {
        onMalformed: (topic) => assert.fail(topic),
        onFault: (reason) => assert.fail(String(reason)),
        log: { debug: (line) => debug.push(line), trace: (line) => trace.push(line) },
      },
      { timings: { retryDelayMs: () => 100 } },
    );
  });
  afterEach(async () => {
    await account.close();
    await house.stop();
  });

  /** Waits for so many lines of a kind at debug. */
  const told = (line: RegExp, count = 1): Promise<void> =>
    until(`a line like ${String(line)}`, () => debug.filter((one) => line.test(one)).length >= count);
  const listen = (thingId = house.thingId): (() => void) =>
    account.feed.listen(thingId, "reported", "", { value: () => undefined });
  const write = (variable: string, value: unknown): Promise<unknown> =>
    new Promise((settle) =>
      account.writer.write({
        ...{ as: "user", owner: "spec", thing: house.thingId, whenOffline: "queue", queueLimit: 10 },
        ...{ values: new Map([[variable, value]]), settle },
      }),
    );

  it("is a line for each attempt to connect, each loss and each wait", async () => {
    const { host } = new URL(house.account.brokerUrl);
    house.simulator.faults.refuseUsers = true;
    account.session.start();
    await told(new RegExp(`^Not connected to ${host} after [\\d.]+ m?s, server_error: The broker ${host} refused`), 2);
    await told(/^Connecting again in 100 ms, after server_error: The broker/, 2);
    house.simulator.faults.refuseUsers = false;
    await told(new RegExp(`^Connected to ${host} in [\\d.]+ m?s\\.$`));
    house.simulator.dropAll({ users: true });
    await told(new RegExp(`^The connection to ${host} has ended after [\\d.]+ m?s: The connection to the broker was`));
    await told(/^Connected/, 2);
  });

  it("is a line for each subscription, granted or refused, and for its end", async () => {
    const foreign = "00000000-0000-4000-8000-000000000000";
    const ends = [listen(), listen(foreign)];
    account.session.start();
    await told(new RegExp(`^Subscribed to /a/t/${house.thingId}/e/o in [\\d.]+ m?s\\.$`));
    await told(new RegExp(`^Not allowed to subscribe to /a/t/${foreign}/e/o \\([\\d.]+ m?s\\)\\.$`));
    ends.forEach((end) => end());
    await told(new RegExp(`^Unsubscribed from /a/t/${house.thingId}/e/o\\.$`));
  });

  it("is a line for each request with operation, status, time and tries, and for each pause", async () => {
    const { faults } = house.simulator;
    faults.rest = [
      { match: "/things", status: 429, headers: { "Retry-After": "1" } },
      { match: "/things", drop: true },
    ];
    await account.rest.directory.things();
    await told(/^token: request \(POST \/iot\/v1\/clients\/token\): 200 in [\d.]+ m?s \(1 try\)\.$/);
    await told(/^The service asks for a pause: no request for 1 s\.$/);
    await told(/^things: list \(GET \/iot\/v2\/things\): 429 rate_limited\. Trying again in 1 s\.$/);
    await told(/^things: list \(GET \/iot\/v2\/things\): the cloud could not be reached .* Trying again in \d+ ms\.$/);
    await told(/^things: list \(GET \/iot\/v2\/things\): 200 in [\d.]+ m?s \(3 tries, [\d.]+ s in all\)\.$/);
    const missing = { path: { id: "00000000-0000-4000-8000-000000000000" } };
    await assert.rejects(account.rest.client.call(operation("things_v2#show"), missing));
    await told(/^things: get .*: 404 not_found in [\d.]+ m?s \(1 try, [\d.]+ m?s in all\)\.$/);
  });

  it("tells of a renewal", async () => {
    house.simulator.faults.tokenLifetime = 60;
    await account.close();
    const events = { onMalformed: () => undefined, onFault: () => undefined };
    const log = { debug: (line: string) => debug.push(line) };
    account = new CloudAccount(house.account, { ...events, log }, { timings: { renewalShare: 0.005 } });
    account.session.start();
    await told(/^Renewing the connection, as its login nears its end\.$/);
    await told(/^Connected/, 2);
    await told(/^The connection to .* has ended after/);
  });

  it("is at trace the topic and size of each message", async () => {
    listen();
    account.session.start();
    await told(/^Subscribed/);
    const board = await house.board();
    assert.equal(await write("counter", 7), undefined);
    await until("the answer of the board", () => trace.length >= 2);
    const topic = `/a/t/${house.thingId}/e`;
    assert.match(trace[0] ?? "", new RegExp(`^Sending \\d+ bytes to ${topic}/i\\.$`));
    assert.match(trace[1] ?? "", new RegExp(`^Received \\d+ bytes on ${topic}/o\\.$`));
    assert.deepEqual(board.writes, [{ variable: "counter", value: 7 }]);
  });

  it("holds no secret, no token and no value, also where the cloud quotes one, and never two lines", async () => {
    const value = "a value that nobody else\nmay see";
    listen();
    account.session.start();
    await told(/^Subscribed/);
    const board = await house.board();
    assert.equal(await write("message", value), undefined);
    await until("the report", () => board.writes.length > 0 && trace.length >= 2);
    house.simulator.faults.rest = [
      { status: 429, body: { detail: `${value} came too soon` } },
      { status: 400, body: { detail: `${value} is not valid` } },
    ];
    const path = { id: house.thingId, pid: house.propertyIds.message ?? "" };
    const publish = account.rest.client.call(operation("properties_v2#publish"), { path, body: { value } });
    await assert.rejects(publish, /nobody else/);
    await told(/: 429 rate_limited\. Trying again in /);
    await told(/: 400 invalid_input in /);
    const lines = [...debug, ...trace];
    assert.ok(lines.every((line) => !line.includes("\n")));
    const { requests } = house.simulator.observed;
    const tokens = requests.map(({ headers }) => String(headers.authorization ?? "").replace(/^bearer /i, ""));
    const secrets = [house.account.clientSecret, house.account.clientId, "nobody else", ...tokens];
    for (const secret of secrets.filter((text) => text !== "")) {
      assert.ok(!lines.some((line) => line.includes(secret)), "a secret or value is in a line");
    }
  });
});
