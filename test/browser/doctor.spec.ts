import assert from "node:assert/strict";
import type { Browser, Locator } from "playwright-core";
import { accountOf } from "../support/flows";
import { type House, startHouse } from "../support/simulated-account";
import { found, until } from "../support/wait";
import type { NodeRed } from "../support/node-red";
import { seriousFindings } from "./axe";
import { Editor } from "./editor";
import { openEditor } from "./open-editor";

const hostile = `<img src=x onerror=alert(1)> "quoted" 🌡`;

/** The doctor's dialog, from the forms and from the list of actions; one step stands on the last. */
describe("the doctor's dialog", function () {
  this.timeout(120_000);
  let house: House;
  let red: NodeRed;
  let browser: Browser;
  let editor: Editor;

  before(async function () {
    this.timeout(120_000);
    house = await startHouse();
    const { deviceId, secretKey } = house;
    ({ editor, red, browser } = await openEditor([
      accountOf(house, { name: "Home" }),
      accountOf(house, {
        id: "broken",
        name: "Broken",
        baseUrl: "http://127.0.0.1:1",
        brokerUrl: "ws://127.0.0.1:1/mqtt",
      }),
      {
        id: "device",
        type: "arduino-cloud-device",
        account: "account",
        name: "Me",
        credentials: { deviceId, secretKey },
      },
      {
        id: "misspelt",
        type: "arduino-cloud-property-in",
        z: "tab",
        x: 200,
        y: 200,
        account: "account",
        thing: "Huose",
        thingName: "Huose",
        property: "temperatur",
        propertyName: "",
        direction: "reported",
        emit: "all",
        deadband: 0,
        catchUpDelay: 15,
        wires: [[]],
      },
      {
        id: "in",
        type: "arduino-cloud-property-in",
        z: "tab",
        x: 200,
        y: 100,
        device: "device",
        property: "relay",
        wires: [[]],
      },
    ]));
    await until("the device", () => house.simulator.observed.connections.some(({ kind }) => kind === "device"));
  });

  const dialog = (on = editor): Locator =>
    on.page.locator(".ui-dialog", { has: on.page.locator(".arduino-cloud-doctor") });
  const button = (name: string, on = editor): Locator => dialog(on).getByRole("button", { name, exact: true });
  /** Waits for the findings. What has just been deployed may still be connecting, which is a warning: looks again then. */
  const examined = async (): Promise<void> => {
    for (;;) {
      await dialog().locator("li").first().waitFor({ state: "attached" });
      const findings = await dialog().locator("li").allTextContents();
      if (!findings.some((text) => text.trim().startsWith("Warning"))) return;
      await button("Run again").click();
    }
  };
  const lines = async (on = editor): Promise<string[]> => {
    const all = dialog(on).locator("li");
    await all.first().waitFor({ state: "attached" });
    const folded = dialog(on).locator("details:not([open]) > summary");
    if ((await folded.count()) > 0) await folded.click();
    return all.allInnerTexts();
  };
  const close = async (): Promise<void> => {
    await button("Close").click();
    await dialog().waitFor({ state: "detached" });
  };
  const openForm = async (type: "account" | "device", id: string): Promise<void> => {
    await editor.page.evaluate(
      ([set, node]) => {
        const { RED } = globalThis as unknown as { RED: { editor: { editConfig(...given: string[]): void } } };
        RED.editor.editConfig("", `arduino-cloud-${set}`, node!);
      },
      [type, id],
    );
    await editor.page.locator("#node-config-dialog-ok").waitFor();
    // Node-RED asks for stored credentials when the form is open already.
    const credential = type === "account" ? "clientId" : "deviceId";
    await editor.page.waitForFunction(
      (field) => (document.querySelector<HTMLInputElement>(`#node-config-input-${field}`)?.value ?? "") !== "",
      credential,
    );
    await editor.formReady();
  };
  const invoke = (on = editor): Promise<void> =>
    on.page.evaluate(() => {
      const { RED } = globalThis as unknown as { RED: { actions: { invoke(name: string): void } } };
      RED.actions.invoke("arduino-cloud:doctor");
    });

  it("tells problems first by the labels of nodes, leads to a node, and mends a slip at once", async () => {
    await editor.page.waitForFunction(() => {
      const { RED } = globalThis as unknown as { RED: { nodes?: { node(id: string): unknown } } };
      return RED.nodes?.node("misspelt");
    });
    const examine = async (): Promise<string[]> => {
      await invoke();
      await dialog().getByLabel("Examine").selectOption({ label: "Home" });
      await examined();
      await dialog()
        .getByText(/^1 problem, \d+ in order/)
        .first()
        .waitFor();
      return dialog().locator("li:visible").allInnerTexts();
    };
    const [first, ...rest] = await examine();
    assert.match(
      first ?? "",
      /Variables in flows\nNode “Huose \/ temperatur” names the thing Huose, which is not there/,
    );
    assert.deepEqual(rest, [], "what is in order is folded");
    await editor.picture("doctor-problem");
    await button("Use “House”").click();
    await dialog().getByText("Changed. Deploy, and it counts.").waitFor();
    await button("Go to the node").click();
    await dialog().waitFor({ state: "detached" });
    assert.deepEqual(await editor.fields("misspelt", "thing", "thingName", "changed"), ["House", "House", true]);
    await editor.deploy(red);
    assert.match((await examine())[0] ?? "", /names the variable temperatur, which House does not have/);
    await button("Use “temperature”").click();
    await close();
    await editor.deploy(red);
    editor.expectNoTrouble();
  });

  it("finds a healthy account healthy, from its form", async () => {
    await openForm("account", "account");
    await editor.page.locator("#arduino-cloud-account-doctor").click();
    await examined();
    assert.deepEqual(
      (await lines()).filter((line) => /^(Warning|Problem)/.test(line)),
      [],
    );
    await dialog()
      .getByText(/^Nothing is wrong\. \d+ in order/)
      .waitFor();
    await editor.expectNoRawKeys();
    await editor.picture("doctor-healthy");
    await close();
    editor.expectNoTrouble();
  });

  it("examines what is typed, and closes by keyboard without closing the form", async () => {
    await editor.page.locator("#node-config-input-clientSecret").fill("wrong");
    await editor.page.locator("#arduino-cloud-account-doctor").focus();
    await editor.page.keyboard.press("Enter");
    const [broken] = (await lines()).filter((line) => line.startsWith("Problem"));
    assert.match(broken ?? "", /API key\nThe API key \w{4}… is refused\. Copy client ID and client secret again/);
    assert.match((await lines()).join("\n"), /Not checked, since this failed: API key\./);
    await editor.page.keyboard.press("Escape");
    await dialog().waitFor({ state: "detached" });
    assert.equal(await editor.page.locator("#node-config-dialog-ok").isVisible(), true);
    await editor.page.locator("#node-config-dialog-cancel").click();
    await editor.page.locator("#node-config-dialog-ok").waitFor({ state: "detached" });
    editor.expectNoTrouble();
  });

  it("examines a device that runs, and leaves it connected", async () => {
    const { connects } = house.simulator.observed;
    const before = connects.filter(({ userName }) => userName === house.deviceId).length;
    await openForm("device", "device");
    await editor.page.locator("#arduino-cloud-device-doctor").click();
    await examined();
    assert.match((await lines()).join("\n"), /Identity\nNode-RED is connected as this device\./);
    await editor.picture("doctor-device");
    await close();
    await editor.page.locator("#node-config-dialog-cancel").click();
    await editor.page.locator("#node-config-dialog-ok").waitFor({ state: "detached" });
    assert.equal(connects.filter(({ userName }) => userName === house.deviceId).length, before);
    editor.expectNoTrouble();
  });

  it("is an action, which asks whom to examine; hostile names are text", async () => {
    const thing = house.simulator.store.things.get(house.thingId)!;
    thing.name = hostile;
    const label = await editor.page.evaluate(() => {
      const { RED } = globalThis as unknown as { RED: { actions: { list(): { id: string; label: string }[] } } };
      return RED.actions.list().find(({ id }) => id === "arduino-cloud:doctor")?.label;
    });
    assert.equal(label, "Run the Arduino Cloud doctor");
    await invoke();
    const choice = dialog().getByLabel("Examine");
    assert.deepEqual((await choice.locator("option").allInnerTexts()).sort(), ["Broken", "Home", "Me"]);
    await choice.selectOption({ label: "Home" });
    await dialog()
      .locator("li", { hasText: `The values of ${hostile} can be followed.` })
      .waitFor({ state: "attached" });
    assert.equal(await dialog().locator("img").count(), 0);
    await choice.selectOption({ label: "Broken" });
    await dialog()
      .getByText(/^\d+ problems?, /)
      .first()
      .waitFor();
    assert.match((await lines()).join("\n"), /Broker port\n127\.0\.0\.1 refuses connections on port 1\./);
    editor.expectNoTrouble();
  });

  it("is usable by everybody", async () => {
    assert.deepEqual(await seriousFindings(editor, ".arduino-cloud-doctor"), []);
  });

  it("copies a report for a forum, without secrets", async () => {
    await button("Copy as text").click();
    await dialog().getByText("The report is copied").waitFor();
    await editor.page.evaluate(() => {
      const field = document.createElement("textarea");
      field.id = "paste-here";
      document.querySelector(".arduino-cloud-doctor")?.append(field);
      field.focus();
    });
    await editor.page.keyboard.press("Control+V");
    const text = await found(
      "the pasted text",
      async () => (await editor.page.locator("#paste-here").inputValue()) || undefined,
    );
    assert.match(text, /^Node-RED .*, @iot-flows\/node-red-arduino-cloud .*\n\[ok\] API name: /);
    assert.match(text, /\[problem\] API port: 127\.0\.0\.1 refuses connections/);
    await close();
    const { clientId, clientSecret } = house.account;
    for (const secret of [clientId, clientSecret]) {
      assert.equal(text.includes(secret), false);
      assert.equal(editor.answers.join("\n").includes(secret), false);
    }
  });

  it("is readable in the dark", async () => {
    const dark = await Editor.open(browser, red.url, { dark: true });
    // A page that has just been opened has the palette before it has the flows.
    await dark.page.waitForFunction(() => {
      const { RED } = globalThis as unknown as { RED: { nodes: { node(id: string): unknown } } };
      return RED.nodes.node("broken");
    });
    await invoke(dark);
    await dialog(dark).getByLabel("Examine").selectOption({ label: "Broken" });
    await dialog(dark)
      .getByText(/^\d+ problems?, /)
      .first()
      .waitFor();
    await dark.picture("doctor-broken-dark");
    dark.expectNoTrouble();
    await dark.page.context().close();
  });
});
