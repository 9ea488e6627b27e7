import assert from "node:assert/strict";
import type { Locator } from "playwright-core";
import type { Board } from "../../simulator/boards/board";
import { type House, startHouse } from "../support/simulated-account";
import { until } from "../support/wait";
import type { Editor } from "./editor";
import { openEditor, prepareFirstUse } from "./open-editor";

/** The most presses of the mouse button, drags among them, from an empty Node-RED to a value in the debug sidebar. */
const mostClicks = 12;

/** The way of somebody who has just installed the package, with a real mouse and keyboard. */
describe("the first two minutes", function () {
  this.timeout(120_000);
  let house: House;
  let editor: Editor;
  let board: Board;
  let pastes = 0;

  before(async function () {
    this.timeout(120_000);
    house = await startHouse();
    house.addThing("Garden", { moisture: "FLOAT" });
    board = await house.board();
    ({ editor } = await openEditor(null));
    await prepareFirstUse(editor, house);
  });

  const paste = async (text: string): Promise<void> => {
    pastes++;
    await editor.page.evaluate((value) => navigator.clipboard.writeText(value), text);
    await editor.page.keyboard.press("Control+V");
  };
  const middle = async (locator: Locator): Promise<{ x: number; y: number }> => {
    const box = await locator.boundingBox();
    assert.ok(box);
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  };
  const isFocused = (selector: string): Promise<unknown> =>
    editor.page.waitForFunction((wanted) => document.activeElement?.matches(wanted), selector);

  it("take at most 12 clicks and two pastes", async () => {
    const { page } = editor;
    const propertyIn = await editor.drag("arduino-cloud-property-in", 250, 100);
    await page.locator(`[id="${propertyIn}"]`).dblclick();
    await page.locator("#node-input-btn-account-add").click();
    await isFocused("#node-config-input-clientId");
    await paste(house.account.clientId);
    await page.locator("#node-config-input-clientSecret").click();
    await paste(house.account.clientSecret);
    await page.locator("#node-config-dialog-ok").click();
    await page.locator("#node-config-dialog-ok").waitFor({ state: "detached" });
    await editor.hint("thing").getByText("2 things to choose from.").waitFor();
    await page.locator("#node-input-property").click();
    await editor.choices.first().waitFor();
    await page.keyboard.type("house temp");
    await editor.page.locator(".arduino-cloud-choice[aria-selected='true']", { hasText: /^temperature/ }).waitFor();
    await editor.picture("two-minutes-variable");
    await page.keyboard.press("Enter");
    await editor.chosen("thing", "House").waitFor();
    await editor.done();
    await editor.settled();
    const debug = await editor.drag("debug", 550, 100);
    const port = `[id="${propertyIn}"] .red-ui-flow-port-output .red-ui-flow-port`;
    const from = await middle(page.locator(port));
    const to = await middle(page.locator(`[id="${debug}"] .red-ui-flow-port-input .red-ui-flow-port`));
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(to.x - 30, to.y, { steps: 5 });
    await page.mouse.move(to.x, to.y, { steps: 5 });
    await page.mouse.up();
    await editor.deploy();
    // Node-RED 5 shows the debug messages already; there the button would hide them.
    if (!(await page.locator(".red-ui-debug-content").first().isVisible()))
      await page.locator("#red-ui-tab-debug-link-button, button[data-tab-id='debug']").first().click();
    await until("the subscription", () =>
      house.simulator.observed.connections.some(
        ({ kind, subscriptions }) => kind === "user" && [...subscriptions].length > 0,
      ),
    );
    await board.report({ temperature: 23.25 });
    await page.locator(".red-ui-debug-msg", { hasText: "23.25" }).first().waitFor();
    await editor.picture("two-minutes");

    const presses = await page.evaluate(() => (globalThis as unknown as { presses: number }).presses);
    assert.ok(presses <= mostClicks, `${presses} clicks`);
    assert.equal(pastes, 2);
    assert.deepEqual(await editor.fields(propertyIn, "thing", "thingName", "property", "propertyName", "valid"), [
      house.thingId,
      "House",
      "temperature",
      "temperature",
      true,
    ]);
    editor.expectNoTrouble();
  });

  it("leave the second node an account already", async () => {
    const propertyOut = await editor.drag("arduino-cloud-property-out", 250, 200);
    await editor.edit(propertyOut);
    await editor.hint("thing").getByText("2 things to choose from.").waitFor();
    await editor.done();
    assert.deepEqual(await editor.fields(propertyOut, "valid"), [true]);
    editor.expectNoTrouble();
  });
});
