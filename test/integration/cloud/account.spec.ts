import assert from "node:assert/strict";
import { CloudAccount } from "../../../cloud/account";
import type { LiveValue } from "../../../cloud/live-values/value-feed";
import { encodeWrite } from "../../../cloud/codec/senml-encode";
import { type Clock, systemClock } from "../../../cloud/core/clock";
import type { SessionTimings } from "../../../cloud/mqtt/timings";
import type { CloudError } from "../../../cloud/core/errors";
import type { WriteRequest } from "../../../cloud/live-values/value-writer";
import { type House, startHouse } from "../../support/simulated-account";
import { steadyClock } from "../../support/steady-clock";
import { until } from "../../support/wait";

describe("CloudAccount against the simulator", () => {
  let house: House;
  let account: CloudAccount;
  let received: LiveValue[];
  const malformed: string[] = [];

  beforeEach(async () => {
    house = await startHouse();
    received = [];
    malformed.length = 0;
    account = open();
  });
  afterEach(async () => {
    await account.close();
    await house.stop();
  });

  /** Opens an account; it tries again soon, as the rules of waiting have unit specs. */
  function open(
    more: Partial<House["account"]> = {},
    timings: Partial<SessionTimings> = {},
    clock: Clock = systemClock,
  ): CloudAccount {
    return new CloudAccount(
      { ...house.account, ...more },
      { onMalformed: (topic) => malformed.push(topic), onFault: (reason) => assert.fail(String(reason)) },
      { clock, timings: { retryDelayMs: () => 100, ...timings } },
    );
  }
  /** Opens the account anew, with other settings, timings or another clock. */
  async function reopen(...given: Parameters<typeof open>): Promise<void> {
    await account.close();
    account = open(...given);
  }
  /** Destroys each request until the function that this returns; resolves when one has failed. */
  async function restFails(during: () => void): Promise<() => void> {
    const { faults, observed } = house.simulator;
    faults.rest = [{ drop: true, times: Infinity }];
    const before = observed.requests.length;
    during();
    await until("a request that fails", () => observed.requests.length > before);
    return () => (faults.rest = []);
  }
  const listen = (variable = "", direction: "reported" | "requested" = "reported"): (() => void) =>
    account.feed.listen(house.thingId, direction, variable, { value: (live) => received.push(live) });
  const online = (): Promise<void> => until("online", () => account.session.state.name === "online");
  const values = (): unknown[] => received.map((live) => live.value);
  const users = (): number => house.simulator.observed.connections.filter(({ kind }) => kind === "user").length;

  function write(variable: string, value: unknown, more: Partial<WriteRequest> = {}, by = account) {
    return new Promise<CloudError | undefined>((resolve) => {
      by.writer.write({
        as: "user",
        owner: "spec",
        thing: house.thingId,
        values: new Map([[variable, value]]),
        whenOffline: "queue",
        queueLimit: 1000,
        settle: resolve,
        ...more,
      });
    });
  }

  it("receives what the board reports, as it is", async () => {
    listen();
    account.session.start();
    await online();
    const board = await house.board();
    received.length = 0;
    for (const report of [
      { temperature: 21.3 },
      { counter: 0 },
      { relay: false },
      { message: "" },
      { counter: -1 },
      { lamp: { swi: false, hue: 30.5, sat: 50, bri: 70 } },
    ]) {
      await board.report(report);
    }
    await until("all values", () => received.length >= 6);
    assert.deepEqual(values(), [21.3, 0, false, "", -1, { swi: false, hue: 30.5, sat: 50, bri: 70 }]);
  });

  it("writes as a dashboard does, and gets the board's echo", async () => {
    listen("counter");
    account.session.start();
    const board = await house.board();
    assert.equal(await write("counter", " 42 "), undefined);
    await until("the echo", () => received.some((live) => live.value === 42));
    assert.deepEqual(board.writes, [{ variable: "counter", value: 42 }]);
  });

  it("survives malformed bytes and delivers the next good value", async () => {
    listen();
    account.session.start();
    await online();
    const topic = `/a/t/${house.thingId}/e/o`;
    house.simulator.inject(topic, Buffer.from("9affffffff", "hex"));
    house.simulator.inject(topic, encodeWrite({ property: "counter", value: 7 }));
    await until("the good value", () => received.length === 1);
    assert.deepEqual([values(), malformed], [[7], [topic]]);
  });

  it("loses and repeats nothing while the session is renewed", async () => {
    house.simulator.faults.tokenLifetime = 60;
    await reopen({}, { renewalShare: 0.005 }, steadyClock());
    listen();
    account.session.start();
    await online();
    const device = await house.device();
    const { connects } = house.simulator.observed;
    const sent: number[] = [];
    // The device's own connection, the account's first one, and three renewals.
    while (connects.length < 5 || sent.length < 500) {
      // The same few bytes again and again, as boards send them.
      const value = sent.length % 2 === 0 ? sent.length : 1;
      sent.push(value);
      await device.publishAsync(`/a/t/${house.thingId}/e/o`, encodeWrite({ property: "counter", value }), { qos: 1 });
    }
    await until("the last value", () => received.length >= sent.length);
    assert.deepEqual(values(), sent);
    await until("two connections at most", () => users() <= 2);
  });

  it("reconnects after a drop, and sends what came meanwhile in order", async () => {
    account.session.start();
    const board = await house.board();
    assert.equal(await write("counter", 0), undefined);
    await house.simulator.brokerDown(true);
    await until("the loss", () => account.session.state.name !== "online");
    const outcomes = [1, 2, 3, 4, 5].map((value) => write("counter", value));
    await house.simulator.brokerDown(false);
    await until("the board is back", () => board.ready);
    assert.deepEqual(await Promise.all(outcomes), [undefined, undefined, undefined, undefined, undefined]);
    // The board may have been away a little longer than the session: what matters is the broker's record.
    const sent = house.simulator.observed.publishes.filter(({ topic }) => topic.endsWith("/e/i")).length;
    assert.equal(sent, 6);
  });

  it("keeps only the newest value of an outage with latest", async () => {
    account.session.start();
    await online();
    assert.equal(await write("counter", 0), undefined);
    await house.simulator.brokerDown(true);
    await until("the loss", () => account.session.state.name !== "online");
    const outcomes = [1, 2, 3].map((value) => write("counter", value, { whenOffline: "latest" }));
    await house.simulator.brokerDown(false);
    const codes = (await Promise.all(outcomes)).map((error) => error?.code);
    assert.deepEqual(codes, ["superseded", "superseded", undefined]);
  });

  it("refuses at once with reject, and gives up the oldest beyond the limit", async () => {
    await house.simulator.brokerDown(true);
    account.session.start();
    assert.equal((await write("counter", 1, { whenOffline: "reject" }))?.code, "offline");
    const outcomes = [1, 2, 3, 4].map((value) => write("counter", value, { queueLimit: 2 }));
    assert.deepEqual(
      (await Promise.all(outcomes.slice(0, 2))).map((error) => error?.code),
      ["queue_full", "queue_full"],
    );
    await house.simulator.brokerDown(false);
    assert.deepEqual(await Promise.all(outcomes.slice(2)), [undefined, undefined]);
  });

  it("waits with a message until REST is back to tell the type", async () => {
    account.session.start();
    await online();
    let outcome: Promise<CloudError | undefined> | undefined;
    const restWorks = await restFails(() => {
      outcome = write("temperature", 21);
    });
    restWorks();
    assert.equal(await outcome, undefined);
  });

  it("sends 60 values in order, no faster than the pace", async () => {
    await reopen({ messagesPerSecond: 100 });
    account.session.start();
    await online();
    assert.equal(await write("counter", 0), undefined);
    const started = performance.now();
    const outcomes = Array.from({ length: 60 }, (_, value) => write("counter", value));
    assert.ok((await Promise.all(outcomes)).every((error) => error === undefined));
    // Twenty may go out together after a rest.
    assert.ok(performance.now() - started > 390, "60 values at 100 a second take nearly half a second");
    const sent = house.writes().map(({ value }) => value);
    assert.deepEqual(sent, [0, ...Array.from({ length: 60 }, (_, value) => value)]);
  });

  it("completes partial objects, one building on the other", async () => {
    account.session.start();
    const board = await house.board();
    assert.match((await write("lamp", { hue: 10 }))?.message ?? "", /components swi, sat, bri are missing/);
    await write("lamp", { swi: true, hue: 1, sat: 2, bri: 3 });
    await until("the echo", () => board.writes.length === 1);
    const outcomes = await Promise.all([write("lamp", { hue: 100 }), write("lamp", { sat: 50 })]);
    assert.deepEqual(outcomes, [undefined, undefined]);
    await until("both", () => board.writes.length === 3);
    assert.deepEqual(board.writes.at(-1)?.value, { swi: true, hue: 100, sat: 50, bri: 3 });
  });

  it("marks what it wrote itself", async () => {
    listen("counter", "requested");
    account.session.start();
    await online();
    const other = open();
    other.session.start();
    await until("the other is online", () => other.session.state.name === "online");
    assert.equal(await write("counter", 1), undefined);
    assert.equal(await write("counter", 2, { thing: "House" }, other), undefined);
    await until("both", () => received.length === 2);
    await other.close();
    assert.deepEqual(
      received.map(({ value, own }) => [value, own]),
      [
        [1, true],
        [2, false],
      ],
    );
  });

  describe("confirmed by the board", () => {
    const confirm = { confirmWithinMs: 30_000 };
    beforeEach(async () => {
      account.session.start();
      await online();
    });

    it("is delivered when the board reports the value back", async () => {
      await house.board();
      assert.equal(await write("temperature", 21.3, confirm), undefined);
      assert.equal(await write("lamp", { swi: true, hue: 1, sat: 2, bri: 3 }, confirm), undefined);
      assert.equal(await write("lamp", { swi: false }, confirm), undefined);
    });

    it("times out when the board takes the value and says nothing, or is not there", async () => {
      const impatient = { confirmWithinMs: 100 };
      const { message = "" } = (await write("counter", 5, impatient)) ?? {};
      assert.match(message, /"counter" = 5 back within 0.1 s; .* no value/);
      const board = await house.board({ echo: false });
      assert.equal((await write("counter", 6, impatient))?.code, "timeout");
      await until("the write", () => board.writes.length > 0);
      assert.deepEqual(board.writes, [{ variable: "counter", value: 6 }]);
    });
  });

  it("reports as the thing's device over REST, in order, also READ_ONLY variables, through an outage of REST", async () => {
    const property = house.simulator.store.propertyNamed(house.thingId, "sensor");
    if (property !== undefined) property.permission = "READ_ONLY";
    listen("sensor");
    account.session.start();
    await online();
    const asDevice = { as: "device" } as const;
    assert.equal((await write("sensor", 1))?.code, "read_only");
    assert.equal(await write("sensor", 1, asDevice), undefined);
    let outcomes: Promise<CloudError | undefined>[] = [];
    const restWorks = await restFails(() => {
      outcomes = [2, 3].map((value) => write("sensor", value, asDevice));
    });
    restWorks();
    assert.deepEqual(await Promise.all(outcomes), [undefined, undefined]);
    await until("all", () => received.length >= 3);
    assert.deepEqual(values(), [1, 2, 3]);
    const lonely = house.addThing("Lonely", { counter: "INT" });
    assert.equal((await write("counter", 1, { ...asDevice, thing: lonely }))?.code, "precondition_failed");
  });

  it("tells a refused subscription, and goes on with the rest", async () => {
    const foreign = "00000000-0000-4000-8000-000000000000";
    const refusals: string[] = [];
    account.feed.listen(foreign, "reported", "", {
      value: () => undefined,
      refused: (error) => refusals.push(error.code),
    });
    listen("counter");
    account.session.start();
    await online();
    house.simulator.inject(`/a/t/${house.thingId}/e/o`, encodeWrite({ property: "counter", value: 3 }));
    await until("the value", () => received.length === 1);
    assert.deepEqual(refusals, ["forbidden"]);
  });

  it("goes on after a revoked token, a token service that fails, and a refused login", async () => {
    listen("counter");
    house.simulator.faults.tokenStatus = 503;
    account.session.start();
    await until("a first failure", () => account.session.state.name === "waiting");
    house.simulator.faults.tokenStatus = 401;
    await until("the refusal", () => account.session.state.name === "refused");
    house.simulator.faults.tokenStatus = null;
    house.simulator.faults.refuseConnect = 5;
    await until("the refused login", () => {
      const { state } = account.session;
      return state.name === "refused" && /CONNACK 5/.test(state.error.message);
    });
    house.simulator.faults.refuseConnect = null;
    await until("online", () => account.session.state.name === "online");
    house.simulator.inject(`/a/t/${house.thingId}/e/o`, encodeWrite({ property: "counter", value: 9 }));
    await until("the value", () => received.length === 1);
  });

  it("notices a link that is half open, and sends again what was not acknowledged", async () => {
    await reopen({}, { acknowledgeTimeoutMs: 500 });
    account.session.start();
    await online();
    assert.equal(await write("counter", 1), undefined);
    house.simulator.halfOpen(true);
    const outcome = write("counter", 2);
    assert.equal(await outcome, undefined);
    await online();
    house.simulator.halfOpen(false);
  });

  it("closes in an outage, and cancels what waits", async () => {
    account.session.start();
    await online();
    await house.simulator.brokerDown(true);
    await until("the loss", () => account.session.state.name === "waiting");
    const outcome = write("counter", 1);
    await account.close();
    assert.equal((await outcome)?.code, "cancelled");
  });
});
