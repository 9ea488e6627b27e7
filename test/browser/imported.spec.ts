import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Locator } from "playwright-core";
import { accountOf } from "../support/flows";
import type { NodeRed } from "../support/node-red";
import { type House, startHouse } from "../support/simulated-account";
import type { Editor } from "./editor";
import { openEditor } from "./open-editor";

const folder = path.resolve(__dirname, "..", "..", "examples");

interface EditorWindow {
  RED: {
    view: { importNodes(text: string, options: object): void };
    nodes: {
      eachConfig(visit: (node: { id: string; type: string }) => void): void;
      eachNode(visit: (node: { z: string; type: string; account?: string }) => void): void;
      eachWorkspace(visit: (tab: { id: string; label: string; env?: { name: string; value: string }[] }) => void): void;
    };
    actions: { invoke(name: string): void };
  };
}

/** What becomes of an example in an editor that has accounts already; one step stands on the last. */
describe("an imported example", function () {
  this.timeout(120_000);
  let house: House;
  let red: NodeRed;
  let editor: Editor;

  before(async function () {
    this.timeout(120_000);
    house = await startHouse();
    house.addThing("Front door", { door: "STATUS" });
    ({ editor, red } = await openEditor([accountOf(house, { name: "Home" })]));
    await editor.page.waitForFunction(() => document.querySelector(".arduino-cloud-sidebar select") !== null);
  });

  const importExample = (name: string): Promise<void> =>
    editor.page.evaluate(
      (text) => {
        const { RED } = globalThis as unknown as EditorWindow;
        RED.view.importNodes(text, { generateIds: true, addFlow: false, notify: false });
      },
      readFileSync(path.join(folder, `${name}.json`), "utf8"),
    );
  const accounts = (): Promise<string[]> =>
    editor.page.evaluate(() => {
      const found: string[] = [];
      (globalThis as unknown as EditorWindow).RED.nodes.eachConfig(({ id, type }) => {
        if (type === "arduino-cloud-account") found.push(id);
      });
      return found;
    });
  /** The accounts that nodes on the canvas name, each once. */
  const named = (): Promise<string[]> =>
    editor.page.evaluate(() => {
      const found = new Set<string>();
      (globalThis as unknown as EditorWindow).RED.nodes.eachNode(({ account }) => {
        if (account !== undefined) found.add(account);
      });
      return [...found];
    });
  const environment = (label: string): Promise<Record<string, string>> =>
    editor.page.evaluate((wanted) => {
      const found: Record<string, string> = {};
      (globalThis as unknown as EditorWindow).RED.nodes.eachWorkspace((tab) => {
        if (tab.label === wanted) for (const { name, value } of tab.env ?? []) found[name] = value;
      });
      return found;
    }, label);
  const dialog = (): Locator =>
    editor.page.locator(".ui-dialog", { has: editor.page.locator(".arduino-cloud-imported") });

  it("uses the one account that has a key, and asks for the things that it leaves open", async () => {
    await importExample("A greenhouse");
    await dialog().getByText("Imported flow").waitFor();
    assert.deepEqual(await accounts(), ["account"]);
    assert.deepEqual(await named(), ["account"]);
    const asked = await dialog().locator("label").allInnerTexts();
    assert.deepEqual(
      asked.map((text) => /“(.*)”/.exec(text)?.[1]),
      ["Weather station", "Water tank", "Living room light"],
      "the door is there by its name",
    );
    await editor.expectNoRawKeys();
    await editor.picture("imported");
    await dialog().getByLabel("Which thing is your “Water tank”?").selectOption("House");
    await dialog().getByRole("button", { name: "Use these" }).click();
    await dialog().waitFor({ state: "detached" });
    assert.deepEqual(await environment("A greenhouse"), {
      CLIMATE: "Weather station",
      WATER: "House",
      LIGHT: "Living room light",
      DOOR: "Front door",
    });
    editor.expectNoTrouble();
  });

  it("is as it came after undo", async () => {
    const undo = (): Promise<void> =>
      editor.page.evaluate(() => {
        (globalThis as unknown as EditorWindow).RED.actions.invoke("core:undo");
      });
    await undo();
    assert.equal((await environment("A greenhouse")).WATER, "Water tank");
    await undo();
    const all = await accounts();
    assert.equal(all.length, 2);
    assert.deepEqual(await named(), all.slice(1));
    await undo();
    assert.deepEqual(await accounts(), ["account"]);
    assert.deepEqual(await environment("A greenhouse"), {});
    editor.expectNoTrouble();
  });

  it("asks once which account it shall use where several have a key", async () => {
    await red.deploy([
      { id: "tab", type: "tab", label: "Flow" },
      accountOf(house, { name: "Home" }),
      accountOf(house, { id: "office", name: "Office" }),
    ]);
    await editor.reload();
    await editor.page.waitForFunction(
      () => document.querySelectorAll(".arduino-cloud-sidebar select option").length > 1,
    );
    await importExample("Read a variable");
    await dialog().getByLabel("Which account shall the imported nodes use?").selectOption({ label: "Office" });
    await dialog().getByRole("button", { name: "Use these" }).click();
    await editor.page.getByText("The imported nodes use the account “Office”.").waitFor();
    assert.deepEqual((await accounts()).sort(), ["account", "office"]);
    assert.deepEqual(await named(), ["office"]);
    editor.expectNoTrouble();
  });
});
