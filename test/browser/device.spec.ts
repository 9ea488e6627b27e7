import assert from "node:assert/strict";
import type { Browser } from "playwright-core";
import { type House, startHouse } from "../support/house";
import { type NodeRed, startNodeRed } from "../support/node-red";
import { Editor, startBrowser } from "./editor";

/** The form of the device node: one step stands on the last. */
describe("the device form", function () {
  this.timeout(60_000);
  let house: House;
  let red: NodeRed;
  let browser: Browser;
  let editor: Editor;

  before(async function () {
    this.timeout(120_000);
    house = await startHouse();
    house.addThing("Garden", {});
    red = await startNodeRed();
    const { clientId, clientSecret, ...settings } = house.account;
    const credentials = { clientId, clientSecret };
    await red.deploy([
      { id: "tab", type: "tab", label: "Flow" },
      { id: "account", type: "arduino-cloud-account", ...settings, name: "Home", credentials },
    ]);
    browser = await startBrowser();
    editor = await Editor.open(browser, red.url);
  });
  after(async () => {
    await browser.close();
    await red.stop();
    await house.stop();
  });

  const input = (field: string) => editor.page.locator(`#node-config-input-${field}`);
  const things = () => editor.page.locator("#arduino-cloud-device-thing");
  const told = () => editor.page.locator("#arduino-cloud-device-created");
  const open = async (id: string): Promise<void> => {
    await editor.page.evaluate((node) => {
      const { RED } = globalThis as unknown as { RED: { editor: { editConfig(...given: string[]): void } } };
      RED.editor.editConfig("", "arduino-cloud-device", node);
    }, id);
    await editor.page.locator("#node-config-dialog-ok").waitFor();
    await editor.settled();
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

  it("offers the things of the account", async () => {
    await input("account").selectOption("account");
    await things().locator("option", { hasText: "Garden" }).waitFor({ state: "attached" });
    assert.deepEqual(await things().locator("option").allInnerTexts(), [
      "no thing yet",
      "a new thing",
      "Garden",
      "House",
    ]);
    assert.equal(await editor.page.locator("#arduino-cloud-device-new-thing").isVisible(), false);
    editor.expectNoTrouble();
  });

  it("says why a thing can't be had, and creates nothing", async () => {
    await things().selectOption({ label: "House" });
    await editor.page.locator("#arduino-cloud-device-create").click();
    await told().locator(".arduino-cloud-problem").waitFor();
    assert.equal(await createdId(), "");
    assert.equal(house.simulator.store.devices.size, 1);
    editor.expectNoTrouble(/502 .*devices\/create/);
  });

  it("creates a device with a new thing, and shows its id but not its key", async () => {
    await input("name").fill("My Node-RED");
    await things().selectOption({ label: "a new thing" });
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
    while ((await stored()).has_secretKey !== true) await editor.page.waitForTimeout(100);
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
