import assert from "node:assert/strict";
import { systemClock } from "../../../../cloud/core/clock";
import { createRest, type Rest } from "../../../../cloud/rest/index";
import { type Chosen, chooseOperation, type ItemResult, Manager, type Progress } from "../../../../cloud/manage/index";
import { startSimulator, type Simulator } from "../../../../simulator/index";
import { rejection } from "../../../support/rejection";

const nothing = { targets: {}, query: undefined };
const variable = (name: string): Record<string, unknown> => ({
  name,
  variable_name: name,
  type: "FLOAT",
  permission: "READ_WRITE",
  update_strategy: "ON_CHANGE",
});
const choose = (resource: string, operation: string): Chosen =>
  chooseOperation({ resource, operation, method: "", path: "" });

describe("bulk work", () => {
  let simulator: Simulator;
  let rest: Rest;
  let manager: Manager;

  beforeEach(async () => {
    simulator = await startSimulator();
    simulator.faults.requestsPerSecond = null;
    const { restUrl, clientId, clientSecret } = simulator;
    rest = createRest({ baseUrl: restUrl, clientId, clientSecret, requestsPerSecond: 100 });
    manager = new Manager({ rest, clock: systemClock, onWarning: () => undefined });
  });
  afterEach(async () => {
    rest.close();
    await simulator.stop();
  });

  const things = () => [...simulator.store.things.values()];
  const calls = (verb: string): number =>
    simulator.observed.requests.filter(({ method, path }) => method === verb && !path.endsWith("/token")).length;
  const values = (results: ItemResult[]): { id: string; name: string }[] =>
    results.map((result, index) => {
      assert.ok(result.ok, `item ${index}: ${JSON.stringify(result)}`);
      return result.value as { id: string; name: string };
    });

  it("loses and doubles nothing through refusals, faults, lost answers and an expired token", async () => {
    const names = Array.from({ length: 60 }, (_, index) => `Thing ${index % 50}`);
    const order = { match: "/iot/v2/things", method: "PUT" };
    simulator.faults.rest.push({ ...order, status: 429, times: 20 });
    const steps: [made: number, work: () => void][] = [
      [5, () => simulator.faults.rest.push({ ...order, status: 500, times: 5, afterEffect: true })],
      [20, () => simulator.faults.rest.push({ ...order, status: 500, times: 3 })],
      [25, () => simulator.faults.rest.push({ ...order, drop: true, times: 3, afterEffect: true })],
      [35, () => simulator.faults.rest.push({ ...order, drop: true, times: 2 })],
      [45, () => simulator.tokens.revokeAll()],
    ];
    const { store } = simulator;
    const createThing = store.createThing.bind(store);
    store.createThing = (...given) => {
      const thing = createThing(...given);
      while (things().length >= (steps[0]?.[0] ?? Infinity)) steps.shift()?.[1]();
      return thing;
    };
    const results = await manager.runMany(choose("things", "create"), {
      ...nothing,
      body: names.map((name) => ({ name })),
    });
    const made = values(results);
    assert.deepEqual(
      made.map(({ name }) => name),
      names,
    );
    assert.equal(new Set(made.map(({ id }) => id)).size, 60, "each item has a thing of its own");
    assert.equal(things().length, 60);
    assert.deepEqual(simulator.faults.rest, [], "all faults were met");
    const met = simulator.observed.requests.map(({ status }) => status);
    assert.deepEqual(
      [429, 500, 0].map((status) => met.filter((one) => one === status).length),
      [20, 8, 5],
    );
  });

  it("finds what a lost answer had made, and not what was there before or is of another item", async () => {
    const scope = { userId: simulator.userId };
    const before = simulator.store.createThing({ name: "Twin" }, scope).id;
    simulator.faults.rest.push({ match: "/iot/v2/things", method: "PUT", drop: true, afterEffect: true, times: 2 });
    const body = [{ name: "Twin" }, { name: "Twin" }, { name: "Twin" }];
    const ids = values(await manager.runMany(choose("things", "create"), { ...nothing, body })).map(({ id }) => id);
    assert.equal(new Set([...ids, before]).size, 4);
    assert.equal(things().length, 4);
  });

  it("does so for variables too, by variable name within their thing", async () => {
    const scope = { userId: simulator.userId };
    const ids = ["A", "B"].map((name) => simulator.store.createThing({ name }, scope).id);
    simulator.faults.rest.push({ match: "/properties", method: "PUT", status: 502, afterEffect: true, times: 3 });
    const body = ids.flatMap((thingId) => ["one", "two"].map((name) => ({ ...variable(name), thingId })));
    values(await manager.runMany(choose("properties", "create"), { ...nothing, body }));
    assert.deepEqual(
      // After a lost answer another one may come first.
      ids.map((id) =>
        simulator.store.things
          .get(id)
          ?.properties.map(({ name }) => name)
          .sort(),
      ),
      [
        ["one", "two"],
        ["one", "two"],
      ],
    );
    assert.equal(calls("PUT"), 4);
  });

  it("takes what is gone after a lost answer for deleted, and what never was for not found", async () => {
    const id = simulator.store.createThing({ name: "Old" }, { userId: simulator.userId }).id;
    simulator.faults.rest.push({ match: id, method: "DELETE", drop: true, afterEffect: true });
    const body = [{ id }, { id: "00000000-0000-4000-8000-000000000000" }];
    const [deleted, missing] = await manager.runMany(choose("things", "delete"), { ...nothing, body });
    assert.deepEqual(deleted, { ok: true, value: null });
    assert.ok(missing?.ok === false);
    assert.deepEqual([missing.error.code, missing.error.statusCode], ["not_found", 404]);
  });

  it("does not repeat what it could not find again, and says so", async () => {
    const created = await manager.run(choose("dashboards", "create"), { ...nothing, body: { name: "Home" } });
    const id = (created.body as { id: string }).id;
    simulator.faults.rest.push({ match: "/clone", drop: true, afterEffect: true });
    const [result] = await manager.runMany(choose("dashboards", "clone"), {
      ...nothing,
      body: [{ id, overrides: [] }],
    });
    assert.ok(result?.ok === false);
    assert.match(result.error.message, /^item 0: .*It may have been carried out all the same\.$/);
    assert.equal(simulator.observed.requests.filter(({ path }) => path.endsWith("/clone")).length, 1);
  });

  it("keeps what the cloud said about an item that failed", async () => {
    const body = { id: "request 7", code: "conflict", status: 409, detail: "The device is taken." };
    simulator.faults.rest.push({ match: "/iot/v2/things", method: "PUT", status: 409, body });
    const [result] = await manager.runMany(choose("things", "create"), { ...nothing, body: [{ name: "One" }] });
    assert(result?.ok === false);
    const { message, ...facts } = result.error;
    assert.match(message, /^item 0: .*The device is taken/);
    assert.deepEqual(facts, { code: "conflict", statusCode: 409, detail: body.detail, requestId: body.id });
  });

  it("keeps the order of items of one object, whatever fails on the way", async () => {
    const id = simulator.store.createThing({ name: "First" }, { userId: simulator.userId }).id;
    simulator.faults.rest.push({ match: id, method: "POST", status: 500, times: 2 });
    const body = Array.from({ length: 10 }, (_, index) => ({ id, name: `Name ${index}` }));
    values(await manager.runMany(choose("things", "update"), { ...nothing, body }));
    assert.equal(simulator.store.things.get(id)?.name, "Name 9");
  });

  it("reports how far it is, and ends when it is cancelled", async () => {
    rest.close();
    const { restUrl, clientId, clientSecret } = simulator;
    rest = createRest({ baseUrl: restUrl, clientId, clientSecret, requestsPerSecond: 20 });
    manager = new Manager({ rest, clock: systemClock, onWarning: () => undefined });
    const reports: Progress[] = [];
    const abort = new AbortController();
    const body = Array.from({ length: 1_000 }, (_, index) => ({ name: `Thing ${index}` }));
    const work = manager.runMany(
      choose("things", "create"),
      { ...nothing, body },
      {
        signal: abort.signal,
        onProgress: (progress) => {
          reports.push(progress);
          if (reports.length === 3) abort.abort();
        },
      },
    );
    await rejection(work, "cancelled");
    const before = calls("PUT");
    // Later work at the same pace shows that no more of it comes; what was on its way may still arrive.
    const later = Array.from({ length: 20 }, (_, index) => ({ name: `Later ${index}` }));
    values(await manager.runMany(choose("things", "create"), { ...nothing, body: later }));
    assert.ok(calls("PUT") - later.length - before < 10);
    assert.ok(reports.every(({ done, total, secondsLeft }) => done < 100 && total === 1_000 && secondsLeft > 5));
  });

  it("takes the version before where the newest is missing, and asks for it once", async () => {
    simulator.faults.rest.push({ match: "/iot/v3/", status: 404, times: Infinity });
    const created = await manager.run(choose("dashboards", "create"), { ...nothing, body: { name: "Home" } });
    const targets = { dashboard: "Home" };
    const read = await manager.run(choose("dashboards", "get"), { ...nothing, targets, body: undefined });
    assert.equal((read.body as { id: string }).id, (created.body as { id: string }).id);
    const newest = simulator.observed.requests.filter(({ path }) => path.startsWith("/iot/v3/"));
    assert.equal(newest.length, 1);
  });

  it("tells a missing dashboard from a missing version", async () => {
    const targets = { dashboard: "00000000-0000-4000-8000-000000000000" };
    const call = manager.run(choose("dashboards", "get"), { ...nothing, targets, body: undefined });
    assert.match((await rejection(call, "not_found")).message, /\/iot\/v3\/dashboards/);
  });
});
