import assert from "node:assert/strict";
import type { Board } from "../../simulator/boards/board";
import { type House, startHouse } from "../support/simulated-account";
import { until } from "../support/wait";
import type { Editor } from "./editor";
import { openEditor, prepareFirstUse } from "./open-editor";

/** How many presses of the mouse, and how many pastes, the first value may cost in the sidebar. */
const maxPresses = 6;
const maxPastes = 2;

/** The first flow of the README, by someone who has just installed the package. */
describe("the first flow in the sidebar", function () {
  this.timeout(120_000);
  let house: House;
  let board: Board;
  let editor: Editor;

  before(async function () {
    this.timeout(120_000);
    house = await startHouse();
    board = await house.board();
    house.simulator.store.record(house.thingId, "temperature", 21, Date.now());
    ({ editor } = await openEditor(null, { isNew: true }));
    await prepareFirstUse(editor, house);
  });

  it("takes at most six clicks and two pastes to a value", async () => {
    const { page } = editor;
    let pastes = 0;
    const paste = async (text: string): Promise<void> => {
      pastes++;
      await page.evaluate((value) => navigator.clipboard.writeText(value), text);
      await page.keyboard.press("Control+V");
    };
    // The tab has opened by itself.
    await page.getByRole("button", { name: "Add an account" }).click();
    await page.waitForFunction(() => document.activeElement?.matches("#node-config-input-clientId"));
    await editor.picture("first-flow-account");
    await paste(house.account.clientId);
    await page.locator("#node-config-input-clientSecret").click();
    await paste(house.account.clientSecret);
    await page.locator("#node-config-dialog-ok").click();
    await page.locator("#node-config-dialog-ok").waitFor({ state: "detached" });
    await editor.settled();
    const line = page.locator(".arduino-cloud-sidebar-tree [role=treeitem]:visible", { hasText: /^temperature/ });
    await line.waitFor();
    const from = await line.boundingBox();
    const canvas = await page.locator("#red-ui-workspace-chart").boundingBox();
    assert.ok(from && canvas);
    await page.mouse.move(from.x + 60, from.y + 12);
    await page.mouse.down();
    await page.mouse.move(canvas.x + 330, canvas.y + 120, { steps: 5 });
    await page.mouse.move(canvas.x + 300, canvas.y + 120, { steps: 3 });
    await page.mouse.up();
    const [id] = await editor.nodeIds();
    await editor.deploy();
    await until("the subscription", () =>
      house.simulator.observed.connections.some(
        ({ kind, subscriptions }) => kind === "user" && [...subscriptions].length > 0,
      ),
    );
    await board.report({ temperature: 23.25 });
    await page.locator(`[id="${id}"] .red-ui-flow-node-status-label`, { hasText: "23.25" }).waitFor();
    await editor.picture("first-flow");
    const presses = await page.evaluate(() => (globalThis as unknown as { presses: number }).presses);
    assert.ok(presses > 3 && presses <= maxPresses, `${presses} clicks`);
    assert.equal(pastes, maxPastes);
    editor.expectNoTrouble();
  });

  it("opens the tab by itself only once", async () => {
    await editor.page
      .evaluate(() => localStorage.getItem("arduino-cloud:arduino-cloud-sidebar"))
      .then((value) => {
        assert.equal(value, "1");
      });
  });
});
