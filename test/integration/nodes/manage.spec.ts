import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type House, startHouse } from "../../support/simulated-account";
import { answerOf, errorsOf, requestsTo, startManage } from "../../support/manage-flow";
import type { TestRuntime, Received } from "../../support/node-helper";

describe("arduino-cloud-manage", () => {
  let house: House;
  let bench: TestRuntime;

  beforeEach(async () => (house = await startHouse()));

  const requests = (): string[] => requestsTo(house);
  const start = async (more: object = {}, account: object = {}): Promise<TestRuntime> =>
    (bench = await startManage(house, more, account));
  const ask = async (message: object, more?: object): Promise<Received> => answerOf(await start(more), message);
  const failure = async (message: object, more: object = {}): Promise<{ code: string; message: string }> => {
    const runtime = await start(more);
    runtime.node("manage").receive(message);
    const [error] = errorsOf(await runtime.arrived("caught"));
    assert.deepEqual([runtime.at("out").length, runtime.at("completed").length], [0, 0]);
    return error!;
  };

  it("has history sent by e-mail, under the API's name and under ours", async () => {
    const payload = {
      from: "2026-03-01T00:00:00Z",
      to: "2026-03-02T00:00:00Z",
      properties: [house.propertyIds["counter"], house.propertyIds["relay"]],
    };
    for (const operation of ["export", "historic-data"]) {
      const answer = await ask({ payload }, { resource: "series", operation });
      assert.deepEqual([answer.payload, answer["statusCode"]], [null, 202]);
      await bench.unload();
    }
    const { code, message } = await failure(
      { payload: {}, operation: "export" },
      { resource: "series", operation: "" },
    );
    assert.equal(code, "invalid_input");
    assert.match(message, /from/);
  });

  it("answers payload and status, and keeps the rest of the message", async () => {
    const answer = await ask({ payload: 1, mine: { kept: true } });
    assert.deepEqual(
      (answer.payload as { id: string }[]).map(({ id }) => id),
      [house.thingId],
    );
    assert.deepEqual([answer["statusCode"], answer["mine"]], [200, { kept: true }]);
    await bench.arrived("completed");
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
    for (const odd of [
      "/iot/v2/../v1/clients",
      "//example.com/iot",
      "/iot/v2/things?x=1",
      "/iot/%2e%2e/x",
      "/etc/x",
      "",
    ])
      runtime.node("manage").receive({ method: "GET", path: odd });
    runtime.node("manage").receive({ operation: "things_v2#lst" });
    runtime.node("manage").receive({});
    const caught = errorsOf(await runtime.arrived("caught", 8));
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
    const caught = errorsOf(await runtime.arrived("caught", cases.length));
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
    await bench.unload();
    assert.match((await failure({}, { resource: "thing" })).message, /no resource "thing"/);
  });

  it("uploads a Buffer or a file, alone or with options", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "ota-"));
    const file = path.join(folder, "sketch.ota");
    await writeFile(file, Buffer.alloc(100_000, 7));
    const runtime = await start({ resource: "devices", operation: "upload-ota", device: "" });
    const uploads = [Buffer.alloc(1_000, 1), file, { ota_file: Buffer.alloc(10), async: true, expire_in_mins: 5 }];
    for (const [index, payload] of uploads.entries()) {
      const board = { name: `Opta-${index}`, type: "opta" };
      const { id: deviceId } = house.simulator.store.createDevice(board, { userId: house.simulator.userId });
      runtime.node("manage").receive({ payload, deviceId });
      const answers = await runtime.arrived("out", index + 1);
      assert.ok([200, 202].includes(Number(answers[index]?.["statusCode"])));
    }
    runtime.node("manage").receive({ payload: path.join(folder, "nothing.ota"), deviceId: "Board" });
    runtime.node("manage").receive({ payload: 7, deviceId: "Board" });
    const caught = errorsOf(await runtime.arrived("caught", 2)).map(({ message }) => message);
    assert.ok(caught.some((message) => message.includes("cannot be read (ENOENT)")));
    assert.ok(caught.some((message) => message.includes("there is no file")));
    await rm(folder, { recursive: true });
  });

  it("takes a device's blank serial, as Arduino's command line tool sends it", async () => {
    const payload = { name: "Generic", type: "login_and_secretkey_wifi", serial: "" };
    const answer = await ask({ operation: "create", payload }, { resource: "devices", operation: "" });
    assert.equal((answer.payload as { serial: string }).serial, "");
  });

  it("sends the body of its form, whatever the message brings", async () => {
    const body = JSON.stringify({ name: "Greenhouse" });
    const runtime = await start({ operation: "create", body });
    runtime.node("manage").receive({ payload: { name: "Shed" } });
    runtime.node("manage").receive({ payload: { name: "Shed" }, topic: "kept" });
    const answers = await runtime.arrived("out", 2);
    assert.deepEqual(
      answers.map(({ payload }) => (payload as { name: string }).name),
      ["Greenhouse", "Greenhouse"],
    );
    await runtime.unload();
    const ensured = await ask({}, { operation: "ensure", body: JSON.stringify([{ name: "Kitchen" }]) });
    assert.equal((ensured.payload as { changed: boolean }).changed, true);
    await bench.unload();
    const { code, message } = await failure({}, { operation: "create", body: "{name" });
    assert.equal(code, "not_configured");
    assert.match(message, /"body" is no JSON/);
  });

  it("ensures a wanted state, and plans it", async () => {
    const runtime = await start({ operation: "ensure" });
    const payload = { name: "Shed", timezone: "Europe/Rome" };
    for (const [index, message] of [{ dryRun: true }, {}, {}].entries()) {
      runtime.node("manage").receive({ payload: { ...payload }, ...message });
      await runtime.arrived("out", index + 1);
    }
    assert.deepEqual(
      runtime.at("out").map(({ payload: result }) => (result as { changed: boolean }).changed),
      [true, true, false],
    );
    assert.equal(requests().filter((request) => request.startsWith("PUT")).length, 1);
    runtime.node("manage").receive({ payload, prune: "yes" });
    const [error] = errorsOf(await runtime.arrived("caught"));
    assert.match(error?.message ?? "", /msg\.prune must be true or false/);
  });

  it("makes a fleet from a template, and copies a dashboard under another name", async () => {
    const runtime = await start({ operation: "export-template", thing: "House" });
    runtime.node("manage").receive({});
    const template = (await runtime.arrived("out"))[0]?.payload;
    await runtime.unload();
    const fleet = await start({ operation: "create-from-template" });
    fleet.node("manage").receive({ payload: { template, copies: [{ name: "One" }, { name: "Two" }] } });
    await fleet.arrived("out");
    const made = [...house.simulator.store.things.values()].filter(({ name }) => ["One", "Two"].includes(name));
    assert.deepEqual(
      made.map(({ properties }) => properties.length),
      [6, 6],
    );
    await fleet.unload();
    const dashboards = await start({ resource: "dashboards", operation: "" });
    dashboards.node("manage").receive({ operation: "create", payload: { name: "Home" } });
    await dashboards.arrived("out");
    dashboards.node("manage").receive({ operation: "clone", dashboardId: "Home", payload: { name: "Away" } });
    const [, copy] = await dashboards.arrived("out", 2);
    assert.equal((copy?.payload as { name: string }).name, "Away");
  });
});
