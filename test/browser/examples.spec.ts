import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { NodeRed } from "../support/node-red";
import type { Editor } from "./editor";
import { openEditor } from "./open-editor";

const folder = path.resolve(__dirname, "..", "..", "examples");
// Those that need a package which could not be had show unknown nodes here.
const files = readdirSync(folder).filter((name) => !/Matter|HomeKit/.test(name));

/** A node as the editor holds it. */
interface Placed {
  id: string;
  type: string;
  name: string;
  /** False where the editor shows a red triangle. */
  valid: boolean;
  credentials?: object;
}

type Visit = (visit: (node: Placed) => void) => void;

interface EditorWindow {
  RED: {
    view: { importNodes(text: string, options: object): void };
    nodes: { eachNode: Visit; eachConfig: Visit };
    editor: { validateNode(node: object): void };
  };
}

/** The sidebar is in sight, and its account has come without a key. */
const keyNeeded = /^409 .*\/overview\/(things|devices)$/;

describe("the examples in the editor", function () {
  this.timeout(120_000);
  let red: NodeRed;
  let editor: Editor;

  before(async function () {
    this.timeout(120_000);
    ({ editor, red } = await openEditor(null, { nodeRed: { dashboard: true } }));
  });

  const nodes = (): Promise<Placed[]> =>
    editor.page.evaluate(() => {
      const { RED } = globalThis as unknown as EditorWindow;
      const found: Placed[] = [];
      for (const each of [RED.nodes.eachNode, RED.nodes.eachConfig])
        each(({ id, type, name, valid }) => found.push({ id, type, name, valid }));
      return found;
    });

  /** Imports a flow as the dialog *Import* does, and gives what has come. */
  const importFlow = async (text: string): Promise<Placed[]> => {
    const before = new Set((await nodes()).map(({ id }) => id));
    await editor.page.evaluate((json) => {
      const { RED } = globalThis as unknown as EditorWindow;
      RED.view.importNodes(json, { generateIds: true, addFlow: false, notify: false });
      // What no example can bring is a key.
      RED.nodes.eachConfig((node) => {
        if (node.type === "arduino-cloud-account") node.credentials ??= { clientId: "id", clientSecret: "secret" };
      });
      for (const each of [RED.nodes.eachConfig, RED.nodes.eachNode]) each((node) => RED.editor.validateNode(node));
    }, text);
    return (await nodes()).filter(({ id }) => !before.has(id));
  };

  for (const file of files) {
    it(`imports ${path.basename(file, ".json")} without a red triangle`, async () => {
      const found = await importFlow(readFileSync(path.join(folder, file), "utf8"));
      assert.ok(found.length > 2, `only ${found.length} nodes have come`);
      assert.deepEqual(
        found.filter(({ valid, type }) => !valid || type === "unknown"),
        [],
      );
      editor.expectNoTrouble(keyNeeded);
    });
  }

  it("deploys them all", async () => {
    // What examples leave open is asked for, and may stay open. That comes a moment after an import, at times twice.
    const asked = editor.page.locator(".ui-dialog").filter({ has: editor.page.locator(".arduino-cloud-imported") });
    await editor.page.addLocatorHandler(asked, async () => {
      await asked.getByRole("button", { name: "Later" }).last().click();
    });
    await editor.deploy();
    const { flows } = (await (await red.fetch("/flows", { headers: { "Node-RED-API-Version": "v2" } })).json()) as {
      flows: { type: string }[];
    };
    assert.equal(flows.filter(({ type }) => type === "tab").length >= files.length, true);
    assert.equal(flows.filter(({ type }) => type === "ui-base").length, 1, "they share one dashboard");
    await editor.picture("examples");
    editor.expectNoTrouble(keyNeeded);
  });
});
