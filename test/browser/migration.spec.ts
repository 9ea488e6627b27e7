import assert from "node:assert/strict";
import type { Browser } from "playwright-core";
import { type House, startHouse } from "../support/simulated-account";
import { type NodeRed, startNodeRed } from "../support/node-red";
import { oldFlow } from "../support/old-flow";
import { until } from "../support/wait";
import { Editor, startBrowser } from "./editor";

/** The migration in the editor, of a flow whose nodes are not installed: they show as unknown. */
/** The sidebar is in sight, and its account has come without a key. */
const keyNeeded = /^409 .*\/overview\/(things|devices)$/;

describe("migration from Arduino's own nodes in the editor", function () {
  this.timeout(120_000);
  let house: House;
  let red: NodeRed;
  let browser: Browser;
  let editor: Editor;
  const hostile = `<img src=x onerror="alert(1)">'"\u202E`;

  before(async function () {
    this.timeout(120_000);
    house = await startHouse();
    red = await startNodeRed();
    const { clientId, clientSecret } = house.account;
    const flow = oldFlow(house).map((node) => {
      if (node.id === "connection") return { ...node, credentials: { clientid: clientId, clientsecret: clientSecret } };
      return node.id === "push" ? { ...node, name: hostile } : node;
    });
    const headers = { "Content-Type": "application/json" };
    await red.fetch("/flows", { method: "POST", headers, body: JSON.stringify(flow) });
    browser = await startBrowser();
    editor = await Editor.open(browser, red.url);
    await editor.page.waitForFunction(() => (globalThis as unknown as EditorWindow).RED.nodes.node("hist"));
  });

  const dialog = () => editor.page.locator(".arduino-cloud-migration");
  const button = (name: string) => editor.page.locator(".ui-dialog:visible").getByRole("button", { name, exact: true });
  const invoke = (action: string): Promise<void> =>
    editor.page.evaluate((name) => (globalThis as unknown as EditorWindow).RED.actions.invoke(name), action);
  /** Everything in the editor, as it would be deployed. */
  const present = (): Promise<Record<string, unknown>[]> =>
    editor.page.evaluate(() => (globalThis as unknown as EditorWindow).RED.nodes.createCompleteNodeSet());
  const types = async (): Promise<Record<string, unknown>> =>
    Object.fromEntries((await present()).map(({ id, type }): [unknown, unknown] => [id, type])) as Record<
      string,
      unknown
    >;

  it("is offered once", async () => {
    const { page } = editor;
    const offer = page.locator(".red-ui-notification", {
      hasText: "Nodes of Arduino's own package are in your flows.",
    });
    await offer.waitFor();
    await offer.getByRole("button", { name: "Show what would change" }).click();
    await dialog().waitFor();
    await button("Cancel").click();
    await editor.reload();
    await page.waitForFunction(() => (globalThis as unknown as EditorWindow).RED.nodes.node("hist"));
    // The menu has its entry when an offer would have been made.
    await page.locator("#arduino-cloud-migration-menu").waitFor({ state: "attached" });
    assert.equal(await offer.count(), 0);
  });

  it("shows the plan first, with each change, and changes nothing", async () => {
    const before = await present();
    await editor.page.locator("#red-ui-header-button-sidemenu").click();
    await editor.page.locator("#arduino-cloud-migration-menu").click();
    const steps = dialog().locator("> ul > li");
    await steps.first().waitFor();
    const texts = await steps.allInnerTexts();
    assert.equal(texts.length, 8);
    assert.match(
      texts[0]!,
      /^arduino-connection My application becomes Arduino Cloud account\s+The API key stays with it\.$/,
    );
    assert.match(texts[1]!, /^property in My temperature becomes property in\s+The message keeps its shape\./);
    assert.ok(texts.some((text) => text.includes(hostile)));
    await editor.picture("migration-plan");
    await editor.expectNoRawKeys();
    await dialog().getByLabel("Keep the old message shape").uncheck();
    await steps.filter({ hasText: "msg.topic is the variable name" }).first().waitFor();
    await dialog().getByLabel("Keep the old message shape").check();
    await button("Cancel").click();
    await dialog().waitFor({ state: "detached" });
    assert.deepEqual(await present(), before);
  });

  it("converts in one step, with all that is on the canvas in its place", async () => {
    const before = await present();
    await invoke("arduino-cloud:migrate");
    await button("Convert").click();
    await editor.page.getByText("8 nodes were converted. Deploy to use them.").waitFor();
    assert.equal(await editor.page.getByText("Enter the API key").count(), 0);
    const after = await present();
    const kept = (nodes: Record<string, unknown>[]): unknown[] =>
      // A group fits itself to its nodes.
      nodes.filter(({ type }) => type !== "group").map(({ id, x, y, z, g, d }) => ({ id, x, y, z, g, d }));
    const byId = (nodes: unknown[]): string[] => nodes.map((node) => JSON.stringify(node)).sort();
    assert.deepEqual(byId(kept(after)), byId(kept(before)));
    for (const { id, type, wires } of after) {
      const old = before.find((node) => node.id === id)!;
      if (type === "arduino-cloud-property-out") assert.deepEqual([old.wires, wires], [[], [[]]]);
      else assert.deepEqual(wires, old.wires);
    }
    assert.deepEqual(
      Object.values(await types()).filter((type) => /^property |^arduino-connection/.test(String(type))),
      [],
    );
    for (const id of ["connection", "in", "out", "as-device", "poll", "push", "hist", "off"]) {
      const [valid, changed] = await editor.fields(id, "valid", "changed");
      assert.deepEqual([id, valid, changed], [id, true, true]);
    }
    assert.deepEqual(await editor.fields("values", "changed"), [false]);
    assert.deepEqual(await editor.page.evaluate(undefinedFields), []);
    await editor.picture("migration-done");
    editor.expectNoTrouble(keyNeeded);
  });

  it("is taken back by one undo, and made again by one redo", async () => {
    await invoke("core:undo");
    assert.deepEqual(
      [(await types()).in, (await types()).connection, (await types()).hist],
      ["property in", "arduino-connection", "property in hist"],
    );
    await invoke("core:redo");
    assert.equal((await types()).in, "arduino-cloud-property-in");
    editor.expectNoTrouble(keyNeeded);
  });

  it("has the key, deploys and runs", async () => {
    const { baseUrl, audience, brokerUrl } = house.account;
    await editor.page.evaluate(
      (addresses) => {
        const { RED } = globalThis as unknown as EditorWindow;
        Object.assign(RED.nodes.node("connection")!, addresses);
        RED.editor.editConfig("", "arduino-cloud-account", "connection");
      },
      { baseUrl, audience, brokerUrl },
    );
    await editor.page.locator("#node-config-input-clientSecret").waitFor();
    // Node-RED asks for stored credentials when the form is open already.
    await editor.formReady();
    assert.equal(await editor.page.locator("#node-config-input-clientSecret").inputValue(), "__PWRD__");
    await editor.page.locator("#node-config-dialog-cancel").dispatchEvent("click");
    await editor.settled();
    await editor.deploy();
    const board = await house.board();
    const labels = editor.page.locator(".red-ui-flow-node-status-label");
    await labels.filter({ hasText: "connected" }).first().waitFor();
    // The label may be that of the node that writes.
    await until("the value", async () => {
      await board.report({ temperature: 21.5 });
      return red.received("values").length > 0;
    });
    await board.close();
    await editor.picture("migration-runs");
    for (const secret of [house.account.clientId, house.account.clientSecret])
      assert.equal(editor.answers.join("\n").includes(secret), false);
    await invoke("arduino-cloud:migrate");
    await editor.page.getByText("There are no nodes of Arduino's own package in these flows.").waitFor();
    editor.expectNoTrouble(keyNeeded);
  });
});

interface EditorWindow {
  RED: {
    nodes: {
      node(id: string): Record<string, unknown> | null;
      createCompleteNodeSet(): Record<string, unknown>[];
      eachNode(visit: (node: Definite) => void): void;
    };
    actions: { invoke(name: string): void };
    editor: { editConfig(name: string, type: string, id: string): void };
  };
}

type Definite = Record<string, unknown> & { id: string; type: string; _def: { defaults: Record<string, unknown> } };

/** The fields of our nodes that a fresh one has and a converted one lacks. */
function undefinedFields(): string[] {
  const found: string[] = [];
  (globalThis as unknown as EditorWindow).RED.nodes.eachNode((node) => {
    if (!node.type.startsWith("arduino-cloud-")) return;
    for (const field of Object.keys(node._def.defaults))
      if (node[field] === undefined) found.push(`${node.type} ${field}`);
  });
  return found;
}
