import assert from "node:assert/strict";
import type { Board } from "../../simulator/boards/board";
import { accountOf, completeOf, flowTab, propertyIn, propertyOut, sink, watchers } from "../support/flows";
import { type House, startHouse } from "../support/simulated-account";
import { until } from "../support/wait";
import { type NodeRed, type Received, startNodeRed } from "../support/node-red";
import { assertNoSecrets } from "../support/secrets";

describe("outages, seen from a real Node-RED", function () {
  this.timeout(60_000);
  let house: House;
  let red: NodeRed;
  let board: Board;
  /** How many entries there were before the test, by list. */
  let start: { heard: number; errors: number; statuses: number; writes: number; connects: number };

  before(async () => {
    house = await startHouse({
      variables: { counter: "INT", queued: "INT", latest: "INT", overflow: "INT", rejected: "INT" },
    });
    board = await house.board();
    red = await startNodeRed();
  });
  after(async () => {
    try {
      await assertNoSecrets(red, house);
    } finally {
      await red.stop();
      await house.stop();
    }
  });
  beforeEach(() => {
    start = {
      heard: red.received("heard").length,
      errors: red.received("errors").length,
      statuses: red.received("statuses").length,
      writes: house.writes().length,
      connects: house.simulator.observed.connects.length,
    };
  });
  afterEach(async () => {
    red.check();
    // What a failed test left would make all that follow fail.
    Object.assign(house.simulator.faults, { tokenStatus: null, refuseConnect: null, subackRefuse: [] });
    await house.simulator.restDown(false);
    await house.simulator.brokerDown(false);
    await until("the board", () => board.ready);
  });

  const users = (): number => house.simulator.observed.connections.filter(({ kind }) => kind === "user").length;
  const online = (): Promise<void> =>
    until("the session", () =>
      house.simulator.observed.connections.some((client) => client.kind === "user" && client.subscriptions.length > 0),
    );
  /** Property in for the counter, and a property out per way to wait. */
  const deploy = (more: Record<string, unknown> = {}): Promise<void> =>
    red.deploy([
      flowTab,
      accountOf(house, more),
      ...watchers,
      propertyIn(house, "heard", { thing: "House", property: "counter" }),
      sink("heard"),
      propertyOut("out", { thing: "House", property: "counter" }),
      ...completeOf("out", "completed"),
      propertyOut("queued", { thing: "House", property: "queued" }),
      propertyOut("latest", { thing: house.thingId, property: "latest", whenOffline: "latest" }),
      propertyOut("overflow", { thing: "House", property: "overflow", queueLimit: 3 }),
      propertyOut("rejected", { thing: "House", property: "rejected", whenOffline: "reject" }),
    ]);
  const heard = (): unknown[] =>
    red
      .received("heard")
      .slice(start.heard)
      .map(({ payload }) => payload);
  const written = (variable: string): unknown[] =>
    house
      .writes()
      .slice(start.writes)
      .filter((write) => write.variable === variable)
      .map(({ value }) => value);
  const refusals = (code: number): number =>
    house.simulator.observed.connects.slice(start.connects).filter(({ returnCode }) => returnCode === code).length;
  const tokenAnswers = (status: number): number =>
    house.simulator.observed.requests.filter((request) => request.status === status && /token$/.test(request.path))
      .length;

  /** Waits until property in has said so many times, since the test began, that it will try again. */
  const retries = (count: number): Promise<void> =>
    until(`${count} failed attempts`, () => {
      const shown = red.received("statuses").slice(start.statuses);
      const states = shown.map(({ status }) => status as { text: string; source: { id: string } });
      return states.filter(({ text, source }) => source.id === "in-heard" && text.startsWith("↻")).length >= count;
    });

  /** Everything works: each of these values, sent before, is written and echoed once, and so is one more. */
  async function assertNothingLost(...values: number[]): Promise<void> {
    await until(`the writes ${values.join()}`, () => written("counter").length >= values.length);
    await online();
    await until("the board", () => board.ready);
    const last = 1_000 + start.writes;
    red.send("out", { payload: last });
    await until("a value both ways", () => heard().includes(last));
    assert.deepEqual(written("counter"), [...values, last]);
    assert.equal(heard().filter((value) => value === last).length, 1);
  }

  it("goes on when the broker drops the connection, again and again", async () => {
    await deploy();
    await online();
    const before = red.received("completed").length;
    // What is dropped before its acknowledgement has come is sent again, and rightly so.
    const done = (count: number): Promise<void> =>
      until(`${count} acknowledged`, () => red.received("completed").length === before + count);
    red.send("out", { payload: 1 });
    await done(1);
    house.simulator.dropAll({ users: true });
    await until("the loss", () => users() === 0);
    red.send("out", { payload: 2 });
    await done(2);
    house.simulator.dropAll({ users: true });
    red.send("out", { payload: 3 });
    await assertNothingLost(1, 2, 3);
  });

  it("goes on when the token is revoked, for REST and broker", async () => {
    await deploy();
    await online();
    const other = house.addThing("Later", { counter: "INT" });
    house.simulator.tokens.revokeAll();
    red.send("out", { payload: 1 });
    // The new thing has to be looked up with a new token.
    red.send("queued", { payload: 1 });
    house.simulator.dropAll({ users: true });
    await assertNothingLost(1);
    house.simulator.store.deleteThing(other);
  });

  for (const status of [503, 401]) {
    it(`goes on when the token service answers ${status}, then works`, async () => {
      await deploy();
      await online();
      const earlier = tokenAnswers(status);
      house.simulator.faults.tokenStatus = status;
      house.simulator.tokens.revokeAll();
      house.simulator.dropAll({ users: true });
      await until("the loss", () => users() === 0);
      red.send("out", { payload: 1 });
      await until("the refusal", () => tokenAnswers(status) > earlier);
      red.send("out", { payload: 2 });
      house.simulator.faults.tokenStatus = null;
      await assertNothingLost(1, 2);
    });
  }

  for (const code of [5, 3] as const) {
    it(`starts when the broker refuses at the very start (CONNACK ${code}), then accepts`, async () => {
      house.simulator.faults.refuseConnect = code;
      await deploy();
      red.send("out", { payload: 1 });
      await until("two refusals", () => refusals(code) >= 2);
      red.send("out", { payload: 2 });
      house.simulator.faults.refuseConnect = null;
      await assertNothingLost(1, 2);
    });
  }

  it("goes on when the broker refuses for a while", async () => {
    await deploy();
    await online();
    house.simulator.faults.refuseConnect = "socket";
    house.simulator.dropAll({ users: true });
    await until("the loss", () => users() === 0);
    red.send("out", { payload: 1 });
    await retries(2);
    house.simulator.faults.refuseConnect = 5;
    await until("a refusal", () => refusals(5) >= 1);
    house.simulator.faults.refuseConnect = null;
    await assertNothingLost(1);
  });

  it("starts when the whole cloud is absent at the deploy, and comes later", async () => {
    await house.simulator.brokerDown(true);
    await house.simulator.restDown(true);
    await deploy();
    red.send("out", { payload: 1 });
    red.send("out", { payload: "2" });
    await retries(2);
    assert.equal(red.received("errors").length, start.errors);
    await house.simulator.brokerDown(false);
    await retries(3);
    await house.simulator.restDown(false);
    await assertNothingLost(1, 2);
  });

  it("does as each property out says with what comes in an outage", async () => {
    await deploy();
    await online();
    const losses = (): number => red.log().split("It is tried again").length;
    const earlier = losses();
    await house.simulator.brokerDown(true);
    await until("the loss", () => losses() > earlier);
    for (const node of ["queued", "latest", "overflow", "rejected"]) {
      for (const payload of [1, 2, 3, 4, 5]) red.send(node, { payload });
    }
    const errorsOf = (node: string): [unknown, unknown][] =>
      red
        .received("errors")
        .slice(start.errors)
        .filter((message) => faultOf(message).source.id === node)
        .map((message) => [message.payload, faultOf(message).code]);
    await until("the refusals", () => errorsOf("rejected").length === 5);
    await house.simulator.brokerDown(false);
    await until("all writes", () => house.writes().length - start.writes >= 9);
    for (const node of ["queued", "latest", "overflow", "rejected"]) {
      red.send(node, { payload: 6 });
      await until(`a later value of ${node}`, () => written(node).includes(6));
    }
    assert.deepEqual(written("queued"), [1, 2, 3, 4, 5, 6]);
    assert.deepEqual(written("latest"), [5, 6]);
    assert.deepEqual(written("overflow"), [3, 4, 5, 6]);
    assert.deepEqual(written("rejected"), [6]);
    const all = (code: string, ...payloads: number[]): [unknown, unknown][] => payloads.map((value) => [value, code]);
    assert.deepEqual(errorsOf("queued"), []);
    assert.deepEqual(errorsOf("latest"), all("superseded", 1, 2, 3, 4));
    assert.deepEqual(errorsOf("overflow"), all("queue_full", 1, 2));
    assert.deepEqual(errorsOf("rejected"), all("offline", 1, 2, 3, 4, 5));
  });

  it("sends 200 values at once to one variable in order, at the pace", async () => {
    const completed = red.received("completed").length;
    await deploy({ messagesPerSecond: 50 });
    await online();
    const values = Array.from({ length: 200 }, (_, index) => index);
    const started = performance.now();
    for (const payload of values) red.send("out", { payload });
    await until("all echoes", () => heard().length >= 200);
    assert.ok(performance.now() - started > 2_500, "200 values at 50 a second take several seconds");
    assert.deepEqual(written("counter"), values);
    assert.deepEqual(heard(), values);
    await until("all completions", () => red.received("completed").length - completed === 200);
  });

  it("says forbidden where a subscription is refused, and goes on with the rest", async () => {
    const refused = house.addThing("Refused", { counter: "INT" });
    house.simulator.faults.subackRefuse = [`/a/t/${refused}/e/o`];
    await red.deploy([
      flowTab,
      accountOf(house),
      ...watchers,
      propertyIn(house, "heard", { property: "counter" }),
      propertyIn(house, "heard", { id: "in-refused", thing: refused, property: "counter" }),
      sink("heard"),
    ]);
    await until("the status", () =>
      red.received("statuses").some(({ status }) => {
        const { source, text, fill } = status as { source: { id: string }; text: string; fill: string };
        return source.id === "in-refused" && fill === "red" && text.endsWith("forbidden");
      }),
    );
    await board.report({ counter: 77 });
    await until("the value", () => heard().includes(77));
    house.simulator.store.deleteThing(refused);
  });
});

function faultOf(message: Received): { code: string; source: { id: string } } {
  return message.error as { code: string; source: { id: string } };
}
