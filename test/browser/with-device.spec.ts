import assert from "node:assert/strict";
import type { Browser } from "playwright-core";
import { accountOf } from "../support/flows";
import { dashboardWrites, type House, startHouse } from "../support/simulated-account";
import { until } from "../support/wait";
import type { NodeRed } from "../support/node-red";
import { Editor } from "./editor";
import { openEditor } from "./open-editor";

/** Property in and property out with an account or with a device of Node-RED's own: what their forms ask then. */
describe("the forms of property in and out with a device", function () {
  this.timeout(120_000);
  let house: House;
  let red: NodeRed;
  let browser: Browser;
  let editor: Editor;
  let propertyIn: string;
  let propertyOut: string;

  before(async function () {
    this.timeout(120_000);
    house = await startHouse({ readOnly: ["sensor"] });
    const { deviceId, secretKey } = house;
    ({ editor, red, browser } = await openEditor([
      accountOf(house, { name: "House" }),
      {
        id: "device",
        type: "arduino-cloud-device",
        name: "Gateway",
        account: "account",
        brokerUrl: "",
        tls: "",
        messagesPerSecond: 25,
        credentials: { deviceId, secretKey },
      },
      { id: "lone", type: "arduino-cloud-device", name: "Lone", account: "", brokerUrl: "", tls: "" },
    ]));
    propertyIn = await editor.drag("arduino-cloud-property-in", 300, 100);
    propertyOut = await editor.drag("arduino-cloud-property-out", 300, 200);
  });

  const input = (field: string) => editor.page.locator(`#node-input-${field}`);
  /** Those of the fields that are in sight. */
  const shown = async (...fields: string[]): Promise<string[]> => {
    const visible = await Promise.all(fields.map((field) => input(field).isVisible()));
    return fields.filter((_field, index) => visible[index]);
  };
  const connectAs = (what: "account" | "device", where = editor): Promise<unknown> =>
    where.page.locator("#arduino-cloud-connect-as").selectOption(what);
  const inFields = ["account", "device", "thing", "property", "direction", "emit", "initial"];
  const inChoices = ["catchUp", "catchUpDelay", "echo"];
  const outFields = ["account", "device", "thing", "property", "as", "confirm", "confirmTimeout"];
  const outChoices = ["whenOffline", "queueLimit", "keepQueue"];

  it("have the defaults that the contract names", async () => {
    assert.deepEqual(await editor.fields(propertyIn, ...inChoices), ["none", 15, true]);
    assert.deepEqual(await editor.fields(propertyOut, "as", "confirm", "confirmTimeout", "keepQueue"), [
      "user",
      "broker",
      10,
      false,
    ]);
  });

  it("are labelled on the canvas", async () => {
    const labels = editor.page.locator("#red-ui-workspace-chart .red-ui-flow-node-label");
    for (const text of ["property in", "property out"]) await labels.filter({ hasText: text }).waitFor();
  });

  it("property in: asks with an account how outages are caught up, and not whether to report back", async () => {
    await editor.edit(propertyIn);
    await input("account").selectOption("account");
    await connectAs("account");
    assert.deepEqual(await shown(...inFields, ...inChoices), [
      ...inFields.filter((field) => field !== "device"),
      "catchUp",
    ]);
    await input("catchUp").selectOption("all");
    assert.deepEqual(await shown(...inChoices), ["catchUp", "catchUpDelay"]);
    await input("direction").selectOption("requested");
    assert.deepEqual(await shown(...inChoices), []);
    await input("direction").selectOption("both");
    await input("catchUpDelay").fill("5");
    await editor.expectNoRawKeys();
    await editor.picture("property-in-catch-up");
    await editor.done();
    const names = ["account", "device", "direction", "catchUp", "catchUpDelay", "echo", "valid"];
    assert.deepEqual(await editor.fields(propertyIn, ...names), ["account", "", "both", "all", "5", true, true]);
    editor.expectNoTrouble();
  });

  it("property in: refuses a delay that is none", async () => {
    await editor.edit(propertyIn);
    await input("catchUpDelay").fill("-1");
    await editor.done();
    assert.deepEqual(await editor.fields(propertyIn, "valid"), [false]);
    await editor.edit(propertyIn);
    await input("catchUpDelay").fill("5");
    await editor.done();
    assert.deepEqual(await editor.fields(propertyIn, "valid"), [true]);
  });

  it("property in: with a device wants no account, thing or direction, and offers to report back", async () => {
    const { keyboard } = editor.page;
    await editor.edit(propertyIn);
    await editor.hint("thing").getByText("1 thing to choose from.").waitFor();
    await connectAs("device");
    await input("device").focus();
    await keyboard.type("Gateway");
    await input("account").waitFor({ state: "hidden" });
    assert.deepEqual(await shown(...inFields, ...inChoices), ["device", "property", "emit", "initial", "echo"]);
    // Its thing is learnt through its account; without one the variable has to be typed.
    await editor.hint("property").getByText("6 variables to choose from.").waitFor();
    await input("device").selectOption("lone");
    await editor.hint("property").getByText("The variable name, as in the thing of the device.").waitFor();
    await input("device").selectOption("device");
    await editor.hint("property").getByText("6 variables to choose from.").waitFor();
    await input("device").focus();
    assert.equal(await input("echo").isChecked(), true);
    await editor.expectNoRawKeys();
    await editor.picture("property-in-device");
    // The buttons that edit and add a device lie between.
    for (
      let steps = 0;
      steps < 5 && !(await input("property").evaluate((field) => field === document.activeElement));
      steps++
    )
      await keyboard.press("Tab");
    await keyboard.type("rel");
    await editor.choices.filter({ hasText: "relay" }).waitFor();
    await keyboard.press("Enter");
    await input("echo").focus();
    await keyboard.press("Space");
    await editor.done();
    assert.deepEqual(await editor.fields(propertyIn, "device", "property", "echo", "valid"), [
      "device",
      "relay",
      false,
      true,
    ]);
    await editor.page.locator(".red-ui-flow-node-label", { hasText: "Gateway / relay" }).first().waitFor();
    editor.expectNoTrouble();
  });

  it("want an account or a device", async () => {
    await editor.edit(propertyIn);
    await connectAs("account");
    await input("account").selectOption({ label: "none" });
    await input("account").and(editor.page.locator(".input-error")).waitFor();
    await connectAs("device");
    await input("device").selectOption("device");
    assert.equal(await editor.page.locator("#node-input-account.input-error").count(), 0);
    await connectAs("account");
    await editor.done();
    assert.deepEqual(await editor.fields(propertyIn, "account", "device", "valid"), ["", "", false]);
    // The only account is offered again.
    await editor.edit(propertyIn);
    await connectAs("device");
    await input("device").selectOption("device");
    await input("echo").check();
    await editor.done();
    assert.deepEqual(await editor.fields(propertyIn, "account", "device", "echo", "valid"), [
      "account",
      "device",
      true,
      true,
    ]);
    editor.expectNoTrouble();
  });

  it("property out: asks with an account how to write and what counts as delivered", async () => {
    await editor.edit(propertyOut);
    await input("account").selectOption("account");
    assert.deepEqual(await shown(...outFields, ...outChoices), [
      ...outFields.slice(0, -1).filter((field) => field !== "device"),
      ...outChoices,
    ]);
    await input("confirm").selectOption("device");
    assert.deepEqual(await shown("confirmTimeout"), ["confirmTimeout"]);
    await input("confirmTimeout").fill("0");
    await input("confirmTimeout").blur();
    await input("confirmTimeout").and(editor.page.locator(".input-error")).waitFor();
    await input("confirmTimeout").fill("3.5");
    await input("keepQueue").check();
    await editor.expectNoRawKeys();
    await editor.picture("property-out-confirm");
    await input("whenOffline").selectOption("reject");
    assert.deepEqual(await shown(...outChoices), ["whenOffline"]);
    await input("whenOffline").selectOption("queue");
    await editor.done();
    const names = ["as", "confirm", "confirmTimeout", "keepQueue", "valid"];
    assert.deepEqual(await editor.fields(propertyOut, ...names), ["user", "device", "3.5", true, true]);
    editor.expectNoTrouble();
  });

  it("property out: marks read-only variables only where it writes as a user", async () => {
    await editor.edit(propertyOut);
    await editor.hint("thing").getByText("1 thing to choose from.").waitFor();
    await input("thing").fill(house.thingId);
    await input("thing").blur();
    await editor.hint("property").getByText("6 variables to choose from.").waitFor();
    await input("property").fill("sensor");
    await input("property").blur();
    const problem = editor.hint("property").getByText("Read only: it cannot be written.");
    await problem.waitFor();
    await input("as").selectOption("device");
    await problem.waitFor({ state: "detached" });
    await editor.chosen("property", "sensor").waitFor();
    assert.deepEqual(await shown("confirm", "confirmTimeout"), []);
    await editor.picture("property-out-as-device");
    await input("as").selectOption("user");
    await problem.waitFor();
    await editor.cancel();
    editor.expectNoTrouble();
  });

  it("property out: with a device it always reports", async () => {
    await editor.edit(propertyOut);
    await connectAs("device");
    await input("device").selectOption("device");
    assert.deepEqual(await shown(...outFields, ...outChoices), ["device", "property", ...outChoices]);
    await input("property").fill("temperature");
    await editor.picture("property-out-device");
    await editor.done();
    assert.deepEqual(await editor.fields(propertyOut, "device", "valid"), ["device", true]);
    editor.expectNoTrouble();
  });

  it("work when deployed: the device is online, a value arrives and one goes out", async () => {
    const debug = await editor.drag("debug", 550, 100);
    const inject = await editor.drag("inject", 80, 200);
    await editor.connect(propertyIn, debug);
    await editor.connect(inject, propertyOut);
    await editor.deploy();
    const labels = editor.page.locator(".red-ui-flow-node-status-label", { hasText: "connected" });
    await until("the device's subscription", () =>
      house.simulator.observed.connections.some(
        ({ kind, subscriptions }) =>
          kind === "device" && [...subscriptions].some((topic) => topic.includes(house.thingId)),
      ),
    );
    await labels.nth(1).waitFor();
    await editor.page.evaluate(() => {
      (globalThis as unknown as { RED: { sidebar: { show(id: string): void } } }).RED.sidebar.show("debug");
    });
    await dashboardWrites(house, "relay", true);
    await editor.page.locator(".red-ui-debug-msg", { hasText: "true" }).first().waitFor();
    await fetch(`${red.url}/inject/${inject}`, { method: "POST" });
    const held = (variable: string): unknown =>
      house.simulator.store.propertyNamed(house.thingId, variable)?.last_value;
    await until("the report and the echo", () => Number(held("temperature")) > 0 && held("relay") === true);
    await editor.picture("canvas-device");
    editor.expectNoTrouble();
  });

  it("show what was saved, and change nothing by being looked at; in both themes", async () => {
    for (const dark of [false, true]) {
      const theme = dark ? "dark" : "light";
      const other = await Editor.open(browser, red.url, { dark });
      for (const [id, name] of [
        [propertyIn, "property-in"],
        [propertyOut, "property-out"],
      ] as const) {
        // What is not as usual is in sight without being looked for.
        await other.edit(id, false);
        await other.page.locator("#arduino-cloud-more[open]").waitFor();
        assert.equal(await other.page.locator("#node-input-device").inputValue(), "device");
        assert.equal(await other.page.locator("#node-input-account").isVisible(), false);
        await other.picture(`${theme}-${name}-device`);
        await connectAs("account", other);
        await other.page.locator("#node-input-account").waitFor();
        await other.picture(`${theme}-${name}-account`);
        await connectAs("device", other);
        await other.done();
        assert.deepEqual(await other.fields(id, "changed"), [false]);
        await other.expectNoRawKeys();
      }
      other.expectNoTrouble();
      await other.page.context().close();
    }
  });
});
