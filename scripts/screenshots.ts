/**
 * Makes the pictures of the README, `npm run screenshots`: the demo as it runs on the simulated cloud, in a browser
 * (Debian's chromium, or the one that `CHROMIUM` names).
 */
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { chromium, type Locator, type Page } from "playwright-core";
import { startDemo } from "./demo";
import { root } from "./demo/package";

const images = path.join(root, "docs", "images");
/** Long enough for every variable to have come at least once, in milliseconds. */
const settlingMs = 15_000;

/** The part of the editor's page that this program uses. */
interface EditorPage {
  RED?: {
    nodes?: { filterNodes: (filter: { type: string }) => { id: string; name: string; z: string }[] };
    editor: { edit: (node: unknown) => void };
    workspaces: { show: (tab: string | undefined) => void };
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
    const page = await browser.newPage({ viewport: { width: 1280, height: 1000 }, locale: "en-US" });
    await page.goto(demo.url);
    await page.waitForFunction(
      () => (globalThis as EditorPage).RED?.nodes?.filterNodes({ type: "arduino-cloud-property-in" }).length,
    );
    await takeFlow(page);
    await takeSidebar(page);
    await takeDoctor(page);
    await takeForm(page);
    await takeDashboard(page, demo.dashboardUrl);
  } finally {
    await browser.close();
    await demo.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function takeFlow(page: Page): Promise<void> {
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
  await page.screenshot({ path: path.join(images, "demo.png") });
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

/** Takes a picture of the doctor's report on the demo's account. */
async function takeDoctor(page: Page): Promise<void> {
  await page.evaluate(() => (globalThis as EditorPage).RED?.actions.invoke("arduino-cloud:doctor"));
  const dialog = page.locator(".ui-dialog:visible");
  await dialog.locator(".arduino-cloud-checks li").nth(8).waitFor();
  await dialog.screenshot({ path: path.join(images, "doctor.png") });
  await dialog.locator(".arduino-cloud-close").click();
}

/** Takes a picture of the form of property in with its list of variables open. */
async function takeForm(page: Page): Promise<void> {
  await page.evaluate(() => {
    const { RED } = globalThis as EditorPage;
    const nodes = RED?.nodes?.filterNodes({ type: "arduino-cloud-property-in" });
    RED?.editor.edit(nodes?.find(({ name }) => name.startsWith("Weather station")));
  });
  const choices = page.locator(".arduino-cloud-list .arduino-cloud-choice");
  const search = async (field: string, text: string): Promise<void> => {
    const input = page.locator(`#node-input-${field}`);
    await input.fill("");
    await input.pressSequentially(text);
    await choices.first().waitFor();
  };
  await page.locator("#node-input-thing").waitFor();
  await search("thing", "weat");
  await choices.first().click();
  await page.getByText("7 variables to choose from.").waitFor();
  await search("property", "r");
  await page.waitForTimeout(500);
  const form = await page.locator(".red-ui-tray").first().boundingBox();
  if (form === null) throw new Error("The form is not open.");
  await page.screenshot({ path: path.join(images, "property-in.png"), clip: { ...form, height: 580 } });
}

async function takeDashboard(page: Page, url: string | undefined): Promise<void> {
  if (url === undefined) throw new Error("The demo has no dashboard.");
  await page.goto(url);
  await page.getByText("The last day", { exact: true }).waitFor();
  await page.waitForTimeout(settlingMs);
  await page.screenshot({ path: path.join(images, "dashboard.png") });
}

void main();
