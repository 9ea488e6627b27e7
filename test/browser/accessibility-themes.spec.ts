import assert from "node:assert/strict";
import type { Browser } from "playwright-core";
import { accountOf } from "../support/flows";
import { type House, startHouse } from "../support/simulated-account";
import { type NodeRed, startNodeRed } from "../support/node-red";
import { oldFlow } from "../support/old-flow";
import { seriousFindings } from "./axe";
import { Editor, startBrowser } from "./editor";

/** Only Node-RED 5 has a dark theme. */
const themes = process.env.NODE_RED === undefined ? ["light"] : ["light", "dark"];
const forms = ["property-in", "property-out", "property-get", "device-status", "history", "manage", "home-assistant"];
const dialog = ".arduino-cloud-migration";
const tree = ".arduino-cloud-sidebar-tree";

/** What the check of the forms leaves out: the sidebar, the migration, the many faces of manage; and both themes. */
describe("the editor for everybody", function () {
  this.timeout(120_000);
  let house: House;
  let red: NodeRed;
  let browser: Browser;
  let editor: Editor;

  before(async function () {
    this.timeout(120_000);
    house = await startHouse({ readOnly: ["sensor"] });
    house.simulator.store.record(house.thingId, "temperature", 21.5, Date.now());
    await house.board();
    house.addThing("Without a device", { level: "INT" });
    red = await startNodeRed();
    const target = { z: "tab", account: "account", thing: house.thingId, thingName: "House", wires: [[]] };
    await red.deploy([
      { id: "tab", type: "tab", label: "Flow" },
      accountOf(house, { name: "House" }),
      ...forms.map((set, index) => ({ id: set, type: `arduino-cloud-${set}`, ...target, x: 200, y: 60 * index + 60 })),
    ]);
    browser = await startBrowser();
  });

  const line = (text: RegExp) => editor.page.locator(`${tree} [role=treeitem]:visible`, { hasText: text });
  const show = (form: string): Promise<void> =>
    editor.page.evaluate((selector) => {
      for (const part of document.querySelectorAll<HTMLDetailsElement>(`${selector} details`)) part.open = true;
    }, form);

  for (const theme of themes)
    describe(`in the ${theme} theme`, () => {
      before(async () => {
        editor = await Editor.open(browser, red.url, { dark: theme === "dark" });
        await editor.settled();
        const isDark = await editor.page.evaluate(() => document.documentElement.classList.contains("nr-theme-dark"));
        assert.equal(isDark, theme === "dark");
      });
      after(() => editor.close());

      it("the sidebar with the details of a variable, a thing and a device, and with nothing found", async () => {
        await editor.showTab("arduino-cloud-sidebar");
        await line(/^temperature/).waitFor();
        await line(/^Devices/).click();
        for (const chosen of [/^temperature/, /^sensor/, /^House/, /^Board/]) {
          await line(chosen).click();
          await editor.page.locator(".arduino-cloud-sidebar-details h4").waitFor();
          assert.deepEqual(await seriousFindings(editor, ".arduino-cloud-sidebar"), [], String(chosen));
        }
        await editor.picture(`everybody-sidebar-${theme}`);
        const search = editor.page.getByLabel("Search things and variables");
        await search.fill("nowhere to be found");
        await editor.page.getByText("Nothing found.").waitFor();
        assert.deepEqual(await seriousFindings(editor, ".arduino-cloud-sidebar"), []);
        await search.fill("");
        editor.expectNoTrouble();
      });

      for (const form of forms)
        it(`the form of ${form}`, async () => {
          await editor.edit(form);
          await show("#dialog-form");
          assert.deepEqual(await seriousFindings(editor, "#dialog-form"), []);
          await editor.picture(`everybody-${form}-${theme}`);
          await editor.cancel();
        });

      it("the form of manage, whatever it manages", async () => {
        await editor.edit("manage");
        const resource = editor.page.locator("#node-input-resource");
        const resources = await resource
          .locator("option")
          .evaluateAll((options) => options.map((option) => (option as HTMLOptionElement).value));
        assert.ok(resources.length > 5);
        for (const name of resources) {
          await resource.selectOption(name);
          const operation = editor.page.locator("#node-input-operation");
          const last = await operation.locator("option").last().getAttribute("value");
          await operation.selectOption(last);
          assert.deepEqual(await seriousFindings(editor, "#dialog-form"), [], name);
        }
        await editor.picture(`everybody-manage-any-${theme}`);
        await editor.cancel();
        editor.expectNoTrouble();
      });

      for (const form of ["account", "device", "cluster"])
        it(`the form of ${form}`, async () => {
          await editor.addConfig(`arduino-cloud-${form}`);
          await show("#node-config-dialog-edit-form");
          assert.deepEqual(await seriousFindings(editor, "#node-config-dialog-edit-form"), []);
          await editor.picture(`everybody-${form}-${theme}`);
          await editor.cancelConfig();
        });

      it("the migration, and all of it by keyboard", async () => {
        await editor.page.evaluate(
          (nodes) => {
            const { RED } = globalThis as unknown as {
              RED: { nodes: { import(nodes: object[]): void }; actions: { invoke(name: string): void } };
            };
            RED.nodes.import(nodes);
            RED.actions.invoke("arduino-cloud:migrate");
          },
          oldFlow(house).filter(({ id }) => ["connection", "in", "hist"].includes(id)),
        );
        await editor.page.locator(`${dialog} > ul > li`).first().waitFor();
        assert.deepEqual(await seriousFindings(editor, ".ui-dialog"), []);
        await editor.picture(`everybody-migration-${theme}`);
        const reached = new Set<string>();
        for (let step = 0; step < 10; step++) {
          await editor.page.keyboard.press("Tab");
          reached.add(
            await editor.page.evaluate(() => {
              const { tagName, id, textContent } = document.activeElement as HTMLElement;
              return tagName === "BUTTON" ? textContent : id || tagName;
            }),
          );
        }
        for (const part of ["UL", "arduino-cloud-migration-keep-shape", "Cancel", "Convert"])
          assert.ok(reached.has(part), `${part} is not among ${[...reached].join(", ")}`);
        await editor.page.keyboard.press("Escape");
        await editor.page.locator(dialog).waitFor({ state: "detached" });
        editor.expectNoTrouble();
      });
    });
});
