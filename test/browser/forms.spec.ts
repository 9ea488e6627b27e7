import assert from "node:assert/strict";
import { type House, startHouse } from "../support/simulated-account";
import { until } from "../support/wait";
import { type NodeRed, readUserFiles } from "../support/node-red";
import type { Editor } from "./editor";
import { openEditor } from "./open-editor";

/** One user's way through the forms, from the palette to values in the debug sidebar; each step stands on the last. */
describe("the editor", function () {
  this.timeout(120_000);
  let house: House;
  let red: NodeRed;
  let editor: Editor;
  let propertyIn: string;
  let propertyOut: string;

  before(async function () {
    this.timeout(120_000);
    house = await startHouse({ readOnly: ["sensor"] });
    house.addThing("Garden", {});
    house.addThing("Garage", {});
    house.simulator.store.record(house.thingId, "temperature", 21.5, Date.now());
    ({ editor, red } = await openEditor(null));
  });

  const input = (field: string) => editor.page.locator(`#node-input-${field}`);
  const configInput = (field: string) => editor.page.locator(`#node-config-input-${field}`);
  const testConnection = async (): Promise<string> => {
    await editor.page.locator("#arduino-cloud-account-test").click();
    return (await editor.checks()).join("\n");
  };

  it("has the nodes in the palette", async () => {
    const category = editor.page.locator(".red-ui-palette-category", { hasText: "Arduino Cloud" });
    const labels = await category.locator(".red-ui-palette-node").allInnerTexts();
    // A wide font breaks a label into two lines.
    assert.deepEqual(labels.map((label) => label.replaceAll("\n", " ")).sort(), [
      "device status",
      "history",
      "home assistant",
      "manage",
      "property get",
      "property in",
      "property out",
    ]);
    await category.scrollIntoViewIfNeeded();
    await editor.picture("palette");
  });

  it("lets them be dragged in", async () => {
    propertyIn = await editor.drag("arduino-cloud-property-in", 300, 100);
    propertyOut = await editor.drag("arduino-cloud-property-out", 300, 200);
    // Without an account they are not complete, and say so on the canvas.
    assert.deepEqual(await editor.fields(propertyIn, "valid", "inputs", "outputs"), [false, 0, 1]);
    assert.deepEqual(await editor.fields(propertyOut, "valid", "inputs", "outputs"), [false, 1, 1]);
  });

  it("has the defaults that the contract names", async () => {
    const names = ["thing", "thingName", "property", "propertyName", "device", "direction", "emit", "deadband"];
    assert.deepEqual(await editor.fields(propertyIn, ...names, "initial", "catchUp", "name"), [
      "",
      "",
      "",
      "",
      "",
      "reported",
      "all",
      0,
      true,
      "none",
      "",
    ]);
    assert.deepEqual(
      await editor.fields(
        propertyOut,
        "thing",
        "property",
        "as",
        "whenOffline",
        "queueLimit",
        "confirm",
        "confirmTimeout",
      ),
      ["", "", "user", "queue", 1000, "broker", 10],
    );
  });

  it("tests an account before the first deploy", async () => {
    await editor.edit(propertyIn, false);
    assert.equal(await editor.page.locator("#arduino-cloud-more").getAttribute("open"), null);
    assert.equal(await input("direction").isVisible(), false, "what few need is out of the way");
    await editor.page.locator("#arduino-cloud-more > summary").click();
    await input("direction").waitFor();
    assert.match(await editor.hint("thing").innerText(), /Choose an account/);
    await editor.page.locator("#node-input-btn-account-add").click();
    await configInput("clientId").waitFor();
    await editor.picture("account-empty");
    for (const field of ["clientId", "clientSecret"])
      assert.match((await configInput(field).getAttribute("class")) ?? "", /input-error/);
    assert.match(await testConnection(), /Problem: A setting is missing.*API key/s);
    await configInput("name").fill("House");
    await configInput("clientId").fill(house.account.clientId);
    await configInput("clientSecret").fill(house.account.clientSecret);
    await editor.page.locator("#arduino-cloud-account-more summary").click();
    await configInput("baseUrl").fill(house.account.baseUrl);
    await configInput("brokerUrl").fill(house.account.brokerUrl);
    await configInput("deviceBrokerUrl").fill(house.account.deviceBrokerUrl);
    const good = await testConnection();
    assert.match(good, /OK: 127\.0\.0\.1 accepts connections on port \d+\..*OK: The API key .* is accepted\./s);
    assert.match(good, /OK: The API answers\. Things: 3\..*OK: The broker 127\.0\.0\.1:\d+ accepts the login\./s);
    await editor.expectNoRawKeys();
    await editor.picture("account-tested");
    editor.expectNoTrouble();
  });

  it("says in words what is wrong with it", async () => {
    await configInput("clientSecret").fill("wrong");
    assert.match(await testConnection(), /Problem: The API key .* is refused\. Copy client ID and client secret again/);
    await editor.picture("account-refused");
    await configInput("clientSecret").fill(house.account.clientSecret);

    await configInput("organization").fill("12345678-1234-1234-1234-123456789012");
    assert.match(await testConnection(), /OK: The API key .*Problem: The space 12345678\S+ is unknown/s);
    await configInput("organization").fill("");

    await configInput("baseUrl").fill("http://127.0.0.1:1");
    assert.match(await testConnection(), /Problem: 127\.0\.0\.1 refuses connections on port 1\. Check the address/);
    await configInput("baseUrl").fill("htp://typo");
    await configInput("baseUrl").blur();
    assert.match((await configInput("baseUrl").getAttribute("class")) ?? "", /input-error/);
    assert.match(await testConnection(), /Problem: A setting is missing or cannot be used\..*baseUrl/s);
    await configInput("baseUrl").fill(house.account.baseUrl);

    await configInput("brokerUrl").fill("ws://127.0.0.1:1/mqtt");
    assert.match(await testConnection(), /Problem: 127\.0\.0\.1 refuses connections on port 1\./);
    await configInput("brokerUrl").fill(house.account.brokerUrl);
    await editor.expectNoRawKeys();
    await editor.page.locator("#node-config-dialog-ok").click();
    await editor.page.locator("#node-config-dialog-ok").waitFor({ state: "detached" });
    editor.expectNoTrouble();
  });

  it("picks a thing and a variable with the mouse, before the first deploy", async () => {
    await editor.settled();
    await editor.hint("thing").getByText("3 things to choose from.").waitFor();
    await input("thing").click();
    await editor.choices.first().waitFor();
    assert.equal(await editor.choices.count(), 3);
    await editor.picture("property-in-things");
    await editor.choose("House");
    assert.equal(await input("thing").inputValue(), "House");
    await editor.chosen("thing", "House").waitFor();
    await editor.hint("property").getByText("6 variables to choose from.").waitFor();
    await input("property").click();
    await editor.choose(/^temperature/);
    assert.match(await editor.hint("property").innerText(), /^number · \u206821\.5\u2069 · \d+ (sec|min)\. ago$/);
    await editor.expectNoRawKeys();
    await editor.picture("property-in");
    await editor.done();
    assert.deepEqual(await editor.fields(propertyIn, "thing", "thingName", "property", "propertyName", "valid"), [
      house.thingId,
      "House",
      "temperature",
      "temperature",
      true,
    ]);
    editor.expectNoTrouble();
  });

  it("picks with the keyboard only", async () => {
    const { keyboard } = editor.page;
    await editor.edit(propertyOut);
    await input("account").focus();
    await keyboard.type("House");
    await editor.hint("thing").getByText("3 things to choose from.").waitFor();
    // The buttons that edit and add an account lie between.
    for (
      let steps = 0;
      steps < 5 && !(await input("thing").evaluate((field) => field === document.activeElement));
      steps++
    )
      await keyboard.press("Tab");
    await keyboard.type("hou");
    await editor.choices.first().waitFor();
    await keyboard.press("Enter");
    assert.equal(await input("thing").inputValue(), "House");
    await editor.hint("property").getByText("6 variables to choose from.").waitFor();
    await keyboard.press("Tab");
    assert.equal(
      await editor.page.evaluate(() => document.activeElement?.getAttribute("aria-label")),
      "Refresh the list",
    );
    await keyboard.press("Tab");
    assert.equal(await editor.page.evaluate(() => document.activeElement?.getAttribute("aria-label")), "Show the ID");
    await keyboard.press("Enter");
    assert.equal(await editor.page.evaluate(() => document.activeElement?.textContent), house.thingId);
    await keyboard.press("Tab");
    await keyboard.press("ArrowDown");
    await editor.choices.first().waitFor();
    await keyboard.press("ArrowDown");
    await keyboard.press("ArrowDown");
    await keyboard.press("Enter");
    assert.equal(await input("property").inputValue(), "lamp");
    // Going back through a blank field must not choose anything.
    await input("property").fill("");
    await editor.page.locator(".arduino-cloud-refresh").nth(1).focus();
    await keyboard.press("Shift+Tab");
    await editor.settled();
    await keyboard.press("Shift+Tab");
    assert.equal(await input("property").inputValue(), "");
    assert.equal(await input("thing").inputValue(), "House");
    await input("property").fill("counter");
    await editor.done();
    assert.deepEqual(await editor.fields(propertyOut, "thing", "thingName", "property", "propertyName", "valid"), [
      house.thingId,
      "House",
      "counter",
      "counter",
      true,
    ]);
    editor.expectNoTrouble();
  });
  it("marks variables that cannot be written", async () => {
    await editor.edit(propertyOut);
    await editor.chosen("property").waitFor();
    await input("property").fill("sensor");
    await editor.hint("property").getByText("Read only: it cannot be written.").waitFor();
    await editor.picture("property-out-read-only");
    await editor.cancel();
  });

  it("deploys, and shows the saved names again", async () => {
    await editor.deploy();
    await until("the session", () => house.simulator.observed.connections.some(({ kind }) => kind === "user"));
    await editor.edit(propertyIn);
    await editor.chosen("thing", "House").waitFor();
    await editor.hint("property").getByText("21.5").waitFor();
    await editor.done();
    // Only looking changes nothing.
    assert.deepEqual(await editor.fields(propertyIn, "changed"), [false]);
    editor.expectNoTrouble();
  });

  it("shows a value in the debug sidebar", async () => {
    const debug = await editor.drag("debug", 550, 100);
    await editor.connect(propertyIn, debug);
    // The session that there was before has ended then.
    await editor.deploy(red);
    const board = await house.board();
    await until("the subscription", () =>
      house.simulator.observed.connections.some(
        ({ kind, subscriptions }) => kind === "user" && [...subscriptions].length > 0,
      ),
    );
    await editor.page.evaluate(() => {
      (globalThis as unknown as { RED: { sidebar: { show(id: string): void } } }).RED.sidebar.show("debug");
    });
    await board.report({ temperature: 23.25 });
    await editor.page.locator(".red-ui-debug-msg", { hasText: "23.25" }).first().waitFor();
    await editor.picture("canvas");
    editor.expectNoTrouble();
  });

  it("shows a secret nowhere", async () => {
    const { clientId, clientSecret } = house.account;
    const page = await editor.page.content();
    const texts = [...editor.answers, page, red.log(), await readUserFiles(red.userDir)].join("\n");
    for (const secret of [clientId, clientSecret]) assert.equal(texts.includes(secret), false);
    await editor.expectNoRawKeys();
  });
});
