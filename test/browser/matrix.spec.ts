import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import path from "node:path";
import type { Browser } from "playwright-core";
import { accountOf } from "../support/flows";
import { type House, startHouse } from "../support/simulated-account";
import { type NodeRed, readUserFiles, startNodeRed } from "../support/node-red";
import { Editor, startBrowser } from "./editor";

const locales = path.resolve(__dirname, "..", "..", "locales");
/** A wide language and one without spaces beside the original, as far as they are there, and both themes. */
const looks = [
  { language: "en-US", dark: false },
  { language: "de", dark: true },
  { language: "ja", dark: false },
].filter(({ language }) => existsSync(path.join(locales, language)));
const sets = ["property-in", "property-out", "property-get", "device-status", "history", "manage"];

const overrides = '{"House/relay": {"component": "switch"}}';

/** Names as only people with bad intentions, or none at all, give them. */
const oddNames = [
  `<img src=x onerror="alert(1)">`,
  `</script><b>bold</b> & 'quoted' "twice"`,
  "🚀 rocket \u{1F469}\u200d\u{1F52C}",
  "\u202eright to left\u202c שלום",
  "x".repeat(64),
  "",
];

/** Each node from the palette to the deployed flow and back, in each look; on Node-RED 4.1 and on 5. */
describe("each node in each look", function () {
  this.timeout(120_000);
  let house: House;
  let red: NodeRed;
  let browser: Browser;
  const answers: string[] = [];
  const odd: { things: string[]; devices: string[] } = { things: [], devices: [] };

  before(async function () {
    this.timeout(120_000);
    house = await startHouse({ readOnly: ["sensor"] });
    const { store, userId } = house.simulator;
    for (const name of oddNames) {
      const thing = house.addThing("to be renamed", { value: "CHARSTRING" });
      const device = store.createDevice({ name: "to be renamed" }, { userId });
      // The API would refuse some of these; what is there already is shown all the same.
      for (const item of [store.things.get(thing), device]) Object.assign(item ?? {}, { name });
      Object.assign(store.propertyNamed(thing, "value") ?? {}, { name });
      store.record(thing, "value", name, Date.now());
      odd.things.push(name === "" ? thing : name);
      odd.devices.push(name === "" ? device.id : name);
    }
    red = await startNodeRed();
    await red.deploy([{ id: "tab", type: "tab", label: "Flow" }, accountOf(house, { name: "House" })]);
    browser = await startBrowser();
  });

  /** Chooses what a node is about by typing into its list; the account is there already, being the only one. */
  const configure = async (editor: Editor, set: string): Promise<void> => {
    const { page } = editor;
    if (set === "home-assistant") {
      // Its form has no list: it shows all things, or those that are named.
      await page.locator("#node-input-things").fill("House");
      await page.locator("#node-input-availability").uncheck();
      await page.locator("#node-input-overrides").fill(overrides);
      return;
    }
    const isDevice = set === "device-status";
    if (set === "manage") {
      await page.locator("#node-input-resource").selectOption("properties");
      await page.locator("#node-input-operation").selectOption("get");
    }
    await page.locator(isDevice ? "#node-input-device" : "#node-input-property").click();
    await page.keyboard.type(isDevice ? "board" : "house temperature");
    const marked = page.locator(".arduino-cloud-choice[aria-selected='true']");
    await marked.filter({ hasText: isDevice ? "Board" : /^temperature/ }).waitFor();
    await page.keyboard.press("Enter");
  };
  const chosen = async (editor: Editor, id: string): Promise<unknown[]> =>
    editor.fields(id, "account", "thing", "thingName", "property", "propertyName", "device", "deviceName", "valid");

  for (const look of looks)
    it(`${look.language}, ${look.dark ? "dark" : "light"}: dragged, configured, saved, deployed, reopened`, async () => {
      const editor = await Editor.open(browser, red.url, look);
      const ids = new Map<string, string>();
      // One form more takes seconds, and this one has no lists: its texts are looked at in all languages by texts.spec.ts.
      const dragged = look.language === "en-US" ? [...sets, "home-assistant"] : sets;
      for (const [index, set] of dragged.entries()) {
        const id = await editor.drag(`arduino-cloud-${set}`, 300, 60 + 60 * index);
        ids.set(set, id);
        await editor.edit(id);
        await configure(editor, set);
        await editor.expectNoRawKeys();
        await editor.expectNothingCut();
        await editor.picture(`matrix-${look.language}-${set}`);
        await editor.done();
      }
      await editor.deploy();
      await editor.picture(`matrix-${look.language}`);
      for (const [set, id] of ids) {
        await editor.edit(id);
        if (set === "home-assistant")
          assert.equal(await editor.page.locator("#node-input-overrides").inputValue(), overrides);
        else await editor.chosen(set === "device-status" ? "device" : "property").waitFor();
        await editor.done();
        const variable = [house.thingId, "House", "temperature", "temperature"];
        const values = await chosen(editor, id);
        if (set === "home-assistant") {
          const own = await editor.fields(
            id,
            "account",
            "things",
            "tag",
            "write",
            "availability",
            "overrides",
            "valid",
          );
          assert.deepEqual(own, ["account", "House", "", true, false, overrides, true]);
        } else if (set === "device-status") assert.deepEqual(values.slice(5), [house.deviceId, "Board", true]);
        else assert.deepEqual([set, ...values.slice(0, 5), values[7]], [set, "account", ...variable, true]);
        // Only looking changes nothing.
        assert.deepEqual(await editor.fields(id, "changed"), [false]);
      }
      editor.expectNoTrouble();
      answers.push(...editor.answers, await editor.page.content());
      // The next look begins on an empty flow.
      await red.deploy(
        ((await (await red.fetch("/flows")).json()) as { id: string; z?: string }[]).filter(({ z }) => !z),
      );
      await editor.page.context().close();
    });

  it("shows odd names as text, in the lists, below the fields and on the canvas", async () => {
    const editor = await Editor.open(browser, red.url);
    const { page } = editor;
    page.on("dialog", (dialog) => {
      assert.fail(`A script of the cloud ran: ${dialog.message()}`);
    });
    const listed = async (field: string): Promise<string[]> => {
      await page.locator(`#node-input-${field}`).click();
      await editor.choices.first().waitFor();
      return editor.choices.locator("div").evaluateAll((lines) => lines.map((line) => line.textContent));
    };
    const manage = await editor.drag("arduino-cloud-manage", 300, 100);
    await editor.edit(manage);
    await page.locator("#node-input-resource").selectOption("any");
    await page.locator("#node-input-operation").selectOption("");
    for (const [field, names] of [
      ["thing", odd.things],
      ["device", odd.devices],
    ] as const) {
      const shown = await listed(field);
      for (const name of names) assert.ok(shown.includes(name), `${field}: ${name}`);
      await page.keyboard.press("Escape");
    }
    await editor.cancel();
    const propertyIn = await editor.drag("arduino-cloud-property-in", 300, 200);
    await editor.edit(propertyIn);
    await listed("property");
    const headings = page.locator(".arduino-cloud-list-heading");
    const owners = await headings.evaluateAll((lines) => lines.map((line) => line.textContent));
    for (const name of odd.things) assert.ok(owners.includes(name), name);
    await editor.picture("odd-names");
    await editor.choices.filter({ hasText: "onerror" }).first().click();
    await editor.chosen("thing").waitFor();
    await editor.done();
    assert.deepEqual(await editor.fields(propertyIn, "thingName", "propertyName"), [oddNames[0], oddNames[0]]);
    await editor.picture("odd-names-canvas");
    assert.equal(await page.locator("img[src='x']").count(), 0);
    editor.expectNoTrouble();
    answers.push(...editor.answers);
    await page.context().close();
  });

  it("shows a secret nowhere", async () => {
    const { clientId, clientSecret } = house.account;
    const texts = [...answers, red.log(), await readUserFiles(red.userDir)].join("\n");
    for (const secret of [clientId, clientSecret]) assert.equal(texts.includes(secret), false);
  });
});
