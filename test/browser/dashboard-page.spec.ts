import assert from "node:assert/strict";
import type { Browser, Locator } from "playwright-core";
import type { Dashboard, Widget } from "../../simulator/store/dashboard-models";
import { accountOf } from "../support/flows";
import type { NodeRed } from "../support/node-red";
import { type House, startHouse } from "../support/simulated-account";
import { until } from "../support/wait";
import { Editor } from "./editor";
import { openEditor } from "./open-editor";

const tree = ".arduino-cloud-sidebar-tree";
const script = "window.__hit = (window.__hit ?? 0) + 1";
const hostile = `<img src=x onerror="${script}"> {{ $root.constructor.constructor('${script}')() }} "q" 'a'`;

/** The editor, as far as these specs look into it. */
interface EditorWindow {
  getTypeAsIs: (type: string) => unknown;
  RED: {
    nodes: {
      getType: (type: string) => unknown;
      createCompleteNodeSet(): { id: string; type: string; name?: string; ui?: string; theme?: string }[];
      node(id: string): { valid?: boolean; validationErrors?: string[] } | null;
    };
    actions: { invoke(action: string): void };
  };
}

/** The button in the sidebar, and what becomes of a dashboard in the editor and on its page. */
describe("a page of Node-RED made in the sidebar", function () {
  this.timeout(120_000);
  let house: House;
  let red: NodeRed;
  let browser: Browser;
  let editor: Editor;

  const draw = (name: string, widgets: readonly Partial<Widget>[], pages: Dashboard["pages"] = []): void => {
    const { store, userId } = house.simulator;
    const id = `dddd${store.dashboards.size}ddd-0000-4000-8000-000000000000`;
    const whole = widgets.map((widget, index) => ({
      ...{ id: `eeeeeeee-0000-4000-8000-${String(index).padStart(12, "0")}`, name: `Widget ${index}`, page_id: "0" },
      ...{ type: "Value", x: 0, y: 2 * index, width: 4, height: 2, options: {}, variables: [], ...widget },
    }));
    const rest = { shares: [], requests: [], updated_at: "2026-03-01T00:00:00Z", user_id: userId };
    store.dashboards.set(id, { id, name, pages, widgets: whole, ...rest });
  };
  const line = (text: string | RegExp): Locator =>
    editor.page.locator(`${tree} [role=treeitem]:visible`, { hasText: text });
  const button = (name: string | RegExp): Locator => editor.page.getByRole("button", { name });
  const nodes = (): Promise<ReturnType<EditorWindow["RED"]["nodes"]["createCompleteNodeSet"]>> =>
    editor.page.evaluate(() =>
      (globalThis as unknown as EditorWindow).RED.nodes.createCompleteNodeSet().map((node) => ({ ...node })),
    );
  const ofType = async (type: string): Promise<Awaited<ReturnType<typeof nodes>>> =>
    (await nodes()).filter((node) => node.type === type);
  const invalid = (): Promise<string[]> =>
    editor.page.evaluate(() => {
      const { nodes: all } = (globalThis as unknown as EditorWindow).RED;
      return all.createCompleteNodeSet().flatMap(({ id, type }) => {
        const node = all.node(id);
        return node?.valid === false ? [`${type}: ${node.validationErrors?.join() ?? ""}`] : [];
      });
    });
  const undo = (): Promise<void> =>
    editor.page.evaluate(() => (globalThis as unknown as EditorWindow).RED.actions.invoke("core:undo"));
  const dialog = (): Locator =>
    editor.page.locator(".ui-dialog:visible", { has: editor.page.locator(".arduino-cloud-page") });
  const makePage = async (dashboard: string): Promise<void> => {
    await line(dashboard).click();
    await button("Make a Node-RED page").click();
    await dialog().waitFor();
  };
  const accept = async (): Promise<void> => {
    await button("Make the page").click();
    await dialog().waitFor({ state: "detached" });
  };
  const everyKind = [
    "Switch",
    "Slider",
    "Value",
    "Gauge",
    "Chart",
    "Messenger",
    "Colored Light",
    "Map",
    "Sticky Note",
    "Image",
  ];
  const variableOf: Record<string, string> = { Switch: "relay", Messenger: "message", "Colored Light": "lamp" };
  const manyWidgets = (more: Partial<Widget>): Partial<Widget>[] =>
    Array.from({ length: 40 }, (_, index) => {
      const type = everyKind[index % everyKind.length] ?? "Value";
      const variables = [house.propertyIds[variableOf[type] ?? "counter"] ?? ""];
      const page = ["0", ...pages.map(({ id }) => id)][index % 4] ?? "0";
      return { type, variables, page_id: page, x: (index % 3) * 4, y: Math.floor(index / 3) * 3, ...more };
    });
  const pages = [1, 2, 3].map((position) => ({
    ...{ id: `ffffffff-0000-4000-8000-00000000000${position}`, name: `Page ${position}`, position },
  })) as Dashboard["pages"];

  before(async function () {
    this.timeout(120_000);
    house = await startHouse({ readOnly: ["sensor"] });
    draw("Forty", manyWidgets({}), pages);
    draw("Hostile", manyWidgets({ name: hostile, options: { note: hostile, url: hostile, glow: hostile } }), pages);
    draw("Odd", [{ type: "Hologram", options: { glow: 5 }, variables: [house.propertyIds["relay"] ?? ""] }, {}]);
    draw("Empty", []);
    const foreign = house.addThing(hostile, { danger: "CHARSTRING" });
    house.simulator.store.record(foreign, "danger", hostile, Date.now());
    const board = await house.board();
    await board.report({ message: hostile });
    ({ editor, red, browser } = await openEditor([accountOf(house, { name: "House" })], {
      nodeRed: { dashboard: true },
    }));
    await editor.showTab("arduino-cloud-sidebar");
    await line(/^Dashboards/).click();
  });

  it("shows the plan, with what is not as it was and why", async () => {
    await makePage("Odd");
    const text = await dialog().innerText();
    assert.match(text, /Page Odd \(widgets: 2\)/);
    assert.match(
      text,
      /Widget 0 \(Hologram\): This kind of widget is not known here: it only shows the value of relay\./,
    );
    assert.match(text, /Settings that are not carried over: glow\./);
    assert.match(text, /Widget 1 \(Value\): It has no variable/);
    await editor.picture("page-dialog");
    await editor.expectNoRawKeys();
    await button("Cancel").click();
    assert.equal((await ofType("ui-page")).length, 0);
    await line("Empty").click();
    await button("Make a Node-RED page").click();
    await editor.page.getByText("This dashboard has no widgets").waitFor();
    editor.expectNoTrouble();
  });

  it("says that Dashboard 2.0 is too old where it lacks what a page needs", async () => {
    await editor.page.evaluate(() => {
      const { RED } = globalThis as unknown as EditorWindow;
      const { getType } = RED.nodes;
      Object.assign(globalThis, { getTypeAsIs: getType });
      RED.nodes.getType = (type) => (type === "ui-spacer" ? undefined : getType(type));
    });
    await line("Odd").click();
    await button("Make a Node-RED page").click();
    await editor.page.getByText("too old here for such a page").waitFor();
    await editor.page.locator(".red-ui-notification").getByRole("button", { name: "Cancel" }).click();
    await editor.page.evaluate(() => {
      const { RED, getTypeAsIs } = globalThis as unknown as EditorWindow;
      RED.nodes.getType = getTypeAsIs;
    });
    assert.equal((await ofType("ui-page")).length, 0);
    editor.expectNoTrouble();
  });

  it("takes over 40 widgets on 4 pages, and undo leads back", async () => {
    const before = (await nodes()).length;
    await makePage("Forty");
    await accept();
    assert.deepEqual(
      await Promise.all(["ui-base", "ui-theme", "ui-page", "tab"].map(async (type) => (await ofType(type)).length)),
      [1, 1, 4, 2],
    );
    assert.deepEqual(await invalid(), []);
    await undo();
    assert.equal((await nodes()).length, before);
    editor.expectNoTrouble();
  });

  it("shares base and theme the second time", async () => {
    for (let count = 0; count < 2; count++) {
      await makePage("Odd");
      assert.equal(await dialog().locator("select:visible").count(), 0);
      await accept();
    }
    const made = await ofType("ui-page");
    assert.equal(made.length, 2);
    assert.deepEqual([new Set(made.map(({ ui }) => ui)).size, new Set(made.map(({ theme }) => theme)).size], [1, 1]);
    assert.deepEqual([(await ofType("ui-base")).length, (await ofType("ui-theme")).length], [1, 1]);
    assert.equal(new Set(made.map((page) => (page as { path?: string }).path)).size, 2);
    assert.deepEqual(await invalid(), []);
    for (let count = 0; count < 2; count++) await undo();
    assert.equal((await ofType("ui-base")).length, 0);
    editor.expectNoTrouble();
  });

  it("makes a page of variables that are selected, by mouse or by keyboard", async () => {
    await line(/^relay/).click();
    await line(/^lamp/).click({ modifiers: ["ControlOrMeta"] });
    await editor.page.keyboard.press("ArrowDown");
    await editor.page.keyboard.press("Space");
    await button("Make a dashboard page (3)").click();
    await dialog().waitFor();
    assert.match(await dialog().innerText(), /Page House \(widgets: 3\)[^]*All widgets are carried over as they are/);
    await accept();
    const types = (await nodes()).map(({ type }) => type);
    for (const type of ["ui-switch", "ui-template", "arduino-cloud-property-out"])
      assert.ok(types.includes(type), type);
    assert.deepEqual(await invalid(), []);
    await undo();
    await line(/^House/).click();
    await button("Make a dashboard page").click();
    await dialog().waitFor();
    assert.match(await dialog().innerText(), /Page House \(widgets: 6\)/);
    await button("Cancel").click();
    editor.expectNoTrouble();
  });

  it("runs no script of a hostile dashboard, in the editor or on its pages", async () => {
    await makePage("Hostile");
    await accept();
    assert.deepEqual(await invalid(), []);
    const started = red.started();
    await editor.deploy();
    await started;
    const made = (await ofType("ui-page")) as unknown as { path: string }[];
    assert.equal(made.length, 4);
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on("pageerror", ({ message }) => errors.push(message));
    for (const { path } of made) {
      await page.goto(`${red.url}/dashboard${path}`);
      await page.locator(".arduino-widget").first().waitFor();
      await until("all widgets", async () => (await page.locator(".arduino-widget").count()) === 10);
      await page.getByText("constructor.constructor").first().waitFor();
      assert.equal(await page.evaluate(() => (globalThis as { __hit?: number }).__hit), undefined, path);
      assert.equal(await page.locator(".arduino-widget img[src='x']:not(.nrdb-ui-markdown img)").count(), 0, path);
    }
    await page.close();
    assert.deepEqual(errors, []);
    assert.equal(await editor.page.evaluate(() => (globalThis as { __hit?: number }).__hit), undefined);
    const { requests } = house.simulator.observed;
    const asks = /\/token$|\/series\/batch_query/;
    const changes = requests.filter(({ method, path }) => method !== "GET" && !asks.test(path));
    assert.deepEqual(
      changes.map(({ method, path }) => `${method} ${path}`),
      [],
      "nothing is changed in the cloud",
    );
    editor.expectNoTrouble();
  });

  it("proposes the theme of the pages that there are, and takes another one", async () => {
    const base = { type: "ui-base", name: "Mine", path: "/mine", acceptsClientConfig: [] };
    const config = [
      { ...base, id: "base-1" },
      ...["theme-1", "theme-2"].map((id) => ({ id, type: "ui-theme", name: id, colors: {}, sizes: {} })),
      { id: "page-2", type: "ui-page", name: "There", ui: "base-1", theme: "theme-2", path: "/there", layout: "grid" },
    ];
    await red.deploy([{ id: "tab", type: "tab", label: "Flow" }, accountOf(house, { name: "House" }), ...config]);
    editor = await Editor.open(browser, red.url);
    await editor.showTab("arduino-cloud-sidebar");
    await line(/^Dashboards/).click();
    await makePage("Odd");
    assert.equal(await dialog().getByLabel("Theme").inputValue(), "theme-2");
    await dialog().getByLabel("Theme").selectOption("theme-1");
    await accept();
    const made = (await ofType("ui-page")).filter(({ id }) => id !== "page-2");
    assert.deepEqual(
      made.map(({ ui, theme }) => [ui, theme]),
      [["base-1", "theme-1"]],
    );
    assert.equal((await ofType("ui-base")).length, 1);
    editor.expectNoTrouble();
  });
});
