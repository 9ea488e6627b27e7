/**
 * Makes the pictures of the README, `npm run screenshots`: the demo as it runs on the simulated cloud, in a browser
 * (Debian's chromium, or the one that `CHROMIUM` names).
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { chromium, type Locator, type Page } from "playwright-core";
import { startDemo } from "./demo";
import { root } from "./demo/package";
import { animate, type Frame } from "./pictures/apng";

const images = path.join(root, "docs", "images");
/** Long enough for every variable to have come at least once, in milliseconds. */
const settlingMs = 15_000;

/** The size of most pictures. */
const usual = { width: 1280, height: 1000 };

/** The part of the editor's page that this program uses. */
interface EditorPage {
  RED?: {
    nodes?: {
      filterNodes: (filter: { type: string }) => { id: string; name: string; z: string }[];
      dirty: (isDirty: boolean) => void;
    };
    editor: { edit: (node: unknown) => void };
    workspaces: { show: (tab: string | undefined) => void; add: (tab: undefined, skip: boolean) => void };
    sidebar: { show: (tab: string) => void };
    actions: { invoke: (action: string) => void };
  };
}

async function main(): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "screenshots-"));
  const environment = { ...process.env, PORT: "0", ARDUINO_CLIENT_ID: "", ARDUINO_CLIENT_SECRET: "" };
  const demo = await startDemo(folder, environment, new AbortController().signal);
  const browser = await chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: ["--no-sandbox"],
  });
  try {
    const page = await browser.newPage({ viewport: usual, locale: "en-US" });
    await page.goto(demo.url);
    await page.waitForFunction(
      () => (globalThis as EditorPage).RED?.nodes?.filterNodes({ type: "arduino-cloud-property-in" }).length,
    );
    await prepareFlow(page);
    await takeSidebar(page);
    await takeFirstFlow(page);
    await takeDoctor(page);
    await takeDashboard(page, demo.dashboardUrl);
  } finally {
    await browser.close();
    await demo.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Shows the tour, folds the palette and switches the light on, for the pictures that follow. */
async function prepareFlow(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const { RED } = globalThis as EditorPage;
    const tour = RED?.nodes?.filterNodes({ type: "comment" }).find(({ name }) => name.startsWith("A house"));
    RED?.workspaces.show(tour?.z);
    RED?.sidebar.show("debug");
    RED?.actions.invoke("core:toggle-palette");
    const button = RED?.nodes?.filterNodes({ type: "inject" }).find(({ name }) => name === "light on, warm");
    await fetch(`inject/${button?.id}`, { method: "POST" });
  });
  await page.waitForTimeout(settlingMs);
}

/** Takes a picture of the sidebar with the things of the house, and the details of a variable. */
async function takeSidebar(page: Page): Promise<void> {
  await page.evaluate(() => (globalThis as EditorPage).RED?.sidebar.show("arduino-cloud-sidebar"));
  const line = (name: string): Locator =>
    page.locator(".arduino-cloud-sidebar-line:visible", { hasText: name }).first();
  await line("Devices").click();
  await line("Temperature").click();
  await page.waitForTimeout(500);
  await page.screenshot({ path: path.join(images, "sidebar.png") });
}

/** Takes a picture of the doctor's report on the demo's account, where a node names a thing with a slip. */
async function takeDoctor(page: Page): Promise<void> {
  await page.evaluate(() => {
    const { RED } = globalThis as EditorPage;
    const nodes = RED?.nodes?.filterNodes({ type: "arduino-cloud-property-in" });
    const node = nodes?.find(({ name }) => name.startsWith("Weather station"));
    if (node !== undefined) Object.assign(node, { thing: "Wether station", changed: true, dirty: true });
    RED?.nodes?.dirty(true);
  });
  const answered = page.waitForResponse(
    (response) => response.request().method() === "POST" && response.url().endsWith("/flows"),
  );
  await page.locator("#red-ui-header-button-deploy").click();
  await answered;
  // As high as what there is to see.
  await page.setViewportSize({ ...usual, height: 400 });
  await page.evaluate(() => (globalThis as EditorPage).RED?.actions.invoke("arduino-cloud:doctor"));
  const dialog = page.locator(".ui-dialog:visible");
  await dialog.locator("summary").waitFor();
  await dialog.screenshot({ path: path.join(images, "doctor.png") });
  await dialog.locator(".arduino-cloud-close").click();
  await page.setViewportSize(usual);
}

/** Takes the moving picture of the first flow: a variable is dragged onto an empty tab, deployed, and shows its value. */
async function takeFirstFlow(page: Page): Promise<void> {
  await page.reload();
  await page.setViewportSize({ width: 1000, height: 520 });
  await page.waitForFunction(
    () => (globalThis as EditorPage).RED?.nodes?.filterNodes({ type: "arduino-cloud-property-in" }).length,
  );
  await page.evaluate(() => {
    const { RED } = globalThis as EditorPage;
    RED?.workspaces.add(undefined, false);
    RED?.sidebar.show("arduino-cloud-sidebar");
  });
  await page.getByLabel("Search things and variables").fill("temperature");
  const line = page.locator(".arduino-cloud-sidebar-line:visible", { hasText: /^Temperature/ });
  await line.waitFor();
  const frames: Frame[] = [];
  const take = async (waitMs: number, delayMs: number): Promise<void> => {
    await page.waitForTimeout(waitMs);
    frames.push({ png: await page.screenshot(), delayMs });
  };
  await take(500, 1_200);
  await dragToCanvas(page, line, () => take(0, 140));
  await take(200, 900);
  const deploy = page.locator("#red-ui-header-button-deploy");
  await deploy.hover();
  await take(0, 500);
  await deploy.click();
  await page.locator("g.red-ui-flow-node-status-group:visible text", { hasText: /\d/ }).first().waitFor();
  await take(600, 2_500);
  await writeFile(path.join(images, "first-flow.png"), animate(frames));
  await page.setViewportSize(usual);
}

/** Drags a line of the sidebar onto the canvas, and takes a picture at each step. */
async function dragToCanvas(page: Page, line: Locator, take: () => Promise<void>): Promise<void> {
  const from = await line.boundingBox();
  const canvas = await page.locator("#red-ui-workspace-chart").boundingBox();
  if (from === null || canvas === null) throw new Error("The editor is not there.");
  const start = { x: from.x + 60, y: from.y + 12 };
  const [width, height] = [canvas.x + 220 - start.x, canvas.y + 130 - start.y];
  await page.mouse.move(start.x, start.y);
  await page.mouse.down();
  for (const share of [0.15, 0.35, 0.55, 0.75, 0.9, 1]) {
    await page.mouse.move(start.x + width * share, start.y + height * share, { steps: 4 });
    await take();
  }
  await page.mouse.up();
}

async function takeDashboard(page: Page, url: string | undefined): Promise<void> {
  if (url === undefined) throw new Error("The demo has no dashboard.");
  await page.goto(url);
  await page.getByText("The last day", { exact: true }).waitFor();
  await page.waitForTimeout(settlingMs);
  await page.screenshot({ path: path.join(images, "dashboard.png") });
}

void main();
