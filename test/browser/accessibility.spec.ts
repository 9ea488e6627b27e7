import assert from "node:assert/strict";
import { accountOf } from "../support/flows";
import { type House, startHouse } from "../support/simulated-account";
import { seriousFindings } from "./axe";
import type { Editor } from "./editor";
import { openEditor } from "./open-editor";

const flowNodes = [
  "property-in",
  "property-out",
  "property-get",
  "device-status",
  "history",
  "manage",
  "home-assistant",
];
const configNodes = ["account", "device"];

/** Every form, with all that it can show, under an automatic check, and by keyboard. */
describe("the forms for everybody", function () {
  this.timeout(120_000);
  let house: House;
  let editor: Editor;

  before(async function () {
    this.timeout(120_000);
    house = await startHouse({ readOnly: ["sensor"] });
    const { deviceId, secretKey } = house;
    const place = { z: "tab", x: 200, account: "account", device: "", thing: house.thingId, thingName: "House" };
    ({ editor } = await openEditor([
      accountOf(house, { name: "House" }),
      {
        id: "device",
        type: "arduino-cloud-device",
        name: "Gateway",
        account: "account",
        brokerUrl: "",
        tls: "",
        credentials: { deviceId, secretKey },
      },
      ...flowNodes.map((set, index) => ({
        id: set,
        type: `arduino-cloud-${set}`,
        ...place,
        y: 60 * (index + 1),
        wires: [[]],
      })),
    ]));
  });

  /** Shows all that a form can show: rows that do not matter now are forms too. */
  const showAll = (form: string): Promise<void> =>
    editor.page.evaluate((selector) => {
      for (const row of document.querySelectorAll<HTMLElement>(`${selector} .form-row`)) row.style.display = "";
      for (const part of document.querySelectorAll<HTMLDetailsElement>(`${selector} details`)) part.open = true;
    }, form);
  const findings = (...parts: string[]): Promise<string[]> => seriousFindings(editor, ...parts);
  /** The controls in sight that the Tab key does not come to. */
  const unreached = async (form: string): Promise<string[]> => {
    const controls = editor.page.locator(`${form} :is(input, select, button, summary, a[href]):visible:enabled`);
    const own = controls.and(editor.page.locator(":not([id^='red-ui-trap'])"));
    const names = await own.evaluateAll((elements): string[] =>
      elements.map((element, index) => {
        element.setAttribute("data-order", String(index));
        return element.getAttribute("id") ?? element.outerHTML;
      }),
    );
    await own.first().focus();
    const reached = new Set<string | null>();
    for (let step = 0; step <= names.length + 5; step++) {
      reached.add(await editor.page.evaluate(() => document.activeElement?.getAttribute("data-order") ?? null));
      await editor.page.keyboard.press("Tab");
    }
    return names.filter((_name, index) => !reached.has(String(index)));
  };

  afterEach(async () => {
    // A form that was found wanting must not stand in the way of the next.
    for (const cancel of ["#node-config-dialog-cancel", "#node-dialog-cancel"])
      if (await editor.page.locator(cancel).isVisible()) await editor.page.locator(cancel).click();
    await editor.settled();
  });

  for (const set of flowNodes)
    it(`${set}: nothing serious, and all by keyboard`, async () => {
      await editor.edit(set);
      await showAll("#dialog-form");
      assert.deepEqual(await findings("#dialog-form"), []);
      assert.deepEqual(await unreached("#dialog-form"), []);
    });

  for (const set of configNodes)
    it(`${set}: nothing serious, and all by keyboard`, async () => {
      await editor.page.evaluate((id) => {
        const { RED } = globalThis as unknown as { RED: { editor: { editConfig(...given: string[]): void } } };
        RED.editor.editConfig("", `arduino-cloud-${id}`, id);
      }, set);
      await editor.page.locator("#node-config-dialog-ok").waitFor();
      await editor.formReady();
      await showAll("#node-config-dialog-edit-form");
      assert.deepEqual(await findings("#node-config-dialog-edit-form"), []);
      assert.deepEqual(await unreached("#node-config-dialog-edit-form"), []);
    });

  it("show the defaults of what a flow from elsewhere lacks", async () => {
    const shown = (field: string): Promise<unknown> =>
      editor.page
        .locator(`#node-input-${field}`)
        .evaluate((input: HTMLInputElement) => (input.type === "checkbox" ? input.checked : input.value));
    await editor.edit("property-in", false);
    assert.deepEqual(await Promise.all(["direction", "emit", "initial", "echo"].map(shown)), [
      ...["reported", "all"],
      ...[false, true],
    ]);
    await editor.cancel();
    await editor.edit("home-assistant", false);
    assert.deepEqual(await Promise.all(["write", "availability"].map(shown)), [true, true]);
    assert.equal(await editor.page.locator("#arduino-cloud-more").getAttribute("open"), null);
    await editor.cancel();
  });

  it("are looked at closely: a button without a name would be found", async () => {
    await editor.edit("property-get");
    await editor.page
      .locator(".arduino-cloud-refresh")
      .first()
      .evaluate((button) => button.removeAttribute("aria-label"));
    assert.match((await findings("#dialog-form")).join("\n"), /^button-name: <button/);
  });

  it("an open list: nothing serious, and it says what is marked", async () => {
    await editor.edit("property-out");
    const property = editor.page.locator("#node-input-property");
    await editor.hint("property").getByText("6 variables to choose from.").waitFor();
    await property.focus();
    await property.press("ArrowDown");
    await property.press("ArrowDown");
    assert.deepEqual(await findings("#dialog-form", ".arduino-cloud-list"), []);
    const marked = await property.getAttribute("aria-activedescendant");
    assert.equal(await editor.page.locator(`[id="${marked}"][aria-selected="true"]`).count(), 1);
    assert.equal(await property.getAttribute("aria-expanded"), "true");
    await property.press("Escape");
    assert.equal(await property.getAttribute("aria-expanded"), "false");
    // Escape has closed the list, not the form.
    assert.equal(await property.isVisible(), true);
    editor.expectNoTrouble();
  });
});
