import assert from "node:assert/strict";
import type { Browser } from "playwright-core";
import { type NodeRed, startNodeRed } from "../support/node-red";
import { seriousFindings } from "./axe";
import { Editor, startBrowser } from "./editor";

/** How many presses of the mouse the first value may cost somebody without board and account. */
const maxPresses = 3;
const offer = "No board yet? Try with a demo house";

describe("the demo house in the editor", function () {
  this.timeout(120_000);
  let red: NodeRed;
  let browser: Browser;
  let editor: Editor;

  before(async function () {
    this.timeout(120_000);
    red = await startNodeRed();
    browser = await startBrowser();
    editor = await Editor.open(browser, red.url, { isNew: true });
    await editor.page.evaluate(() => {
      Object.assign(globalThis, { presses: 0 });
      document.addEventListener(
        "mousedown",
        () => Object.assign(globalThis, { presses: (globalThis as unknown as { presses: number }).presses + 1 }),
        true,
      );
    });
  });

  it("takes a click, a drag and a deploy to a value that moves, and nothing to paste", async () => {
    const { page } = editor;
    await editor.picture("demo-house-offer");
    await page.getByRole("button", { name: offer }).click();
    // In a low sidebar it is out of sight.
    await page.getByPlaceholder("Search things and variables").fill("temperature");
    const line = page.locator(".arduino-cloud-sidebar-tree [role=treeitem]:visible", { hasText: /^Temperature/ });
    await line.waitFor();
    await editor.picture("demo-house-sidebar");
    const id = (await editor.dragToCanvas(line, 300, 120)) ?? assert.fail("nothing arrived on the canvas");
    await editor.deploy();
    await page.locator(`[id="${id}"] .red-ui-flow-node-status-label`, { hasText: /\d °C/ }).waitFor();
    await editor.picture("demo-house-value");
    const presses = await page.evaluate(() => (globalThis as unknown as { presses: number }).presses);
    assert.ok(presses > 2 && presses <= maxPresses, `${presses} clicks`);
    const [account] = await editor.fields(id, "account");
    assert.deepEqual(await editor.fields(String(account), "demo", "name", "valid"), [true, "Demo house", true]);
    await page.evaluate(() => {
      const { RED } = globalThis as unknown as { RED: { actions: { invoke(action: string): void } } };
      for (let steps = 0; steps < 2; steps++) RED.actions.invoke("core:undo");
    });
    assert.deepEqual(await editor.nodeIds(), []);
    await page.getByRole("button", { name: offer }).waitFor();
    editor.expectNoTrouble();
  });

  it("is offered in the form of an account too, which tells where it can't be opened", async () => {
    const { page } = editor;
    await page.route("**/arduino-cloud/things", (route) =>
      route.fulfill({ status: 502, json: { code: "demo_closed" } }),
    );
    await page.getByRole("button", { name: "Add an account" }).click();
    await page.locator("#node-config-dialog-ok").waitFor();
    await editor.formReady();
    await editor.expectNothingCut();
    const form = page.locator("#node-config-dialog-edit-form");
    await form.getByRole("button", { name: offer }).click();
    await page.locator("#node-config-input-clientId").waitFor({ state: "hidden" });
    assert.equal(await page.locator("#node-config-input-name").inputValue(), "Demo house");
    await form.getByText("The demo house cannot be opened. Restart Node-RED").waitFor();
    await editor.expectNoRawKeys();
    assert.deepEqual(await seriousFindings(editor, "#node-config-dialog-edit-form"), []);
    await editor.picture("demo-house-form");
    editor.expectNoTrouble(/^502 .*things$/);
    await page.unroute("**/arduino-cloud/things");
  });

  it("is left for an API key, which is asked for then", async () => {
    const { page } = editor;
    await page.getByRole("button", { name: "Use an API key instead" }).click();
    await page.locator("#node-config-input-clientId").waitFor();
    assert.equal(await page.locator("#node-config-input-name").inputValue(), "");
    await page.locator("#node-config-input-showValues.input-error").waitFor();
    await page.locator("#node-config-dialog-edit-form").getByRole("button", { name: offer }).click();
    await page.locator("#node-config-input-showValues:not(.input-error)").waitFor();
    assert.equal(await page.locator("#arduino-cloud-account-house-problem").innerText(), "");
    await page.locator("#arduino-cloud-account-test").click();
    assert.match((await editor.checks()).join("\n"), /This is the demo house/);
    await editor.cancelConfig();
    editor.expectNoTrouble();
  });
});
