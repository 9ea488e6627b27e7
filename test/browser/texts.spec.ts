import assert from "node:assert/strict";
import type { Browser } from "playwright-core";
import { flowTab, tab } from "../support/flows";
import { type NodeRed, startNodeRed } from "../support/node-red";
import { complete, original } from "../support/texts";
import { Editor, startBrowser } from "./editor";

const types = ["property-in", "property-out", "property-get", "device-status", "history", "manage", "home-assistant"];
const configTypes = ["account", "device", "cluster"];

/** A text of a form, the width that it takes and the width that there is, in pixels. */
interface Fit {
  text: string;
  needs: number;
  room: number;
}

/**
 * The texts of the open dialog: labels, each of which has one line, buttons and tips, entries of lists, and what empty
 * fields show. Rows that the present choice hides are shown first. Runs in the browser, where no function may have a name: tsx marks those.
 */
function measure(): Fit[] {
  const form = [...document.querySelectorAll<HTMLElement>(".red-ui-tray")].at(-1)!;
  for (const row of form.querySelectorAll<HTMLElement>(".form-row")) row.style.display = "";
  for (const section of form.querySelectorAll("details")) section.open = true;
  const pen = document.createElement("canvas").getContext("2d")!;
  // Letters of Chinese, Japanese and Korean are as wide as they are high; a machine without their fonts draws thin boxes.
  const square = /[\u3000-\u9fff\uac00-\ud7af\uff00-\uff60]/g;
  const parts = form.querySelectorAll<HTMLElement>(
    "label, button, summary, .arduino-cloud-hint, select, input[placeholder]",
  );
  return [...parts].flatMap((part) => {
    if (part.clientWidth === 0) return [];
    const style = getComputedStyle(part);
    pen.font = style.font;
    const room = part.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    const select = part instanceof HTMLSelectElement;
    // What adds a config node is a text of Node-RED's.
    const options = select ? [...part.options].filter(({ value }) => value !== "_ADD_").map(({ text }) => text) : [];
    const isRowLabel = part.matches(".arduino-cloud-form .form-row > label:first-child");
    const texts =
      part instanceof HTMLInputElement ? [part.placeholder] : isRowLabel ? [part.innerText.trim()] : options;
    const em = parseFloat(style.fontSize);
    // A list has an arrow beside its text, the label of a row an icon.
    const beside = select ? 16 : isRowLabel ? 20 : 0;
    if (select || texts.length > 0)
      return texts.map((text) => {
        const letters = text.replace(square, "");
        const squares = text.length - letters.length;
        return { text, needs: pen.measureText(letters).width + squares * em + beside, room };
      });
    return [{ text: part.innerText, needs: part.scrollWidth, room: part.clientWidth }];
  });
}

/** The texts of the open dialog that have less room than they need, each with how much is missing. */
async function cutTexts(editor: Editor): Promise<string[]> {
  const fits = await editor.page.evaluate(measure);
  assert.ok(fits.length > 5, "no form to look at");
  return fits
    .filter(({ needs, room }) => needs > room)
    .map(({ text, needs, room }) => `${text} (${Math.ceil(needs - room)} px too long)`);
}

describe("the texts of the forms", function () {
  this.timeout(180_000);
  let red: NodeRed;
  let browser: Browser;

  before(async () => {
    red = await startNodeRed();
    const nodes = types.map((type, index) => ({
      id: type,
      type: `arduino-cloud-${type}`,
      z: tab,
      x: 200,
      y: 100 + index * 60,
      wires: [[]],
    }));
    await red.deploy([flowTab, ...nodes]);
    browser = await startBrowser();
  });

  for (const language of [original, ...complete])
    it(`are not cut in ${language}`, async () => {
      const editor = await Editor.open(browser, red.url, { language });
      const cut: Record<string, string[]> = {};
      for (const type of types) {
        await editor.edit(type);
        cut[type] = await cutTexts(editor);
        await editor.expectNoRawKeys();
        await editor.cancel();
      }
      for (const type of configTypes) {
        await editor.addConfig(`arduino-cloud-${type}`);
        cut[type] = await cutTexts(editor);
        await editor.expectNoRawKeys();
        await editor.cancelConfig();
      }
      editor.expectNoTrouble();
      await editor.close();
      assert.deepEqual(cut, Object.fromEntries([...types, ...configTypes].map((type) => [type, []])));
    });
});
