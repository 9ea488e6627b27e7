import assert from "node:assert/strict";
import type { Browser } from "playwright-core";
import { accountOf } from "../support/flows";
import { type House, startHouse } from "../support/simulated-account";
import type { NodeRed } from "../support/node-red";
import { Editor } from "./editor";
import { openEditor } from "./open-editor";

const hostile = `<img src=x onerror="alert(1)"> "quoted" 'name' 🚀 שלום`;
const propertyIn = "property-in";
const propertyOut = "property-out";
const temperature = {
  property: "temperature",
  propertyName: "temperature",
  direction: "reported",
  emit: "all",
  deadband: 0,
  initial: false,
};
const lamp = { property: "lamp", propertyName: "lamp", whenOffline: "queue", queueLimit: 1000 };

/** How the lists bear a cloud that is away, odd names, late answers; and what the forms look like. */
describe("the editor's lists", function () {
  this.timeout(120_000);
  let house: House;
  let red: NodeRed;
  let browser: Browser;
  let editor: Editor;
  let hostileId: string;

  before(async function () {
    this.timeout(120_000);
    house = await startHouse({ readOnly: ["sensor"] });
    hostileId = house.addThing(hostile, { danger: "CHARSTRING" });
    house.addThing("Empty", {});
    const { store } = house.simulator;
    const danger = store.propertyNamed(hostileId, "danger");
    assert.ok(danger);
    danger.name = hostile;
    store.record(hostileId, "danger", `</script>${hostile}`, Date.now());
    store.record(house.thingId, "temperature", 21.5, Date.now());
    store.record(house.thingId, "lamp", { swi: true, hue: 120, sat: 80, bri: 60 }, Date.now());
    const target = { z: "tab", account: "account", thing: house.thingId, thingName: "House" };
    ({ editor, red, browser } = await openEditor([
      accountOf(house, { name: "House" }),
      { id: propertyIn, type: "arduino-cloud-property-in", ...target, ...temperature, x: 200, y: 80, wires: [[]] },
      { id: propertyOut, type: "arduino-cloud-property-out", ...target, ...lamp, x: 200, y: 160, wires: [[]] },
    ]));
    editor.page.on("dialog", (dialog) => {
      assert.fail(`A script of the cloud ran: ${dialog.message()}`);
    });
  });

  const input = (field: string) => editor.page.locator(`#node-input-${field}`);

  it("keeps what is chosen while the cloud is away", async () => {
    await house.simulator.restDown(true);
    await editor.edit(propertyIn, true, false);
    await editor.page.locator(".arduino-cloud-refresh").first().click();
    await editor.hint("thing").getByText("The cloud cannot be reached from Node-RED.").waitFor();
    assert.equal(await input("thing").inputValue(), "House");
    assert.match(await editor.hint("thing").innerText(), /What is chosen stays/);
    await editor.picture("property-in-offline");
    await editor.done();
    const names = ["thing", "thingName", "property", "propertyName"];
    assert.deepEqual(await editor.fields(propertyIn, ...names), [house.thingId, "House", "temperature", "temperature"]);
    editor.expectNoTrouble(/^502 .*\/things/);

    await editor.edit(propertyIn, true, false);
    await input("thing").fill("Typed by hand");
    await input("property").fill("by_hand");
    await editor.done();
    assert.deepEqual(await editor.fields(propertyIn, ...names), ["Typed by hand", "", "by_hand", ""]);
    await house.simulator.restDown(false);
    editor.expectNoTrouble(/^502 .*\/things/);
  });

  it("says so when what is typed is not in the list", async () => {
    await editor.edit(propertyIn);
    await editor.hint("thing").getByText("Not in the list.").waitFor();
    await editor.hint("property").getByText("The cloud knows nothing by this name or ID.").waitFor();
    await editor.cancel();
    // What was asked for while the cloud was away may be answered only now.
    editor.expectNoTrouble(/^404 .*\/things\/Typed/, /^502 .*\/things/);
  });

  it("shows hostile names as text", async () => {
    await editor.edit(propertyIn);
    await input("property").fill("");
    await input("thing").fill("");
    await input("thing").click();
    await editor.choose("onerror");
    await editor.hint("property").getByText("1 variable to choose from.").waitFor();
    await input("property").click();
    await editor.choices.first().waitFor();
    await editor.picture("property-in-hostile");
    await editor.choices.first().click();
    assert.equal(await input("thing").inputValue(), hostile);
    await editor.done();
    assert.deepEqual(await editor.fields(propertyIn, "thingName", "propertyName"), [hostile, hostile]);
    await editor.picture("canvas-hostile");
    assert.equal(await editor.page.locator("img[src='x']").count(), 0);
    await editor.edit(propertyIn);
    await input("thing").fill(house.thingId);
    await input("property").fill("temperature");
    await editor.done();
    editor.expectNoTrouble(/^404 .*\/things\/Typed/);
  });

  it("says that an account has no things, and that there is no account", async () => {
    await editor.edit(propertyOut);
    await editor.chosen("thing").waitFor();
    await input("thing").fill("Empty");
    await input("thing").blur();
    await editor.chosen("property").waitFor();
    await input("property").fill("");
    await editor.hint("property").getByText("This thing has no variables yet.").waitFor();
    await input("thing").fill("");
    await input("thing").blur();
    await editor.hint("property").getByText("Search here in all things, or choose a thing first.").waitFor();
    await editor.picture("property-out-empty");
    await editor.cancel();
    editor.expectNoTrouble();
  });

  it("lists with an account whose changes are not deployed, and a stored secret", async () => {
    await editor.edit(propertyOut);
    await editor.page.locator("#node-input-btn-account-edit").click();
    await editor.page.locator("#node-config-dialog-ok").waitFor();
    await editor.formReady();
    await editor.page.locator("#node-config-input-name").fill("Renamed");
    await editor.page.locator("#node-config-dialog-ok").click();
    await editor.page.locator("#node-config-dialog-ok").waitFor({ state: "detached" });
    await editor.settled();
    const listed = editor.page.waitForResponse((response) => response.url().endsWith("/arduino-cloud/things"));
    await editor.page.locator(".arduino-cloud-refresh").first().click();
    const response = await listed;
    assert.equal(response.request().method(), "POST");
    assert.equal(response.request().postData()?.includes(house.account.clientSecret), false);
    assert.equal(((await response.json()) as unknown[]).length, 3);
    await editor.cancel();
    editor.expectNoTrouble();
  });

  it("gives property in an input on demand", async () => {
    await editor.edit(propertyIn);
    await input("inputs").selectOption("1");
    await input("thing").fill("");
    await editor.done();
    assert.deepEqual(await editor.fields(propertyIn, "inputs", "thing", "valid"), [1, "", true]);
    await editor.edit(propertyIn);
    await input("inputs").selectOption("0");
    await input("thing").fill(house.thingId);
    await editor.done();
    assert.deepEqual(await editor.fields(propertyIn, "inputs"), [0]);
    editor.expectNoTrouble();
  });

  it("ignores a list that comes after another was asked for", async () => {
    await editor.edit(propertyOut);
    await editor.chosen("property").waitFor();
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    // The account has changes that are not deployed, so its settings are posted.
    const late = "**/arduino-cloud/thing";
    await editor.page.route(
      late,
      async (route) => {
        await held;
        await route.continue();
      },
      { times: 1 },
    );
    const answered = editor.page.waitForResponse(
      (response) => response.request().postData()?.includes(`"thing":"${house.thingId}"`) === true,
    );
    await editor.page.locator(".arduino-cloud-refresh").nth(1).click();
    await input("property").fill("");
    await editor.hint("property").getByText("Loading the list…").waitFor();
    await input("thing").fill(hostileId);
    await input("thing").blur();
    await editor.hint("property").getByText("1 variable to choose from.").waitFor();
    release();
    await answered;
    await editor.settled();
    assert.match(await editor.hint("property").innerText(), /1 variable to choose from/);
    await editor.cancel();
    editor.expectNoTrouble();
  });

  it("shows the forms and the help in both themes", async () => {
    await editor.deploy();
    for (const dark of [false, true]) {
      const theme = dark ? "dark" : "light";
      const other = await Editor.open(browser, red.url, { dark });
      for (const [id, name] of [
        [propertyIn, "property-in"],
        [propertyOut, "property-out"],
      ] as const) {
        await other.edit(id);
        await other.chosen("property").waitFor();
        await other.picture(`${theme}-${name}`);
        await other.page.locator("#node-input-property").click();
        await other.choices.first().waitFor();
        await other.picture(`${theme}-${name}-list`);
        await other.page.keyboard.press("Escape");
        await other.settled();
        if (name === "property-out") {
          await other.page.locator("#node-input-btn-account-edit").click();
          await other.page.locator("#node-config-input-clientId").waitFor();
          await other.formReady();
          await other.page.locator("#arduino-cloud-account-test").click();
          assert.equal((await other.checks()).length, 5);
          await other.picture(`${theme}-account`);
          await other.page.locator("#node-config-dialog-cancel").click();
          await other.page.locator("#node-config-dialog-cancel").waitFor({ state: "detached" });
        }
        await other.cancel();
        await other.page.evaluate((node) => {
          const { RED } = globalThis as unknown as {
            RED: { sidebar: { help: { show(type: string): void } }; nodes: { node(id: string): { type: string } } };
          };
          RED.sidebar.help.show(RED.nodes.node(node).type);
        }, id);
        await other.picture(`${theme}-${name}-help`);
        await other.expectNoRawKeys();
      }
      other.expectNoTrouble();
      await other.page.context().close();
    }
  });
});
