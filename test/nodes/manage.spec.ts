import assert from "node:assert/strict";
import { type House, startHouse, until } from "../support/house";
import { type Bench, load, type Received } from "./support";

interface ItemResult {
  ok: boolean;
  value?: { id: string; name: string };
  error?: { code: string; message: string; statusCode?: number };
}

describe("arduino-cloud-manage", () => {
  let house: House;
  let bench: Bench | undefined;

  beforeEach(async () => (house = await startHouse()));
  afterEach(async () => {
    await bench?.unload();
    bench = undefined;
    await house.stop();
  });

  const requests = (): string[] =>
    house.simulator.observed.requests
      .filter(({ path }) => !path.endsWith("/token"))
      .map(({ method, path }) => `${method} ${path}`);
  const manage = (more: object = {}): Record<string, unknown> => ({
    id: "manage",
    type: "arduino-cloud-manage",
    account: "account",
    resource: "things",
    operation: "list",
    wires: [["out"]],
    ...more,
  });
  const around = [
    { id: "out", type: "helper" },
    { id: "catch", type: "catch", wires: [["caught"]] },
    { id: "caught", type: "helper" },
    { id: "complete", type: "complete", scope: ["manage"], wires: [["completed"]] },
    { id: "completed", type: "helper" },
    { id: "status", type: "status", scope: ["manage"], wires: [["statuses"]] },
    { id: "statuses", type: "helper" },
  ];
  const start = async (more: object = {}, account: object = {}): Promise<Bench> => {
    bench = await load(house, [manage(more), ...around], { requestsPerSecond: 500, ...account });
    return bench;
  };
  const errors = (at: Received[]): { code: string; message: string }[] =>
    at.map(({ error }) => error as { code: string; message: string });
  const ask = async (message: object, more: object = {}): Promise<Received> => {
    const runtime = await start(more);
    runtime.node("manage").receive(message);
    const [answer] = await runtime.arrived("out");
    return answer ?? {};
  };
  const failure = async (message: object, more: object = {}): Promise<{ code: string; message: string }> => {
    const runtime = await start(more);
    runtime.node("manage").receive(message);
    const [error] = errors(await runtime.arrived("caught"));
    assert.deepEqual([runtime.at("out").length, runtime.at("completed").length], [0, 0]);
    return error!;
  };

  it("answers payload and status, and keeps the rest of the message", async () => {
    const answer = await ask({ payload: 1, mine: { kept: true } });
    assert.deepEqual(
      (answer.payload as { id: string }[]).map(({ id }) => id),
      [house.thingId],
    );
    assert.deepEqual([answer["statusCode"], answer["mine"]], [200, { kept: true }]);
    await bench?.arrived("completed");
    assert.deepEqual(requests(), ["GET /iot/v2/things"]);
    assert.equal(house.simulator.observed.connects.length, 0, "managing needs no session with the broker");
  });

  it("takes what the form leaves open from the message, names included", async () => {
    const runtime = await start({ operation: "" });
    runtime.node("manage").receive({ operation: "get", thingId: "House" });
    runtime.node("manage").receive({ operation: "get", thing: { id: house.thingId } });
    const names = (await runtime.arrived("out", 2)).map(({ payload }) => (payload as { name: string }).name);
    assert.deepEqual(names, ["House", "House"]);
    await runtime.unload();
    const set = await start({ resource: "properties", operation: "get", thing: "House", property: "relay" });
    set.node("manage").receive({ operation: "delete", thingId: "Nowhere", propertyId: "counter" });
    const [answer] = await set.arrived("out");
    assert.equal((answer?.payload as { id: string }).id, house.propertyIds["relay"]);
  });

  it("creates, updates, deletes softly, restores and deletes for good", async () => {
    const runtime = await start({ operation: "" });
    let answered = 0;
    const next = async (message: object): Promise<Received> => {
      runtime.node("manage").receive(message);
      return (await runtime.arrived("out", ++answered))[answered - 1]!;
    };
    const created = await next({ operation: "create", payload: { name: "Shed" } });
    assert.equal(created["statusCode"], 201);
    const thingId = (created.payload as { id: string }).id;
    await next({ operation: "update", thingId: "Shed", payload: { name: "Barn" } });
    const deleted = await next({ operation: "delete", thingId, payload: { name: "not sent" } });
    assert.deepEqual([deleted.payload, deleted["statusCode"]], [null, 200]);
    await next({ operation: "restore", thingId, payload: 1 });
    assert.equal(((await next({ operation: "get", thingId: "Barn" })).payload as { id: string }).id, thingId);
    await next({ operation: "delete", thingId, query: { force: true } });
    assert.equal(house.simulator.store.things.has(thingId), false);
  });

  it("deletes for good with the form's force", async () => {
    await ask({ thingId: house.thingId }, { operation: "delete", force: true });
    assert.equal(house.simulator.store.things.has(house.thingId), false);
  });

  it("takes any operation by its official names, and by method and path", async () => {
    const runtime = await start({ resource: "any", operation: "" });
    for (const message of [
      { operation: "things_v2#list" },
      { operation: "thingsV2List" },
      { method: "get", path: "/iot/v2/things" },
      { method: "GET", path: `/iot/v2/things/${house.thingId}` },
    ])
      runtime.node("manage").receive(message);
    await runtime.arrived("out", 4);
    for (const path of [
      "/iot/v2/../v1/clients",
      "//example.com/iot",
      "/iot/v2/things?x=1",
      "/iot/%2e%2e/x",
      "/etc/x",
      "",
    ])
      runtime.node("manage").receive({ method: "GET", path });
    runtime.node("manage").receive({ operation: "things_v2#lst" });
    runtime.node("manage").receive({});
    const caught = errors(await runtime.arrived("caught", 8));
    assert.ok(caught.every(({ code }) => code === "invalid_input"));
    assert.ok(caught.some(({ message }) => message.includes('"things_v2#list"')));
    assert.equal(requests().length, 4);
  });

  it("names what is wrong before it sends anything", async () => {
    const circular: Record<string, unknown> = { name: "Round" };
    circular["self"] = circular;
    const runtime = await start({ operation: "" });
    const cases: [object, RegExp][] = [
      [{}, /no operation is given/],
      [{ operation: "lst" }, /Close names: "list"/],
      [{ operation: "get" }, /no thing is given.*msg\.thingId/],
      [{ operation: "get", thingId: 7 }, /msg\.thingId is of type number/],
      [{ operation: "get", thingId: "../devices" }, /no thing with the id or name/],
      [{ operation: "create", payload: { name: "smile 🙂" } }, /name/],
      [{ operation: "create", payload: circular }, /self/],
      [
        { operation: "create", payload: { name: "x", properties: [{ type: "FLAOT" }] } },
        /properties\[0\]\.type.*FLOAT/,
      ],
      [{ operation: "list", query: { tags: [{}] } }, /query\.tags/],
      [{ operation: "list", query: "force" }, /query must be an object/],
    ];
    for (const [message] of cases) runtime.node("manage").receive(message);
    const caught = errors(await runtime.arrived("caught", cases.length));
    for (const [, expected] of cases)
      assert.ok(
        caught.some(({ message }) => expected.test(message)),
        String(expected),
      );
    assert.deepEqual(requests(), ["GET /iot/v2/things"], "only a name is looked up");
  });

  for (const [status, code] of [
    [400, "invalid_input"],
    [401, "unauthorized"],
    [403, "forbidden"],
    [404, "not_found"],
    [409, "conflict"],
    [412, "precondition_failed"],
    [501, "server_error"],
  ] as const)
    it(`fails with ${code} after HTTP ${status}`, async () => {
      house.simulator.faults.rest.push({ match: "/iot/v2/things", status, times: 2 });
      const error = await failure({});
      assert.equal(error.code, code);
    });

  it("refuses messages without an account or with an unknown resource", async () => {
    assert.equal((await failure({}, { account: "" })).code, "not_configured");
    await bench?.unload();
    assert.match((await failure({}, { resource: "thing" })).message, /no resource "thing"/);
  });

  describe("with an array", () => {
    it("works through the items and tells what became of each", async () => {
      const circular: Record<string, unknown> = { name: "Round" };
      circular["self"] = circular;
      const runtime = await start({ operation: "create" });
      const payload = [{ name: "One" }, null, { name: "Two" }, undefined, circular, "text", { name: "🙂" }];
      // A hole, as a function node may leave it.
      Reflect.deleteProperty(payload, 3);
      runtime.node("manage").receive({ payload, statusCode: 404, mine: 1 });
      const [answer] = await runtime.arrived("out");
      const results = answer?.payload as ItemResult[];
      assert.deepEqual(
        results.map(({ ok, value, error }) => (ok ? value?.name : error?.code)),
        ["One", "invalid_input", "Two", ...Array.from({ length: 4 }, () => "invalid_input")],
      );
      assert.match(results[1]!.error!.message, /^item 1: .*null/);
      assert.match(results[3]!.error!.message, /^item 3: .*missing/);
      assert.match(results[4]!.error!.message, /^item 4: .*self/);
      assert.match(results[6]!.error!.message, /^item 6: .*name/);
      assert.equal("statusCode" in answer!, false);
      const [error] = errors(await runtime.arrived("caught"));
      assert.equal(error?.code, "partial_failure");
      assert.match(error.message, /5 of 7 items failed/);
      assert.equal(runtime.at("completed").length, 0);
    });

    it("updates, deletes and clones by the items' ids, and adds variables to several things", async () => {
      const other = house.addThing("Other", {});
      const runtime = await start({ operation: "" });
      runtime.node("manage").receive({ operation: "clone", payload: [{ id: other, name: "Third" }] });
      await runtime.arrived("out");
      runtime.node("manage").receive({
        operation: "update",
        payload: [
          { id: "Third", name: "Last" },
          { id: other, name: "First" },
        ],
      });
      const results = (await runtime.arrived("out", 2))[1]?.payload as ItemResult[];
      assert.deepEqual(
        results.map(({ value }) => value?.name),
        ["Last", "First"],
      );
      runtime.node("manage").receive({ operation: "delete", payload: [{ id: "Last" }, { name: "no id" }] });
      const deleted = (await runtime.arrived("out", 3))[2]?.payload as ItemResult[];
      assert.deepEqual([deleted[0], deleted[1]?.error?.code], [{ ok: true, value: null }, "invalid_input"]);
      assert.deepEqual([...house.simulator.store.things.values()].filter(({ deleted_at: at }) => at).length, 1);
      await runtime.unload();
      const variable = { type: "INT", permission: "READ_WRITE", update_strategy: "ON_CHANGE" };
      const properties = await start({ resource: "properties", operation: "create" });
      const payload = ["House", "First"].map((thingId) => ({ ...variable, thingId, name: "extra" }));
      properties.node("manage").receive({ payload });
      const [added] = await properties.arrived("out");
      assert.ok((added?.payload as ItemResult[]).every(({ ok }) => ok));
    });

    it("answers an empty array without a request", async () => {
      assert.deepEqual((await ask({ payload: [] }, { operation: "create" })).payload, []);
      assert.deepEqual(requests(), []);
    });

    it("takes 10,000 items", async () => {
      const payload = Array.from({ length: 10_000 }, (_, index) => ({ name: `🙂 ${index}` }));
      const results = (await ask({ payload }, { operation: "create" })).payload as ItemResult[];
      assert.equal(results.length, 10_000);
      assert.match(results[9_999]!.error!.message, /^item 9999: /);
      assert.deepEqual(requests(), [], "what is refused here costs no request");
    });

    it("shows how far it is, and is cancelled by a redeploy", async () => {
      bench = await load(house, [manage({ operation: "create" }), ...around], { requestsPerSecond: 10 });
      const runtime = bench;
      runtime.node("manage").receive({ payload: Array.from({ length: 200 }, (_, index) => ({ name: `T${index}` })) });
      const shown = (): string[] => runtime.at("statuses").map(({ status }) => (status as { text: string }).text);
      await until("progress", () =>
        shown().some((text) => /progress-(?:seconds|minutes)|^\d+\/200, \d+ s$/.test(text)),
      );
      const before = requests().length;
      await runtime.unload();
      bench = undefined;
      assert.equal(runtime.at("out").length, 0);
      await new Promise((resolve) => setTimeout(resolve, 500));
      assert.ok(requests().length <= before + 10, "goes on after the redeploy");
    });
  });
});
