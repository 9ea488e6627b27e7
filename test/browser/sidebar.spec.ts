import assert from "node:assert/strict";
import type { Locator } from "playwright-core";
import { accountOf } from "../support/flows";
import { type House, startHouse } from "../support/simulated-account";
import { until } from "../support/wait";
import type { Editor } from "./editor";
import { openEditor } from "./open-editor";

const hostile = `<img src=x onerror="alert(1)"> "quoted" 'name' 🚀 שלום`;

const twice = (text: string): string[] => [text, text];
const tree = ".arduino-cloud-sidebar-tree";

/** The sidebar in a real editor: what it shows, what becomes of what is dragged, and what it costs. */
describe("the sidebar", function () {
  this.timeout(120_000);
  let house: House;
  let editor: Editor;

  before(async function () {
    this.timeout(120_000);
    house = await startHouse({ readOnly: ["sensor"] });
    const hostileId = house.addThing(hostile, { danger: "CHARSTRING" });
    const { store } = house.simulator;
    store.record(hostileId, "danger", `</script>${hostile}`, Date.now());
    store.record(house.thingId, "temperature", 21.299999237060547, Date.now());
    store.record(house.thingId, "lamp", { swi: true, hue: 120, sat: 80, bri: 60 }, Date.now());
    await house.board();
    ({ editor } = await openEditor([accountOf(house, { name: "House" })], { ownsTime: true }));
    editor.page.on("dialog", (dialog) => {
      assert.fail(`A script of the cloud ran: ${dialog.message()}`);
    });
  });

  /** A line of the tree by its text. */
  const line = (text: string | RegExp): Locator =>
    editor.page.locator(`${tree} [role=treeitem]:visible`, { hasText: text });
  const temperature = /^temperature/;
  const search = (): Locator => editor.page.getByLabel("Search things and variables");
  const details = (): Locator => editor.page.locator(".arduino-cloud-sidebar-details");
  const lists = (): number => house.simulator.observed.requests.filter(({ path }) => path === "/iot/v2/things").length;
  const undo = (): Promise<void> =>
    editor.page.evaluate(() => {
      (globalThis as unknown as { RED: { actions: { invoke(action: string): void } } }).RED.actions.invoke("core:undo");
    });
  const drag = (source: Locator, x: number, y: number, alt = false): Promise<string | undefined> =>
    editor.dragToCanvas(source, x, y, { alt, picture: alt ? "sidebar-drag-alt" : "sidebar-drag" });
  const added = async (id: string | undefined, ...names: string[]): Promise<unknown[]> => {
    assert.ok(id !== undefined, "nothing arrived on the canvas");
    return editor.fields(id, "type", "account", ...names);
  };

  it("shows things with their variables, values, units and status", async () => {
    await editor.showTab("arduino-cloud-sidebar");
    await line(temperature).waitFor();
    await line(/^Devices/).click();
    assert.match(await line(temperature).innerText(), /FLOAT[^]*21\.3$/);
    assert.match(await line(/^lamp/).innerText(), /on, brightness 60 %$/);
    assert.match(await line(/^counter/).innerText(), /no value yet$/);
    assert.match(await line(/^Board/).innerText(), /online$/);
    assert.match(await line(/^House/).innerText(), /online$/);
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
      [
        "arduino-cloud-property-in",
        "account",
        house.thingId,
        "House",
        ...twice("temperature"),
        "reported",
        true,
        true,
        1,
      ],
    );
    const [x, y] = (await editor.fields(id ?? "", "x", "y")) as [number, number];
    assert.ok(Math.abs(x - 300) < 30 && Math.abs(y - 120) < 30, `at ${x}, ${y}`);
    await editor.picture("sidebar-dropped");
    await undo();
    assert.deepEqual(await editor.nodeIds(), []);
    editor.expectNoTrouble();
  });

  it("makes property out with Alt, a whole-thing node of a thing, and device status of a device", async () => {
    const out = await drag(line(/^relay/), 300, 200, true);
    const fields = ["thing", "thingName", "property", "propertyName"];
    assert.deepEqual(await added(out, ...fields, "valid"), [
      ...["arduino-cloud-property-out", "account", house.thingId, "House", ...twice("relay"), true],
    ]);
    const whole = await drag(line(/^House/), 300, 260);
    assert.deepEqual(await added(whole, ...fields, "valid"), [
      ...["arduino-cloud-property-in", "account", house.thingId, "House", ...twice(""), true],
    ]);
    const device = await drag(line(/^Board/), 300, 320);
    assert.deepEqual(await added(device, "device", "deviceName", "valid"), [
      ...["arduino-cloud-device-status", "account", house.deviceId, "Board", true],
    ]);
    const users = await editor.page.evaluate(
      () =>
        (globalThis as unknown as { RED: { nodes: { node(id: string): { users: unknown[] } } } }).RED.nodes.node(
          "account",
        ).users.length,
    );
    assert.equal(users, 3, "the account knows its nodes");
    for (let count = 0; count < 3; count++) await undo();
    assert.deepEqual(await editor.nodeIds(), []);
    editor.expectNoTrouble();
  });

  it("makes nothing of a group, of what is let go beside the canvas, or of a write to what is read only", async () => {
    await editor.page.locator(tree).press("Home");
    assert.equal(await drag(line(/^Things/), 300, 200), undefined);
    assert.equal(await drag(line(temperature), -100, 200), undefined);
    assert.equal(await drag(line(/^sensor/), 300, 200, true), undefined);
    await editor.page.getByText("This variable is read only: property out cannot write it.").waitFor();
    editor.expectNoTrouble();
  });

  it("is used by keyboard alone", async () => {
    await search().focus();
    await editor.page.keyboard.type("rel");
    await editor.page.keyboard.press("ArrowDown");
    for (const key of ["ArrowDown", "ArrowDown", "Enter", "Alt+Enter", "ArrowLeft"])
      await editor.page.keyboard.press(key);
    const [first, second] = await editor.nodeIds();
    assert.deepEqual(await added(first, "property"), ["arduino-cloud-property-in", "account", "relay"]);
    assert.deepEqual(await added(second, "property"), ["arduino-cloud-property-out", "account", "relay"]);
    const active = await editor.page.locator(tree).getAttribute("aria-activedescendant");
    assert.equal(await editor.page.locator(`[id="${active}"]`).getAttribute("aria-level"), "2");
    await editor.picture("sidebar-keyboard");
    for (let count = 0; count < 2; count++) await undo();
    await search().fill("nowhere to be found");
    await editor.page.getByText("Nothing found.").waitFor();
    await search().press("Escape");
    await line(temperature).waitFor();
    editor.expectNoTrouble();
  });

  it("adds what was clicked with Enter, as its foot says, and takes it back from there", async () => {
    const { keyboard } = editor.page;
    await line(/^relay/).click();
    await keyboard.press("Enter");
    await keyboard.press("Alt+Enter");
    const [first, second] = await editor.nodeIds();
    assert.deepEqual(await added(first, "property"), ["arduino-cloud-property-in", "account", "relay"]);
    assert.deepEqual(await added(second, "property"), ["arduino-cloud-property-out", "account", "relay"]);
    await keyboard.press("Control+z");
    await keyboard.press("Control+z");
    assert.deepEqual(await editor.nodeIds(), []);
    editor.expectNoTrouble();
  });

  it("leads the keyboard to the canvas after a drop and a double click", async () => {
    const { keyboard } = editor.page;
    for (const key of ["Control+z", "Delete"]) {
      await drag(line(temperature), 300, 120);
      assert.equal((await editor.nodeIds()).length, 1);
      await keyboard.press(key);
      assert.deepEqual(await editor.nodeIds(), [], `${key} after a drop`);
    }
    await line(/^relay/).dblclick();
    const [id] = await editor.nodeIds();
    assert.deepEqual(await added(id, "property"), ["arduino-cloud-property-in", "account", "relay"]);
    await keyboard.press("Delete");
    assert.deepEqual(await editor.nodeIds(), []);
    await line(/^House/).dblclick();
    assert.equal((await editor.nodeIds()).length, 1);
    await keyboard.press("Control+z");
    editor.expectNoTrouble();
  });

  it("shows the whole of a value in a narrow sidebar, and a label's whole where the pointer rests", async () => {
    await line(temperature).waitFor();
    const cut = await editor.page.locator(".arduino-cloud-sidebar").evaluate((sidebar) => {
      sidebar.style.width = "210px";
      const ends = [...sidebar.querySelectorAll<HTMLElement>(".arduino-cloud-sidebar-end")];
      const short = ends.filter(({ textContent, offsetParent }) => offsetParent && textContent.length < 12);
      const found = short.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth);
      sidebar.style.width = "";
      return { shown: short.length, cut: found.map(({ textContent }) => textContent) };
    });
    assert.ok(cut.shown > 3);
    assert.deepEqual(cut.cut, []);
    await editor.page.locator(tree).press("Home");
    const id = await drag(line(/^danger/), 300, 120);
    const node = editor.page.locator(`[id="${id}"]`);
    const label = await node.locator(".red-ui-flow-node-label").textContent();
    assert.ok(label !== null && label.length <= 40 && label.includes("…") && label.endsWith("danger"), `${label}`);
    assert.equal(await node.locator("> title").textContent(), `${hostile} / danger`);
    await editor.page.keyboard.press("Delete");
    editor.expectNoTrouble();
  });

  it("says what a page needs that is not installed, and leads to where it is", async () => {
    await editor.showTab("arduino-cloud-sidebar");
    await line(/^relay/).waitFor();
    await line(/^relay/).click();
    await editor.page.getByRole("button", { name: "Make a dashboard page" }).click();
    await editor.page.getByText("which is not installed here").waitFor();
    await editor.page.getByRole("button", { name: "Open the palette manager" }).click();
    const install = editor.page.locator(".red-ui-palette-editor-tab input:visible").first();
    await until("the name of the package", async () => (await install.inputValue()).includes("node-red-dashboard"));
    await editor.page.locator("#node-dialog-ok:visible").click();
    await editor.page.locator("#red-ui-settings-tab-palette").waitFor({ state: "hidden" });
    assert.deepEqual(await editor.nodeIds(), []);
    editor.expectNoTrouble();
  });

  it("looks at the cloud again and again while it is in sight, and at no other time", async () => {
    house.simulator.store.record(house.thingId, "temperature", 22.5, Date.now());
    const before = lists();
    await editor.passTime(11_000);
    await line(temperature).getByText("22.5").waitFor({ timeout: 30_000 });
    assert.ok(lists() - before <= 3, `${lists() - before} requests`);
    await editor.showTab("info");
    await editor.passTime(1_000);
    await editor.roundTrip();
    const hidden = lists();
    await editor.passTime(12_000);
    await editor.roundTrip();
    assert.equal(lists(), hidden);
    await editor.showTab("arduino-cloud-sidebar");
    await until("a look", () => lists() > hidden);
    editor.expectNoTrouble();
  });

  it("tells all of what is chosen, copies its id, and adds it by a button", async () => {
    await line(temperature).click();
    const texts = await details().locator("dd span").allInnerTexts();
    assert.deepEqual(
      [texts[0], ...texts.slice(2)],
      [
        ...["22.5", "FLOAT", "read and write", "temperature", "House", "Board (online)"],
        house.propertyIds.temperature ?? "",
      ],
    );
    const link = details().getByText("Open in the Arduino Cloud");
    assert.equal(await link.getAttribute("href"), `https://app.arduino.cc/things/${house.thingId}`);
    assert.equal(await link.getAttribute("rel"), "noopener noreferrer");
    await editor.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await details().getByLabel("Copy the ID").click();
    assert.equal(await editor.page.evaluate(() => navigator.clipboard.readText()), house.propertyIds.temperature);
    await details().getByText("Add property out").click();
    const [id] = await editor.nodeIds();
    assert.deepEqual(await added(id, "property"), ["arduino-cloud-property-out", "account", "temperature"]);
    await undo();
    await line(/^sensor/).click();
    assert.equal(await details().getByText("Add property out").isDisabled(), true);
    editor.expectNoTrouble();
  });

  it("writes by hand to a variable, and refuses what does not fit", async () => {
    await search().fill("relay");
    await line(/^relay/).click();
    await details().getByRole("switch").click();
    await details().getByText("Written.").waitFor();
    const held = (name: string): unknown => house.simulator.store.propertyNamed(house.thingId, name)?.last_value;
    await until("the relay", () => held("relay") === true);
    // The first value adds lines to the details.
    await details().locator("dd span", { hasText: /^on$/ }).waitFor();
    assert.ok(await details().getByText("Written.").isVisible(), "what the switch says stays");
    await search().fill("lamp");
    await line(/^lamp/).click();
    await details().locator("input[type=color]").fill("#ff0000");
    await until("the lamp", () => JSON.stringify(held("lamp")) === '{"swi":true,"hue":0,"sat":100,"bri":100}');
    await search().fill("counter");
    await line(/^counter/).click();
    await details().getByRole("spinbutton").fill("4");
    await editor.page.keyboard.press("Enter");
    await until("the counter", () => held("counter") === 4);
    await editor.picture("sidebar-write");
    await search().fill("sensor");
    await line(/^sensor/).click();
    assert.equal(await details().locator(".arduino-cloud-sidebar-write").count(), 0);
    await search().fill("");
    editor.expectNoTrouble();
  });

  it("keeps what was seen while the cloud is away, and says so", async () => {
    await house.simulator.restDown(true);
    await editor.page.locator(".arduino-cloud-sidebar-head button").click();
    await editor.page.getByText("The cloud cannot be reached from Node-RED.").waitFor({ timeout: 40_000 });
    await editor.page.getByText("Shown is what was seen last.").waitFor();
    assert.ok(await line(temperature).isVisible());
    await editor.picture("sidebar-offline");
    await house.simulator.restDown(false);
    await editor.page.locator(".arduino-cloud-sidebar-head button").click();
    await editor.page.getByText("Shown is what was seen last.").waitFor({ state: "detached", timeout: 40_000 });
    editor.expectNoTrouble(/^50[24] .*\/arduino-cloud\//);
  });

  it("is there once when the package is disabled and enabled again", async () => {
    await editor.page.evaluate(() => {
      const { plugins } = (globalThis as unknown as { RED: { plugins: { getPlugin(id: string): { onadd(): void } } } })
        .RED;
      plugins.getPlugin("arduino-cloud-sidebar").onadd();
    });
    await editor.showTab("arduino-cloud-sidebar");
    await line(temperature).waitFor();
    assert.equal(await editor.page.locator(".arduino-cloud-sidebar").count(), 1);
    editor.expectNoTrouble();
  });
});
