import assert from "node:assert/strict";
import type { Browser, Locator } from "playwright-core";
import { type House, startHouse } from "../support/house";
import { type NodeRed, startNodeRed } from "../support/node-red";
import { Editor, startBrowser } from "./editor";

const hostile = `<img src=x onerror="alert(1)"> "quoted" 'name' 🚀 שלום`;

const tree = ".arduino-cloud-sidebar-tree";

/** The sidebar in a real editor: what it shows, what becomes of what is dragged, and what it costs. */
describe("the sidebar", function () {
  this.timeout(60_000);
  let house: House;
  let red: NodeRed;
  let browser: Browser;
  let editor: Editor;

  before(async function () {
    this.timeout(120_000);
    house = await startHouse({ readOnly: ["sensor"] });
    const hostileId = house.addThing(hostile, { danger: "CHARSTRING" });
    const { store } = house.simulator;
    store.record(hostileId, "danger", `</script>${hostile}`, Date.now());
    store.record(house.thingId, "temperature", 21.299999237060547, Date.now());
    store.record(house.thingId, "lamp", { swi: true, hue: 120, sat: 80, bri: 60 }, Date.now());
    red = await startNodeRed();
    const { clientId, clientSecret, ...settings } = house.account;
    const credentials = { clientId, clientSecret };
    await red.deploy([
      { id: "tab", type: "tab", label: "Flow" },
      { id: "account", type: "arduino-cloud-account", name: "House", ...settings, credentials },
    ]);
    browser = await startBrowser();
    editor = await Editor.open(browser, red.url);
    editor.page.on("dialog", (dialog) => {
      assert.fail(`A script of the cloud ran: ${dialog.message()}`);
    });
  });

  after(async () => {
    await browser.close();
    await red.stop();
    await house.stop();
  });

  /** A line of the tree by its text. */
  const line = (text: string | RegExp): Locator =>
    editor.page.locator(`${tree} [role=treeitem]:visible`, { hasText: text });
  const temperature = /^temperature/;
  const search = (): Locator => editor.page.getByLabel("Search things and variables");
  const details = (): Locator => editor.page.locator(".arduino-cloud-sidebar-details");
  const show = (tab: string): Promise<void> =>
    editor.page.evaluate((id) => {
      (globalThis as unknown as { RED: { sidebar: { show(tab: string): void } } }).RED.sidebar.show(id);
    }, tab);
  const lists = (): number => house.simulator.observed.requests.filter(({ path }) => path === "/iot/v2/things").length;
  const undo = (): Promise<void> =>
    editor.page.evaluate(() => {
      (globalThis as unknown as { RED: { actions: { invoke(action: string): void } } }).RED.actions.invoke("core:undo");
    });
  /** Drags a line to a point of the canvas with the mouse; gives the id of what arrives there, if anything. */
  const drag = async (source: Locator, x: number, y: number, alt = false): Promise<string | undefined> => {
    const { page } = editor;
    const before = await editor.nodeIds();
    const from = await source.boundingBox();
    const canvas = await page.locator("#red-ui-workspace-chart").boundingBox();
    assert.ok(from && canvas);
    await page.mouse.move(from.x + 60, from.y + 12);
    await page.mouse.down();
    if (alt) await page.keyboard.down("Alt");
    await page.mouse.move(canvas.x + x + 30, canvas.y + y, { steps: 5 });
    await page.mouse.move(canvas.x + x, canvas.y + y, { steps: 3 });
    await editor.picture(alt ? "sidebar-drag-alt" : "sidebar-drag");
    await page.mouse.up();
    if (alt) await page.keyboard.up("Alt");
    return (await editor.nodeIds()).find((id) => !before.includes(id));
  };
  const added = async (id: string | undefined, ...names: string[]): Promise<unknown[]> => {
    assert.ok(id !== undefined, "nothing arrived on the canvas");
    return editor.fields(id, "type", "account", ...names);
  };

  it("shows things with their variables, values, units and status", async () => {
    await show("arduino-cloud-sidebar");
    await line(temperature).waitFor();
    await line(/^Devices/).click();
    assert.match(await line(temperature).innerText(), /FLOAT[^]*21\.3$/);
    assert.match(await line(/^lamp/).innerText(), /swi true, hue 120, sat 80, bri 60$/);
    assert.match(await line(/^counter/).innerText(), /no value yet$/);
    assert.match(await line(/^Board/).innerText(), /OFFLINE$/);
    assert.match(await line(/^House/).innerText(), /OFFLINE$/);
    await editor.expectNoRawKeys();
    editor.expectNoTrouble();
  });

  it("shows hostile names and values as text", async () => {
    await line(/^<img/).click();
    assert.equal(await details().locator("h4").innerText(), hostile);
    assert.match(await line(/^danger/).innerText(), /<\/script><img/);
    await editor.picture("sidebar");
    assert.equal(await editor.page.locator("img[src='x']").count(), 0);
    editor.expectNoTrouble();
  });

  it("makes property in of a variable that is dragged onto the canvas", async () => {
    const id = await drag(line(temperature), 300, 120);
    assert.deepEqual(
      await added(id, "thing", "thingName", "property", "propertyName", "direction", "valid", "changed", "outputs"),
      ["arduino-cloud-property-in", "account", house.thingId, "House", "temperature", "temperature"]
        .concat("reported")
        .concat([true, true, 1] as never[]),
    );
    const [x, y] = (await editor.fields(id ?? "", "x", "y")) as [number, number];
    assert.ok(Math.abs(x - 300) < 30 && Math.abs(y - 120) < 30, `at ${x}, ${y}`);
    await editor.picture("sidebar-dropped");
    await undo();
    assert.deepEqual(await editor.nodeIds(), []);
    editor.expectNoTrouble();
  });
});
