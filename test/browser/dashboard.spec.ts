import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { startSimulator, type Simulator } from "../../simulator";
import { type RunningBoards, startBoards } from "../../simulator/boards";
import { seedHouse } from "../../simulator/seeds/house";
import { exampleFor } from "../support/examples";
import { until } from "../support/wait";
import { type NodeRed, startNodeRed } from "../support/node-red";
import { startBrowser, takePicture } from "./editor";

const day = 86_400_000;

describe("the examples on a dashboard", function () {
  this.timeout(120_000);
  let simulator: Simulator;
  let boards: RunningBoards;
  let red: NodeRed;
  let browser: Browser;
  let page: Page;
  const trouble: string[] = [];

  const show = async (where: string, title: string): Promise<void> => {
    await page.goto(`${red.url}/${where}`);
    await page.getByText(title, { exact: true }).first().waitFor();
  };
  /** Whether anything but the background has been drawn in a chart. */
  const isDrawn = (chart: number): Promise<boolean> =>
    page.evaluate((index) => {
      const canvases = document.querySelectorAll<HTMLCanvasElement>("canvas:not(.v-color-picker-canvas canvas)");
      const canvas = canvases[index];
      if (canvas === undefined) return false;
      const { width, height } = canvas;
      const pixels = canvas.getContext("2d")?.getImageData(0, 0, width, height).data ?? [];
      // The line's colour, rgb(0, 149, 255).
      for (let at = 0; at < pixels.length; at += 4)
        if ((pixels[at] ?? 255) < 40 && Math.abs((pixels[at + 1] ?? 0) - 149) < 30 && (pixels[at + 2] ?? 0) > 220)
          return true;
      return false;
    }, chart);
  const drawn = (chart: number): Promise<void> => until(`something in chart ${chart}`, () => isDrawn(chart));

  before(async function () {
    this.timeout(120_000);
    simulator = await startSimulator({ choices: { retentionDays: 36_500 } });
    boards = startBoards({ deviceBrokerUrl: simulator.deviceBrokerUrl, house: seedHouse(simulator.store), every: 100 });
    red = await startNodeRed({ dashboard: true });
    browser = await startBrowser();
    page = await browser.newPage({ viewport: { width: 1280, height: 1000 }, locale: "en-US" });
    page.on("pageerror", ({ message }) => trouble.push(message));
    page.on("response", (response) => {
      if (response.status() >= 400) trouble.push(`${response.status()} ${response.url()}`);
    });
  });
  after(async () => {
    await browser.close();
    await red.stop();
    await boards.stop();
    await simulator.stop();
  });
  afterEach(() => assert.deepEqual(trouble.splice(0), []));

  it("draw a year of temperatures", async () => {
    const { store } = simulator;
    const station = [...store.things.values()].find(({ name }) => name === "Weather station");
    const temperature = store.propertyNamed(station?.id ?? "", "temperature");
    assert.ok(temperature);
    const values = Array.from({ length: 365 }, (_, index) => 15 - 10 * Math.cos((2 * Math.PI * index) / 365));
    temperature.history.unshift(...values.map((value, index) => ({ time: Date.now() + (index - 365) * day, value })));
    await red.deploy(exampleFor(simulator, "A year of temperatures as a chart"));
    await show("dashboard/year", "Temperatures of a year");
    await drawn(0);
    await takePicture(page, "dashboard-year");
  });

  it("show the family's house, and work it", async () => {
    await red.deploy(exampleFor(simulator, "A family dashboard"));
    await show("dashboard/home", "Weather");
    await page.getByText("closed").or(page.getByText("open")).first().waitFor();
    await drawn(1);
    const lamp = boards.boards.get("light");
    assert.ok(lamp);
    const writes = (): unknown[] => lamp.writes.map(({ value }) => value);
    assert.deepEqual(writes(), [], "looking at the page writes nothing");
    await page.locator(".nrdb-ui-switch", { hasText: "Lamp" }).locator(".v-selection-control__input").click();
    await until("the lamp is on", () => (lamp.values["light"] as { swi?: boolean } | undefined)?.swi === true);
    assert.deepEqual(lamp.values["light"], { swi: true, hue: 40, sat: 80, bri: 60 });
    const wheel = page.locator(".v-color-picker-preview__hue");
    await wheel.click();
    await until("the lamp has another colour", () => {
      const { hue, swi } = lamp.values["light"] as { hue: number; swi: boolean };
      return swi && Math.abs(hue - 180) < 10;
    });
    const count = writes().length;
    await page.locator(".nrdb-ui-switch", { hasText: "Lamp" }).locator(".v-selection-control__input").click();
    await until("the lamp is off", () => (lamp.values["light"] as { swi?: boolean } | undefined)?.swi === false);
    const isOff = (value: unknown): boolean => !(value as { swi: boolean }).swi;
    // The wheel may have written more than once until then.
    const last = writes().slice(count);
    assert.equal(last.findIndex(isOff), last.length - 1, "what the board reports is not written again");
    await takePicture(page, "dashboard-home");
    red.check();
  });
});
