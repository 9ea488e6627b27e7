import assert from "node:assert/strict";
import { accountOf } from "../support/flows";
import { type House, startHouse } from "../support/simulated-account";
import type { Editor } from "./editor";
import { openEditor } from "./open-editor";

/** A value in a flow without a mouse. Wires aside: the editor of Node-RED draws none by keyboard. */
describe("the editor by keyboard alone", function () {
  this.timeout(120_000);
  let house: House;
  let editor: Editor;

  before(async function () {
    this.timeout(120_000);
    house = await startHouse();
    ({ editor } = await openEditor([accountOf(house, { name: "House" })]));
  });

  const focused = (selector: string): Promise<unknown> =>
    editor.page.waitForFunction((wanted) => document.activeElement?.matches(wanted), selector);
  /** Runs an action by its name in the list of actions. */
  const act = async (name: string): Promise<void> => {
    const { page } = editor;
    await page.keyboard.press("Control+Shift+P");
    const list = page.locator("#red-ui-actionList");
    await list.locator("input").waitFor();
    await page.keyboard.type(name);
    await list.locator("li:visible", { hasText: name }).first().waitFor();
    await page.keyboard.press("Enter");
    await list.waitFor({ state: "hidden" });
  };
  /** Goes from control to control until one is reached. */
  const tabTo = async (selector: string): Promise<void> => {
    for (let step = 0; step < 30; step++) {
      if (await editor.page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
      await editor.page.keyboard.press("Tab");
    }
    assert.fail(`${selector} is not reached by the Tab key`);
  };

  it("adds a node from the sidebar, chooses another variable, closes the form and deploys", async () => {
    const { page } = editor;
    await page.waitForFunction(
      () =>
        (globalThis as unknown as { RED: { nodes: { node(id: string): unknown } } }).RED.nodes.node("account") !== null,
    );
    await editor.settled();
    await act("Arduino Cloud");
    await focused(".arduino-cloud-sidebar-head input");
    await page.locator(".arduino-cloud-sidebar-tree [role=treeitem]:visible", { hasText: /^relay/ }).waitFor();
    await page.keyboard.type("relay");
    await page.keyboard.press("ArrowDown");
    await focused(".arduino-cloud-sidebar-tree");
    for (const key of ["ArrowDown", "ArrowDown", "Enter"]) await page.keyboard.press(key);
    const [id] = (await editor.nodeIds()) as [string];
    assert.ok(id, "no node was added");
    const target = (): Promise<unknown[]> => editor.fields(id, "type", "account", "thing", "property", "valid");
    const propertyIn = "arduino-cloud-property-in";
    assert.deepEqual(await target(), [propertyIn, "account", house.thingId, "relay", true]);

    await act("Edit Selected Node");
    await page.locator("#node-dialog-ok").waitFor();
    await editor.formReady();
    await tabTo("#node-input-property");
    await page.keyboard.press("ArrowDown");
    await editor.choices.first().waitFor();
    await page.keyboard.type("coun");
    await page.locator(".arduino-cloud-choice[aria-selected='true']", { hasText: /^counter/ }).waitFor();
    await editor.picture("keyboard");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Control+Enter");
    await page.locator("#node-dialog-ok").waitFor({ state: "detached" });
    assert.deepEqual(await target(), [propertyIn, "account", house.thingId, "counter", true]);

    const deployed = page.waitForResponse(
      (response) => response.request().method() === "POST" && response.url().endsWith("/flows"),
    );
    await page.keyboard.press("Control+D");
    await deployed;
    await page.locator(".red-ui-flow-node-status-label", { hasText: "connected" }).waitFor();
    editor.expectNoTrouble();
  });
});
