import assert from "node:assert/strict";
import { accountOf } from "../support/flows";
import { type House, startHouse } from "../support/simulated-account";
import type { Editor } from "./editor";
import { openEditor } from "./open-editor";

/** The forms of the nodes that read over REST. */
describe("the forms of property get and device status", function () {
  this.timeout(120_000);
  let house: House;
  let editor: Editor;
  let get: string;
  let status: string;

  before(async function () {
    this.timeout(120_000);
    house = await startHouse();
    house.simulator.store.createDevice({ name: "Spare board" }, { userId: house.simulator.userId });
    house.simulator.store.record(house.thingId, "temperature", 21.5, Date.now());
    ({ editor } = await openEditor([accountOf(house, { name: "House" })]));
    get = await editor.drag("arduino-cloud-property-get", 300, 100);
    status = await editor.drag("arduino-cloud-device-status", 300, 200);
  });

  const input = (field: string) => editor.page.locator(`#node-input-${field}`);
  const hint = (field: string) => editor.page.locator(`#arduino-cloud-${field}-hint`);

  it("have the defaults that the contract names", async () => {
    const fields = ["name", "thing", "thingName", "property", "propertyName", "repeat", "inputs", "outputs"];
    assert.deepEqual(await editor.fields(get, ...fields), ["", "", "", "", "", 0, 1, 1]);
    const others = ["name", "device", "deviceName", "interval", "staleAfter", "inputs", "outputs"];
    assert.deepEqual(await editor.fields(status, ...others), ["", "", "", 60, 0, 0, 1]);
    editor.expectNoTrouble();
  });

  it("property get: picks thing and variable, and wants a thing to repeat", async () => {
    await editor.edit(get);
    await input("account").selectOption("account");
    await hint("thing").getByText("1 thing to choose from.").waitFor();
    await input("repeat").fill("60");
    await editor.done();
    assert.deepEqual(await editor.fields(get, "valid", "repeat"), [false, "60"]);
    await editor.edit(get);
    await hint("thing").getByText("1 thing to choose from.").waitFor();
    await input("thing").click();
    await editor.choices.filter({ hasText: "House" }).click();
    await hint("property").getByText("6 variables to choose from.").waitFor();
    await input("property").click();
    await editor.choices.filter({ hasText: /^temperature/ }).click();
    await editor.expectNoRawKeys();
    await editor.picture("property-get");
    await editor.done();
    assert.deepEqual(await editor.fields(get, "valid", "thing", "thingName", "property", "propertyName", "repeat"), [
      true,
      house.thingId,
      "House",
      "temperature",
      "temperature",
      "60",
    ]);
    editor.expectNoTrouble();
  });

  it("device status: picks a device, and refuses intervals that are none", async () => {
    await editor.edit(status);
    await input("account").selectOption("account");
    await hint("device").getByText("2 devices to choose from.").waitFor();
    await input("device").click();
    await editor.choices.filter({ hasText: "Spare board" }).getByText("no thing").waitFor();
    await editor.picture("device-status-list");
    await editor.choices.filter({ hasText: "House" }).click();
    await editor.chosen("device", "Board").waitFor();
    await input("interval").fill("soon");
    await editor.expectNoRawKeys();
    await editor.picture("device-status");
    await editor.done();
    assert.deepEqual(await editor.fields(status, "valid", "device", "deviceName"), [false, house.deviceId, "Board"]);
    await editor.edit(status);
    await input("interval").fill("1");
    await editor.done();
    assert.deepEqual(await editor.fields(status, "valid"), [true]);
    editor.expectNoTrouble();
  });

  it("show how they do on the canvas, and their help", async () => {
    await editor.deploy();
    const labels = editor.page.locator(".red-ui-flow-node-status-label");
    await labels.filter({ hasText: /^21\.5 · \d\d:\d\d$/ }).waitFor();
    await labels.filter({ hasText: "unknown" }).waitFor();
    await house.board();
    await labels.filter({ hasText: /^online$/ }).waitFor();
    await editor.picture("reading-canvas");
    for (const [id, name] of [
      [get, "property-get"],
      [status, "device-status"],
    ] as const) {
      await editor.page.evaluate((node) => {
        const { RED } = globalThis as unknown as {
          RED: { sidebar: { help: { show(type: string): void } }; nodes: { node(id: string): { type: string } } };
        };
        RED.sidebar.help.show(RED.nodes.node(node).type);
      }, id);
      await editor.picture(`${name}-help`);
      await editor.expectNoRawKeys();
    }
    editor.expectNoTrouble();
  });
});
