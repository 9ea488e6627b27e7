import assert from "node:assert/strict";
import { accountOf } from "../support/flows";
import { type House, startHouse } from "../support/simulated-account";
import type { NodeRed } from "../support/node-red";
import { until } from "../support/wait";
import type { Editor } from "./editor";
import { openEditor } from "./open-editor";

/** The form of the device node: one step stands on the last. */
describe("the device form", function () {
  this.timeout(120_000);
  let house: House;
  let red: NodeRed;
  let editor: Editor;

  before(async function () {
    this.timeout(120_000);
    house = await startHouse();
    house.addThing("Garden", {});
    const { store, userId } = house.simulator;
    store.createDevice({ name: "Opta", type: "opta" }, { userId });
    for (let count = 0; count < 2_000; count++) house.addThing(`Thing ${count}`, {});
    ({ editor, red } = await openEditor([accountOf(house, { name: "Home" })]));
  });

  const input = (field: string) => editor.page.locator(`#node-config-input-${field}`);
  const attach = () => editor.page.locator("#arduino-cloud-device-attach");
  const things = () => editor.page.locator("#arduino-cloud-device-thing");
  const hint = (list: "thing" | "id") => editor.page.locator(`#arduino-cloud-device-${list}-hint`);
  const told = () => editor.page.locator("#arduino-cloud-device-created");
  const open = async (id: string): Promise<void> => {
    await editor.page.evaluate((node) => {
      const { RED } = globalThis as unknown as { RED: { editor: { editConfig(...given: string[]): void } } };
      RED.editor.editConfig("", "arduino-cloud-device", node);
    }, id);
    await editor.page.locator("#node-config-dialog-ok").waitFor();
    await editor.formReady();
  };
  const done = async (): Promise<void> => {
    await editor.page.locator("#node-config-dialog-ok").click();
    await editor.page.locator("#node-config-dialog-ok").waitFor({ state: "detached" });
  };
  const createdId = async (): Promise<string> => (await input("deviceId").inputValue()).trim();

  it("asks for an account first", async () => {
    await open("_ADD_");
    await editor.expectNoRawKeys();
    await input("account").selectOption("_ADD_");
    await editor.page.locator("#arduino-cloud-device-create").click();
    await told().getByText("Choose an account first.").waitFor();
  });

  it("offers the things of the account, those with a device last, and keeps what is typed", async () => {
    await input("account").selectOption("account");
    assert.deepEqual(await attach().locator("option").allInnerTexts(), [
      "no thing yet",
      "a new thing",
      "a thing of the account",
    ]);
    for (const field of ["new-thing", "thing"])
      assert.equal(await editor.page.locator(`#arduino-cloud-device-${field}`).isVisible(), false);
    await attach().selectOption("existing");
    await hint("thing").getByText("2002 things to choose from.").waitFor();
    await things().click();
    await editor.choices.first().waitFor();
    assert.match(await editor.choices.first().innerText(), /^Garden/);
    await things().fill("hous");
    await editor.choices.filter({ hasText: "It has a device already." }).waitFor();
    await editor.picture("device-attach");
    await editor.page.keyboard.press("Enter");
    assert.equal(await things().inputValue(), "House");
    assert.match(await hint("thing").innerText(), /It has a device already\.$/);
    await things().fill("Somewhere else");
    await hint("thing").getByText("It is used as typed: an ID or an exact name.").waitFor();
    await editor.page.keyboard.press("Escape");
    assert.equal(await things().inputValue(), "Somewhere else");
    await editor.expectNoRawKeys();
    editor.expectNoTrouble();
  });

  it("asks which thing, says why one can't be had, and creates nothing", async () => {
    await things().fill("");
    await editor.page.keyboard.press("Escape");
    await editor.page.locator("#arduino-cloud-device-create").click();
    await told().getByText("Choose the thing first.").waitFor();
    await things().fill("House");
    await editor.page.keyboard.press("Enter");
    await editor.page.locator("#arduino-cloud-device-create").click();
    await told().getByText("It conflicts with something that exists.").waitFor();
    assert.equal(await createdId(), "");
    assert.equal(house.simulator.store.devices.size, 2);
    editor.expectNoTrouble(/502 .*devices\/create/);
  });

  it("offers the account's devices when the list of IDs is opened, and takes whatever is typed", async () => {
    const lists = (): number =>
      house.simulator.observed.requests.filter(({ path }) => path === "/iot/v2/devices").length;
    assert.equal(lists(), 0);
    await input("deviceId").click();
    await editor.choices.filter({ hasText: /^Opta.*Not a manual device/s }).waitFor();
    assert.match(await editor.choices.first().innerText(), /^Board/);
    await editor.choices.first().click();
    assert.equal(await createdId(), house.deviceId);
    assert.match(await hint("id").innerText(), /^Board/);
    await editor.picture("device-id");
    await input("deviceId").fill("not of this account");
    await editor.page.keyboard.press("Escape");
    assert.equal(await createdId(), "not of this account");
    // It may have been made just now, so the cloud is asked again, once.
    await until("the question", () => lists() === 2);
    await until("the answer", async () => (await hint("id").innerText()) === "");
    await input("deviceId").fill("");
    assert.equal(lists(), 2);
    editor.expectNoTrouble();
  });

  it("creates a device with a new thing, and shows its id but not its key", async () => {
    await input("name").fill("My Node-RED");
    await attach().selectOption("new");
    await editor.page.locator("#arduino-cloud-device-new-thing").fill("Made here");
    await editor.page.locator("#arduino-cloud-device-create").click();
    await told().getByText("attached to Made here").waitFor();
    const device = house.simulator.store.devices.get(await createdId());
    assert.equal(device?.name, "My Node-RED");
    assert.equal(house.simulator.store.thingOfDevice(device.id)?.name, "Made here");
    assert.equal(await input("secretKey").inputValue(), "__PWRD__");
    await editor.picture("device");
    await done();
    await editor.deploy();
    const id = await editor.page.evaluate(() => {
      let found = "";
      const { RED } = globalThis as unknown as {
        RED: { nodes: { eachConfig(visit: (node: { id: string; type: string }) => void): void } };
      };
      RED.nodes.eachConfig(({ id: config, type }) => {
        if (type === "arduino-cloud-device") found = config;
      });
      return found;
    });
    const stored = async (): Promise<{ has_secretKey?: boolean }> =>
      (await (await red.fetch(`/credentials/arduino-cloud-device/${id}`)).json()) as object;
    // The key becomes the node's when it starts, and Node-RED starts it after it has answered.
    await until("the key", async () => (await stored()).has_secretKey === true);
    assert.deepEqual(await stored(), { deviceId: device.id, has_secretKey: true });
    const key = device.secret_key ?? "";
    assert.ok(key.length > 10);
    assert.equal(editor.answers.join("\n").includes(key), false);
    assert.equal(red.log().includes(key), false);
    await open(id);
    assert.deepEqual([await createdId(), await input("secretKey").inputValue()], [device.id, "__PWRD__"]);
    editor.expectNoTrouble();
  });
});
