import assert from "node:assert/strict";
import { accountOf } from "../support/flows";
import { type House, startHouse } from "../support/simulated-account";
import type { NodeRed } from "../support/node-red";
import type { Editor } from "./editor";
import { openEditor } from "./open-editor";
import { propertyTypeRows } from "../../cloud/property-types/table";
import { until } from "../support/wait";

describe("the form of manage", function () {
  this.timeout(120_000);
  let house: House;
  let red: NodeRed;
  let editor: Editor;
  let manage: string;

  before(async function () {
    this.timeout(120_000);
    house = await startHouse();
    // Whoever names things in the cloud must not reach the editor with it.
    house.addThing("<img src=x onerror=alert(1)>", {});
    const place = { z: "tab", y: 200 };
    ({ editor, red } = await openEditor([
      accountOf(house, { name: "House" }),
      {
        id: "debug",
        type: "debug",
        ...place,
        x: 600,
        active: true,
        tosidebar: true,
        complete: "payload",
        targetType: "msg",
        wires: [],
      },
      {
        id: "listing",
        type: "arduino-cloud-manage",
        ...place,
        x: 300,
        account: "account",
        resource: "things",
        operation: "list",
        wires: [["debug"]],
      },
    ]));
    manage = await editor.drag("arduino-cloud-manage", 300, 100);
  });

  const input = (field: string) => editor.page.locator(`#node-input-${field}`);
  const shownTargets = async (): Promise<string[]> => {
    const fields = ["thing", "property", "device", "dashboard", "trigger", "force", "method"];
    const isShown = await Promise.all(fields.map((field) => input(field).isVisible()));
    return fields.filter((_field, index) => isShown[index]);
  };

  it("has the defaults that the contract names, and a label like a sentence", async () => {
    const fields = ["name", "resource", "operation", "thing", "property", "device", "dashboard", "trigger", "force"];
    assert.deepEqual(await editor.fields(manage, ...fields, "inputs", "outputs"), [
      ...["", "things", "list", "", "", "", "", "", false],
      ...[1, 1],
    ]);
    await editor.page.locator(`[id="${manage}"] .red-ui-flow-node-label`, { hasText: "things: list" }).waitFor();
    editor.expectNoTrouble();
  });

  it("shows only what the operation needs", async () => {
    await editor.edit(manage);
    await input("account").selectOption("account");
    assert.deepEqual(await shownTargets(), []);
    const needed: [string, string, string[]][] = [
      ["things", "get", ["thing"]],
      ["things", "delete", ["thing", "force"]],
      ["properties", "update", ["thing", "property"]],
      ["devices", "set-tag", ["device"]],
      ["dashboards", "clone", ["dashboard"]],
      ["triggers", "create", []],
      ["triggers", "restore", ["trigger"]],
      ["things", "ensure", []],
      ["any", "", ["thing", "property", "device", "dashboard", "trigger", "force", "method"]],
      ["any", "dashboards_v2#link", ["dashboard"]],
    ];
    for (const [resource, operation, fields] of needed) {
      await input("resource").selectOption(resource);
      await input("operation").selectOption(operation);
      assert.deepEqual(await shownTargets(), fields, `${resource}: ${operation}`);
    }
    await editor.expectNoRawKeys();
    editor.expectNoTrouble();
  });

  it("tells what the message brings, and keeps what was chosen", async () => {
    await input("resource").selectOption("properties");
    assert.equal(await input("operation").inputValue(), "list");
    await input("operation").selectOption("create");
    const fields = editor.page.locator("#arduino-cloud-manage-fields");
    const lines = (await fields.locator("> ul > li").allInnerTexts()).map((line) => line.replace(/\s+/g, " ").trim());
    assert.deepEqual(lines.slice(0, 4), [
      "name* (required) text",
      "permission* (required) text, one of READ_ONLY, READ_WRITE",
      `type* (required) text, one of ${propertyTypeRows.length} values`,
      "update_strategy* (required) text, one of ON_CHANGE, TIMED",
    ]);
    assert.ok(
      lines.some((line) => /^variable_name text, ≤ 64 characters, /.test(line)),
      lines.join("\n"),
    );
    await fields.getByText("TEMPERATURE_C, ").waitFor({ state: "hidden" });
    await fields.getByText(`one of ${propertyTypeRows.length} values`).click();
    await fields.getByText("TEMPERATURE_C, ").waitFor();
    await input("thing").click();
    await editor.choose(/^House/);
    await editor.picture("manage");
    await editor.done();
    assert.deepEqual(await editor.fields(manage, "resource", "operation", "thing", "thingName", "valid"), [
      "properties",
      "create",
      house.thingId,
      "House",
      true,
    ]);
    await editor.edit(manage);
    assert.deepEqual(
      [await input("resource").inputValue(), await input("operation").inputValue()],
      ["properties", "create"],
    );
    await editor.done();
    editor.expectNoTrouble();
  });

  it("puts a valid body into the form, whose ids are one's own to fill in, and sends it", async () => {
    await editor.edit(manage);
    await editor.page.getByText("Insert an example").click();
    await editor.picture("manage-example");
    await editor.done();
    const [body, valid] = await editor.fields(manage, "body", "valid");
    assert.equal(valid, true);
    assert.equal((JSON.parse(String(body)) as { variable_name: string }).variable_name, "temperature");
    await editor.edit(manage);
    // A dashboard's widgets have ids that whoever creates them chooses, and show variables of one's own.
    await input("resource").selectOption("dashboards");
    await input("operation").selectOption("create");
    await editor.page.getByText("Insert an example").click();
    await editor.page.getByText("put yours in their places").waitFor();
    await editor.done();
    const [dashboard] = await editor.fields(manage, "body");
    assert.doesNotMatch(String(dashboard), /0000-4000-8000/);
    await editor.edit(manage);
    // What an operation does not take is not kept behind its back.
    await input("operation").selectOption("list");
    await editor.done();
    assert.deepEqual(await editor.fields(manage, "operation", "body"), ["list", ""]);
    await editor.edit(manage);
    await input("resource").selectOption("things");
    await input("operation").selectOption("create");
    await editor.page.getByText("Insert an example").click();
    await editor.done();
    const started = red.started();
    await editor.deploy();
    await started;
    red.send(manage, { payload: "of no account" });
    await until("the thing", () =>
      [...house.simulator.store.things.values()].some(({ name }) => name === "Greenhouse"),
    );
    editor.expectNoTrouble();
  });

  it("does what is deployed, and the answer is in the debug sidebar as text", async () => {
    await editor.page.evaluate(() => {
      (globalThis as unknown as { RED: { sidebar: { show(tab: string): void } } }).RED.sidebar.show("debug");
    });
    red.send("listing", {});
    await editor.page.locator(".red-ui-debug-msg").filter({ hasText: "array[3]" }).waitFor();
    await editor.page.locator("#listing .red-ui-flow-node-status-label").filter({ hasText: "done" }).waitFor();
    await editor.picture("manage-result");
    assert.equal(await editor.page.locator("img[src='x']").count(), 0);
    editor.expectNoTrouble();
  });
});
