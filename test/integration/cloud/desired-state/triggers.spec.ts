import assert from "node:assert/strict";
import { rejection } from "../../../support/rejection";
import { startAccount, type Account } from "../../../support/desired-account";

describe("ensure triggers", () => {
  let account: Account;
  let user: string;
  beforeEach(async () => {
    account = await startAccount();
    user = account.simulator.userId;
    const properties = [
      { variable_name: "open", type: "STATUS" },
      { variable_name: "note", type: "CHARSTRING" },
    ];
    await account.ensure("things", { name: "Door", properties });
    for (const name of ["Board 1", "Board 2"]) account.simulator.store.createDevice({ name }, { userId: user });
    account.writes();
  });
  afterEach(() => account.stop());

  const other = "00000000-0000-4000-8000-000000000001";
  const text = (expression: string) => ({
    expression,
    variables: [
      { placeholder: "b", entity: "THING", attribute: "NAME" },
      { placeholder: "a", entity: "PROPERTY", attribute: "VALUE" },
    ],
  });
  const push = (expression = "It is {a}") => ({
    name: "Tell",
    kind: "NOTIFY-PUSH",
    push_notification: { title: text("Door"), body: text(expression), delivery: { to: [{ id: user }, { id: other }] } },
  });
  const watch = (fields: object = {}) => ({
    name: "Door watch",
    property: { thing: "Door", variable: "open" },
    actions: [push()],
    ...fields,
  });
  const triggerOf = () => [...account.simulator.store.triggers.values()][0]!;

  it("makes one with its actions in one write, and writes nothing the second time", async () => {
    const { plan } = await account.ensure("triggers", watch());
    assert.deepEqual(account.writes(), ["PUT /iot/v1/triggers"]);
    assert.deepEqual(plan[0]?.changes, {
      name: { from: null, to: "Door watch" },
      property: { from: null, to: "Door/open" },
      actions: { from: null, to: ["Tell"] },
    });
    assert.equal(plan[0].id, triggerOf().id);
    const again = watch();
    again.actions[0]!.push_notification.body.variables.reverse();
    again.actions[0]!.push_notification.delivery.to.reverse();
    assert.equal((await account.ensure("triggers", again)).changed, false);
    assert.deepEqual(account.writes(), []);
  });

  it("makes exactly one write where one field changes", async () => {
    await account.ensure("triggers", watch());
    const { id } = triggerOf();
    const [action] = [...account.simulator.store.actions.values()];
    account.writes();
    const steps: [fields: object, write: string, kind: string][] = [
      [{ active: false }, `PATCH /iot/v1/triggers/${id}`, "trigger"],
      [{ property: "Door/note" }, `PATCH /iot/v1/triggers/${id}`, "trigger"],
      [{ property: "Door/note", actions: [push("Now {a}")] }, `PUT /iot/v1/actions/${action!.id}`, "action"],
      [
        { property: "Door/note", actions: [push("Now {a}"), { ...push(), name: "Second" }] },
        "POST /iot/v1/actions",
        "action",
      ],
    ];
    for (const [fields, write, kind] of steps) {
      const { plan } = await account.ensure("triggers", watch(fields));
      assert.deepEqual(account.writes(), [write]);
      assert.deepEqual(
        plan.map((entry) => entry.kind),
        [kind],
      );
      assert.equal((await account.ensure("triggers", watch(fields))).changed, false);
      assert.deepEqual(account.writes(), []);
    }
  });

  it("watches devices by name, in whatever order", async () => {
    const source = (devices: string[], more: object = {}) => ({
      name: "Boards",
      device_status_source: { criteria: "INCLUDE", devices, ...more },
    });
    await account.ensure("triggers", source(["Board 2", "Board 1"]));
    assert.equal(triggerOf().device_status_source?.device_ids?.length, 2);
    account.writes();
    for (const names of [
      ["Board 1", "Board 2"],
      ["Board 2", "Board 1", "Board 2"],
    ]) {
      assert.equal((await account.ensure("triggers", source(names))).changed, false);
    }
    await account.ensure("triggers", source(["Board 1", "Board 2"], { grace_period_offline: 60 }));
    assert.equal(account.writes().length, 1);
    assert.deepEqual(triggerOf().device_status_source?.criteria, "INCLUDE");
    assert.equal(triggerOf().device_status_source?.device_ids?.length, 2);
    await rejection(account.ensure("triggers", source(["Board 3"])), "not_found", /^item 0 .*Close names/);
  });

  it("prunes triggers and actions that are confirmed", async () => {
    await account.ensure("triggers", [
      watch({ actions: [push(), { ...push(), name: "Second" }] }),
      watch({ name: "Old" }),
    ]);
    account.writes();
    await rejection(
      account.ensure("triggers", [watch()], { prune: true }),
      "precondition_failed",
      /remove 2: action "Door watch: Second", trigger "Old"/,
    );
    await account.ensure("triggers", [watch()], { prune: true, confirm: 2 });
    assert.equal(account.writes().length, 2);
    assert.equal((await account.ensure("triggers", [watch()], { prune: true })).changed, false);
  });

  it("reads the actions elsewhere where the list of triggers leaves them out", async () => {
    await account.ensure("triggers", watch());
    const { name, id, property_id } = triggerOf();
    account.simulator.faults.rest.push({
      method: "GET",
      match: /triggers$/,
      body: [{ id, name, property_id: property_id! }],
      status: 200,
    });
    assert.equal((await account.ensure("triggers", watch())).changed, false);
  });

  it("refuses what cannot be before anything is written", async () => {
    await account.ensure("triggers", watch());
    account.writes();
    await rejection(account.ensure("triggers", { name: "X" }), "invalid_input", /property is missing/);
    await rejection(
      account.ensure("triggers", watch({ device_status_source: { criteria: "INCLUDE" } })),
      "invalid_input",
      /exclude each other/,
    );
    await rejection(
      account.ensure("triggers", watch({ actions: [{ name: "Tell", kind: "NOTIFY-EMAIL" }] })),
      "invalid_input",
      /actions\[0\].*kind of an action stays/,
    );
    await rejection(
      account.ensure("triggers", watch({ actions: [{ name: "New" }] })),
      "invalid_input",
      /kind is missing/,
    );
    assert.deepEqual(account.writes(), []);
  });
});
