import assert from "node:assert/strict";
import { rejection } from "../../../support/rejection";
import { startAccount, type Account } from "../../../support/desired-account";

const kitchen = {
  name: "Kitchen",
  timezone: "Europe/Rome",
  tags: { floor: "1", room: "kitchen" },
  properties: [
    { variable_name: "temperature", type: "FLOAT", permission: "READ_ONLY", min_value: 21.299999237060547 },
    { variable_name: "lamp", type: "STATUS" },
  ],
};

describe("ensure things", () => {
  let account: Account;
  beforeEach(async () => {
    account = await startAccount();
  });
  afterEach(() => account.stop());

  const addDevice = (name: string): string =>
    account.simulator.store.createDevice({ name }, { userId: account.simulator.userId }).id;
  const thingOf = (name: string) => [...account.simulator.store.things.values()].find((thing) => thing.name === name)!;

  it("makes a thing with all that belongs to it in one write, and writes nothing the second time", async () => {
    const deviceId = addDevice("Board");
    const wanted = { ...kitchen, device: "Board", webhook_uri: "https://example.com/hook", webhook_active: true };
    const first = await account.ensure("things", wanted);
    assert.equal(first.changed, true);
    assert.deepEqual(account.writes(), ["PUT /iot/v2/things"]);
    const thing = thingOf("Kitchen");
    assert.equal(thing.device_id, deviceId);
    assert.deepEqual(thing.tags, kitchen.tags);
    assert.deepEqual(
      thing.properties.map(({ name, type, permission, persist }) => [name, type, permission, persist]),
      [
        ["temperature", "FLOAT", "READ_ONLY", true],
        ["lamp", "STATUS", "READ_WRITE", true],
      ],
    );
    const [entry] = first.plan;
    assert.deepEqual(first.plan.length, 1);
    assert.deepEqual([entry?.action, entry?.kind, entry?.name, entry?.id], ["create", "thing", "Kitchen", thing.id]);
    assert.deepEqual(entry?.changes.properties, { from: null, to: ["temperature (FLOAT)", "lamp (STATUS)"] });
    assert.equal((first.value as { id: string }).id, thing.id);

    const second = await account.ensure("things", wanted);
    assert.deepEqual([second.changed, second.plan], [false, []]);
    assert.equal((second.value as { id: string }).id, thing.id);
    assert.deepEqual(account.writes(), []);
  });

  const oneField: [what: string, change: object, write: RegExp, changes: object][] = [
    [
      "the timezone",
      { timezone: "Asia/Tokyo" },
      /^POST \/iot\/v2\/things\/[^/]+$/,
      { timezone: { from: "Europe/Rome", to: "Asia/Tokyo" } },
    ],
    ["a tag", { tags: { floor: "2" } }, /^PUT \/iot\/v2\/things\/[^/]+\/tags$/, { floor: { from: "1", to: "2" } }],
    [
      "a variable",
      { properties: [{ variable_name: "lamp", name: "Big lamp" }] },
      /^POST .*\/properties\/[^/]+$/,
      { name: { from: "lamp", to: "Big lamp" } },
    ],
    [
      "the webhook",
      { webhook_uri: "https://example.com/" },
      /^POST /,
      { webhook_uri: { from: null, to: "https://example.com/" } },
    ],
  ];
  for (const [what, change, write, changes] of oneField) {
    it(`makes exactly one write where ${what} changes`, async () => {
      await account.ensure("things", kitchen);
      account.writes();
      const wanted = { ...kitchen, ...change };
      const planned = await account.ensure("things", wanted, { dryRun: true });
      assert.deepEqual(account.writes(), []);
      assert.equal(planned.changed, true);
      const { plan } = await account.ensure("things", wanted);
      assert.deepEqual(plan, planned.plan);
      const writes = account.writes();
      assert.equal(writes.length, 1, writes.join());
      assert.match(writes[0]!, write);
      assert.deepEqual(
        plan.map((entry) => entry.changes),
        [changes],
      );
      assert.equal((await account.ensure("things", wanted)).changed, false);
      assert.deepEqual(account.writes(), []);
    });
  }

  it("keeps what an update of a variable does not name", async () => {
    await account.ensure("things", {
      name: "A",
      properties: [{ variable_name: "x", type: "INT", persist: false, max_value: 9 }],
    });
    await account.ensure("things", { name: "A", properties: [{ variable_name: "x", permission: "READ_ONLY" }] });
    const [x] = thingOf("A").properties;
    assert.deepEqual([x?.persist, x?.max_value, x?.permission], [false, 9, "READ_ONLY"]);
  });

  it("plans what is missing without making it", async () => {
    const { value, plan, changed } = await account.ensure("things", [kitchen], { dryRun: true });
    assert.deepEqual([changed, value, plan[0]?.id], [true, [null], null]);
    assert.deepEqual(account.writes(), []);
  });

  it("renames by id, and refuses an id that is not there", async () => {
    await account.ensure("things", kitchen);
    const { id } = thingOf("Kitchen");
    account.writes();
    await account.ensure("things", { id, name: "Cellar" });
    assert.equal(thingOf("Cellar").id, id);
    assert.deepEqual(account.writes(), [`POST /iot/v2/things/${id}`]);
    const unknown = "00000000-0000-4000-8000-000000000000";
    const without = account.ensure("things", [{ id: unknown, name: "Attic" }]);
    await rejection(without, "not_found", /^item 0 \(thing "Attic"\): there is no thing with the id 0000/);
    await rejection(account.ensure("things", [{ id: unknown }]), "not_found");
    // An id of before it was made anew.
    const found = await account.ensure("things", { id: unknown, name: "Cellar" });
    assert.deepEqual([found.changed, (found.value as { id: string }).id], [false, id]);
  });

  it("binds a device that is bound elsewhere only with force_device, and frees a thing of its own with null", async () => {
    const id = addDevice("Board");
    await account.ensure("things", [{ name: "A", device: id }, { name: "B" }]);
    account.writes();
    await rejection(
      account.ensure("things", { name: "B", device: "Board" }),
      "conflict",
      /bound to thing "A".*force_device/,
    );
    assert.deepEqual(account.writes(), []);
    await account.ensure("things", { name: "B", device: "Board", force_device: true });
    assert.deepEqual([thingOf("A").device_id, thingOf("B").device_id], [undefined, id]);
    assert.equal(account.writes().length, 1);
    await account.ensure("things", { name: "B", device: "" });
    assert.equal(thingOf("B").device_id, id);
    await account.ensure("things", { name: "B", device: null });
    assert.equal(thingOf("B").device_id, undefined);
    await rejection(
      account.ensure("things", { name: "B", device: "Bord" }),
      "not_found",
      /item 0 .*Close names: "Board"/,
    );
  });

  it("warns of what is odd, and of what the service has not done", async () => {
    const warnings: string[] = [];
    const onWarning = (message: string) => void warnings.push(message);
    addDevice("Board");
    account.simulator.choices.emptyDeviceUnbinds = false;
    await account.ensure("things", { name: "A", device: "Board" }, { onWarning });
    assert.deepEqual(warnings, []);
    await account.ensure("things", { name: "A", device: null }, { onWarning });
    assert.deepEqual(warnings, ['The service has not done what was asked: update thing "A" (device_id).']);
    const wanted = { name: "A", properties: [{ variable_name: "x", type: "BRAND_NEW_TYPE" }] };
    await account.ensure("things", wanted, { onWarning, dryRun: true });
    assert.equal(warnings.length, 2);
    assert.match(warnings[1]!, /item 0.*type/);
  });

  it("prunes only what is confirmed", async () => {
    await account.ensure("things", [kitchen, { name: "Shed" }, { name: "Attic" }]);
    account.writes();
    const wanted = [{ name: "Kitchen", tags: { floor: "1" }, properties: [{ variable_name: "lamp" }] }];
    assert.equal((await account.ensure("things", wanted)).changed, false);
    for (const confirm of [undefined, 3, 5]) {
      const options = { prune: true, ...(confirm === undefined ? {} : { confirm }) };
      const error = await rejection(account.ensure("things", wanted, options), "precondition_failed", /would remove 4/);
      assert.match(error.message, /tag "Kitchen: room", property "Kitchen: temperature", thing "Shed", thing "Attic"/);
    }
    assert.deepEqual(account.writes(), []);
    const planned = await account.ensure("things", wanted, { prune: true, dryRun: true });
    assert.deepEqual(
      planned.plan.map(({ action }) => action),
      ["delete", "delete", "delete", "delete"],
    );
    await account.ensure("things", wanted, { prune: true, confirm: 4 });
    assert.equal(account.writes().length, 4);
    assert.notEqual(thingOf("Shed").deleted_at, undefined);
    assert.equal((await account.ensure("things", wanted, { prune: true })).changed, false);
  });

  it("prunes nothing beside a single object", async () => {
    await account.ensure("things", [kitchen, { name: "Shed" }]);
    const wanted = { name: "Kitchen", properties: [{ variable_name: "lamp" }] };
    const { plan } = await account.ensure("things", wanted, { prune: true, confirm: 1 });
    assert.deepEqual(
      plan.map(({ kind, name }) => [kind, name]),
      [["property", "Kitchen: temperature"]],
    );
  });

  it("makes nothing twice where answers are lost and the service fails", async () => {
    const { faults, store } = account.simulator;
    faults.rest.push({ method: "PUT", match: "/iot/v2/things", drop: true, afterEffect: true });
    faults.rest.push({ method: "PUT", match: "/iot/v2/things", status: 500 });
    const names = ["A", "B", "C"];
    const { plan } = await account.ensure(
      "things",
      names.map((name) => ({ ...kitchen, name })),
    );
    assert.equal(plan.length, 3);
    assert.deepEqual([...store.things.values()].map(({ name }) => name).sort(), names);
  });

  it("stops when it is cancelled, and reports how far it is", async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    const wanted = Array.from({ length: 5 }, (_, index) => ({ name: `Thing ${index}` }));
    const work = account.ensure("things", wanted, {
      signal: controller.signal,
      onProgress: ({ done, total }) => {
        assert.equal(total, 5);
        seen.push(done);
        if (done === 2) controller.abort();
      },
    });
    await rejection(work, "cancelled");
    assert.deepEqual(seen, [0, 1, 2]);
    assert.equal(account.writes().length, 2);
  });

  const circle: Record<string, unknown> = { name: "Circle" };
  circle.tags = circle;
  // eslint-disable-next-line no-sparse-arrays -- a hole is what a flow may send
  const holes = [kitchen, , kitchen];
  const bad: [what: string, wanted: unknown, says: RegExp][] = [
    ["a hole", holes, /^item 1: nothing is no thing/],
    ["null", null, /^item 0: null is no thing/],
    ["a text", "Kitchen", /^item 0: "Kitchen" is no thing/],
    ["a circle", [circle], /^item 0: tags is circular/],
    [
      "NaN",
      { name: "A", properties: [{ variable_name: "x", type: "INT", min_value: NaN }] },
      /^item 0: properties\[0\]\.min_value is NaN/,
    ],
    [
      "an unknown field",
      { name: "A", timezon: "x" },
      /^item 0 \(thing "A"\): a thing has no field "timezon".*"timezone"/,
    ],
    ["a wrong kind", { name: "A", webhook_active: "yes" }, /webhook_active is "yes"; expected is true or false/],
    ["no name", { timezone: "Europe/Rome" }, /^item 0: name is missing/],
    ["a name that the API refuses", { name: "Küche 🍳" }, /^item 0 .*create thing.*name must/],
    [
      "a mistyped type",
      { name: "A", properties: [{ variable_name: "x", type: "FLAOT" }] },
      /properties\[0\]\.type.*FLOAT/,
    ],
    [
      "no type",
      { name: "A", properties: [{ variable_name: "x" }] },
      /properties\[0\] \(property "x"\): type is missing/,
    ],
    ["two of a name", [kitchen, kitchen], /^item 1 .*the same thing as item 0/],
  ];
  for (const [what, wanted, says] of bad) {
    it(`refuses ${what} before anything is written`, async () => {
      const list = Array.isArray(wanted) ? wanted : [wanted];
      await rejection(account.ensure("things", list), "invalid_input", says);
      assert.deepEqual(account.writes(), []);
    });
  }

  it("says which things share a name", async () => {
    const scope = { userId: account.simulator.userId };
    for (const name of ["Twin", "Twin"]) account.simulator.store.createThing({ name }, scope);
    await rejection(account.ensure("things", { name: "Twin" }), "ambiguous", /^item 0 \(thing "Twin"\)/);
  });
});
