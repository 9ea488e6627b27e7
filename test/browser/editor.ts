import assert from "node:assert/strict";
import path from "node:path";
import { type Browser, chromium, type Locator, type Page, type Request } from "playwright-core";
import type { NodeRed } from "../support/node-red";
import { stopLater } from "../support/stop";
import { found, until } from "../support/wait";

/** The folder for pictures to be looked at; without one none are taken, since each takes its time. */
const pictures = process.env.SCREENSHOTS;

/** Takes a picture of a page, for people, if `SCREENSHOTS` names a folder. */
export async function takePicture(page: Page, name: string, fullPage = false): Promise<void> {
  if (pictures !== undefined) await page.screenshot({ path: path.join(pictures, `${name}.png`), fullPage });
}

/** A tenth of the pause between two looks of the sidebar. */
const longestJumpMs = 1_000;

/** Keeps the browser from calling home, which is refused or pointless where tests run. */
const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts Debian's chromium, or the one that `CHROMIUM` names. */
export async function startBrowser(): Promise<Browser> {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: flags });
  stopLater(() => browser.close());
  return browser;
}

export interface OpenOptions {
  dark?: boolean;
  width?: number;
  language?: string;
  /** Whether `passTime` is needed. */
  ownsTime?: boolean;
  /** Whether our code is kept from the page: forms are used without it then. */
  lacksCode?: boolean;
  /** Called with the page before it loads anything. */
  prepare?: (page: Page) => Promise<unknown>;
  /** Has never been used: the sidebar opens by itself. */
  isNew?: boolean;
}

/** An open editor, with an eye on what must not happen in it. */
export class Editor {
  readonly page: Page;
  /** Errors of the console and of scripts, and answers of 400 and more, since the last `expectNoTrouble`. */
  #trouble: string[] = [];
  /** The bodies of all answers of our endpoints. */
  readonly answers: string[] = [];
  /** The files of our code that the page has asked for, and those of them that it has. */
  readonly #askedFiles = new Set<string>();
  readonly #files = new Set<string>();
  #lacksCode = false;

  private constructor(page: Page) {
    this.page = page;
    page.on("request", (request) => {
      if (isOurCode(request)) this.#askedFiles.add(request.url());
    });
    page.on("requestfinished", (request) => {
      if (isOurCode(request)) this.#files.add(request.url());
    });
    page.on("requestfailed", (request) => this.#askedFiles.delete(request.url()));
    page.on("console", (message) => {
      // A failed request is told twice; the answer is what counts.
      if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
        this.#trouble.push(`console: ${message.text()}`);
    });
    page.on("pageerror", (error) => this.#trouble.push(`script: ${error.message}`));
    page.on("response", (response) => {
      if (response.status() >= 400) this.#trouble.push(`${response.status()} ${response.url()}`);
      if (/arduino-cloud\/|\/flows|\/credentials/.test(response.url()))
        response.text().then(
          (text) => this.answers.push(text),
          () => undefined,
        );
    });
  }

  static async open(browser: Browser, url: string, options: OpenOptions = {}): Promise<Editor> {
    const { dark = false, width = 1400, language = "en-US", ownsTime = false, isNew = false, prepare } = options;
    const context = await browser.newContext({ viewport: { width, height: 1000 }, locale: language });
    const page = await context.newPage();
    if (!isNew) await page.addInitScript(() => localStorage.setItem("arduino-cloud:arduino-cloud-sidebar", "1"));
    if (dark) await page.addInitScript(() => localStorage.setItem("view-dark-theme", "dark"));
    const editor = new Editor(page);
    editor.#lacksCode = options.lacksCode ?? false;
    if (ownsTime) await page.clock.install();
    await prepare?.(page);
    await page.goto(url);
    await editor.loaded();
    return editor;
  }

  /** Loads the page anew. */
  async reload(): Promise<void> {
    this.#askedFiles.clear();
    this.#files.clear();
    await this.page.reload();
    await this.loaded();
  }

  /** Waits until palette and flow are there. */
  async loaded(): Promise<void> {
    const { page } = this;
    await page.locator(".red-ui-palette-node[data-palette-type='arduino-cloud-property-out']").waitFor();
    // The palette is there before the flow is: a node that is dragged in between could not be told from those of the flow.
    await until("the flow", () =>
      page.evaluate(() => (globalThis as unknown as EditorWindow).RED.nodes.version() !== null),
    );
  }

  /** Fails if anything went wrong that no expression in `but` allows. */
  expectNoTrouble(...but: RegExp[]): void {
    const trouble = this.#trouble.filter((line) => !but.some((allowed) => allowed.test(line)));
    this.#trouble = [];
    assert.deepEqual(trouble, []);
  }

  /** Fails if a label, placeholder or tip in sight is a catalogue key. */
  async expectNoRawKeys(): Promise<void> {
    const texts = await this.page.evaluate(() => {
      const shown = [...document.querySelectorAll<HTMLElement>("body *")].filter(
        (element) => element.offsetParent && element.tagName !== "CODE",
      );
      return shown.flatMap((element) => [
        element.childElementCount === 0 ? element.textContent : "",
        element.getAttribute("placeholder") ?? "",
        element.getAttribute("title") ?? "",
        element.getAttribute("aria-label") ?? "",
      ]);
    });
    assert.deepEqual(
      texts.filter((text) => /arduino-cloud-[a-z-]+\.[a-z]|\b(label|tip|error|test)\.[a-z-]+/.test(text)),
      [],
    );
  }

  /** Fails if a label or button of the open form is wider than its place. */
  async expectNothingCut(): Promise<void> {
    const cut = await this.page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>("#dialog-form :is(label, button, summary)")]
        .filter((element) => element.offsetParent && element.scrollWidth > element.clientWidth + 1)
        .map((element) => element.textContent.trim()),
    );
    assert.deepEqual(cut, []);
  }

  /** Drags a node from the palette to the canvas; gives its id. */
  async drag(type: string, x: number, y: number): Promise<string> {
    const before = await this.nodeIds();
    const canvas = await boxOf(this.page.locator("#red-ui-workspace-chart"));
    // It waits until the palette stands still.
    await this.page.locator(`.red-ui-palette-node[data-palette-type='${type}']`).hover({ position: { x: 20, y: 10 } });
    await this.page.mouse.down();
    await this.page.mouse.move(canvas.x + x / 2, canvas.y + y / 2, { steps: 5 });
    await this.page.mouse.move(canvas.x + x, canvas.y + y, { steps: 5 });
    await this.page.mouse.up();
    return found(`${type} on the canvas`, async () => (await this.nodeIds()).find((id) => !before.includes(id)));
  }

  /**
   * Drags a line of the sidebar to a point of the canvas; returns the id of the node that arrives there, if one does.
   * @param options `alt`: with that key held; `picture`: the name of one that is taken before it is let go
   */
  async dragToCanvas(
    source: Locator,
    x: number,
    y: number,
    { alt = false, picture }: { alt?: boolean; picture?: string } = {},
  ): Promise<string | undefined> {
    const { mouse, keyboard } = this.page;
    const before = await this.nodeIds();
    const canvas = await boxOf(this.page.locator("#red-ui-workspace-chart"));
    // In a low sidebar the line may be below what is in sight; what loads above may still move it.
    await source.hover({ position: { x: 60, y: 12 } });
    await mouse.down();
    if (alt) await keyboard.down("Alt");
    await mouse.move(canvas.x + x + 30, canvas.y + y, { steps: 5 });
    await mouse.move(canvas.x + x, canvas.y + y, { steps: 3 });
    if (picture !== undefined) await this.picture(picture);
    await mouse.up();
    if (alt) await keyboard.up("Alt");
    return (await this.nodeIds()).find((id) => !before.includes(id));
  }

  /** Wires one node's output to another one. */
  async connect(source: string, target: string): Promise<void> {
    await this.page.evaluate(
      ([from, to]) => {
        const { RED } = globalThis as unknown as EditorWindow;
        RED.nodes.addLink({ source: RED.nodes.node(from!), sourcePort: 0, target: RED.nodes.node(to!) });
        RED.view.redraw(true);
      },
      [source, target],
    );
  }

  nodeIds(): Promise<string[]> {
    return this.page.evaluate(() => {
      const ids: string[] = [];
      (globalThis as unknown as EditorWindow).RED.nodes.eachNode((node) => ids.push(node.id));
      return ids;
    });
  }

  /** What the editor holds of a node. */
  fields(id: string, ...names: string[]): Promise<unknown[]> {
    return this.page.evaluate(
      ({ id, names }) => {
        const node = (globalThis as unknown as EditorWindow).RED.nodes.node(id);
        return names.map((name) => node?.[name]);
      },
      { id, names },
    );
  }

  /**
   * Opens a node's dialog, as a double click does, and what it keeps under **More**; `hasAnswers`: waits for what it asks
   * the cloud.
   */
  async edit(id: string, opensMore = true, hasAnswers = true): Promise<void> {
    // A page that has just been opened has the palette before it has the flows.
    await this.page.waitForFunction((node) => (globalThis as unknown as EditorWindow).RED.nodes.node(node), id);
    await this.page.evaluate((node) => {
      const { RED } = globalThis as unknown as EditorWindow;
      RED.editor.edit(RED.nodes.node(node));
    }, id);
    await this.page.locator("#node-dialog-ok").waitFor();
    await this.formReady(hasAnswers);
    if (opensMore)
      await this.page.evaluate(() => document.querySelector("#arduino-cloud-more")?.setAttribute("open", ""));
  }

  async done(): Promise<void> {
    await this.page.locator("#node-dialog-ok").click();
    await this.page.locator("#node-dialog-ok").waitFor({ state: "detached" });
  }

  async cancel(): Promise<void> {
    await this.page.locator("#node-dialog-cancel").click();
    await this.page.locator("#node-dialog-cancel").waitFor({ state: "detached" });
  }

  /** Opens the dialog of a new config node of that type. */
  async addConfig(type: string): Promise<void> {
    await this.page.evaluate((type) => {
      (globalThis as unknown as EditorWindow).RED.editor.editConfig("", type, "_ADD_");
    }, type);
    await this.page.locator("#node-config-dialog-ok").waitFor();
    await this.formReady();
  }

  /** Waits until the form that has just opened has its code, what it asks for, and its place. */
  async formReady(hasAnswers = true): Promise<void> {
    if (!this.#lacksCode) {
      await until("our code", () => [...this.#askedFiles].every((url) => this.#files.has(url)));
      // What has arrived may not have run yet. As text, since a function's import would be made a require.
      await this.page.evaluate(
        `Promise.all(${JSON.stringify([...this.#files])}.map((url) => import(url))).then(() => 0)`,
      );
    }
    await this.settled(hasAnswers);
  }

  async cancelConfig(): Promise<void> {
    await this.page.locator("#node-config-dialog-cancel").click();
    await this.page.locator("#node-config-dialog-cancel").waitFor({ state: "detached" });
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }

  /**
   * Deploys, and waits until the editor knows that it has; with `red`, until its flows have started, too: Node-RED answers
   * as soon as it has stopped the former ones.
   */
  async deploy(red?: NodeRed): Promise<void> {
    const started = red?.started();
    const answered = this.page.waitForResponse(
      (response) => response.request().method() === "POST" && response.url().endsWith("/flows"),
    );
    await this.page.locator("#red-ui-header-button-deploy").click();
    await answered;
    await this.page.waitForFunction(() => !(globalThis as unknown as EditorWindow).RED.nodes.dirty());
    await started;
  }

  /**
   * Waits until the dialogs have slid to their places, so that clicks and pictures hit, and all that the page has asked for
   * is answered, so that nothing in them changes any more.
   */
  async settled(hasAnswers = true): Promise<void> {
    await this.page.waitForFunction(
      (hasAnswers) => {
        const page = globalThis as unknown as { places?: string; since?: number; $?: { active: number } };
        const trays = [...document.querySelectorAll(".red-ui-tray, .ui-dialog, #red-ui-sidebar")];
        const places = JSON.stringify(trays.map((tray) => tray.getBoundingClientRect()));
        const isMoving = document.getAnimations().some(({ playState }) => playState === "running");
        const isAsking = hasAnswers && page.$ !== undefined && page.$.active > 0;
        if (isMoving || isAsking || places !== page.places) page.since = performance.now();
        page.places = places;
        // The editor itself counts on its slides taking 250 ms.
        return performance.now() - (page.since ?? Infinity) > 300;
      },
      hasAnswers,
      { polling: 50 },
    );
  }

  /** Waits for an answer to the page: what it asked for before has arrived by then. */
  async roundTrip(): Promise<void> {
    await this.page.evaluate(async () => (await fetch("settings")).text());
  }

  /**
   * Lets time go by at once in a page that was opened with `ownsTime`, for what repeats itself there. Waits for a look of
   * the sidebar that is under way: one during which time jumps seems to be slow, and the next is put off for that. As one
   * may begin at any moment, no jump is so long that this puts off more than usual. Waits for the last one, too.
   */
  async passTime(milliseconds: number): Promise<void> {
    for (let left = milliseconds; left > 0; left -= longestJumpMs) {
      await this.page.locator(".arduino-cloud-sidebar-head .fa-spin").waitFor({ state: "detached" });
      await this.page.clock.fastForward(Math.min(left, longestJumpMs));
    }
    await this.page.locator(".arduino-cloud-sidebar-head .fa-spin").waitFor({ state: "detached" });
  }

  /** Shows a tab of the sidebar. The editor chooses one itself when it has the flows; it comes after that. */
  async showTab(tab: string): Promise<void> {
    await this.page.waitForFunction(() => (globalThis as unknown as EditorWindow).RED.workspaces.active() !== 0);
    await this.settled();
    await this.page.evaluate((id) => {
      (globalThis as unknown as EditorWindow).RED.sidebar.show(id);
    }, tab);
  }

  async picture(name: string): Promise<void> {
    await this.settled();
    await takePicture(this.page, name);
  }

  /** The line below a list of the form when something is chosen whose name is known. */
  chosen(field: string, name?: string): Locator {
    const wanted = name === undefined ? ':not([data-chosen=""])' : `[data-chosen=${JSON.stringify(name)}]`;
    return this.page.locator(`#arduino-cloud-${field}-hint[data-chosen]${wanted}`);
  }

  hint(field: "thing" | "property"): Locator {
    return this.page.locator(`#arduino-cloud-${field}-hint`);
  }

  /** The entries of the open search list. */
  get choices(): Locator {
    return this.page.locator(".arduino-cloud-list .arduino-cloud-choice");
  }

  /** Clicks the entry of the open list that has this text. */
  async choose(text: string | RegExp): Promise<void> {
    await this.choices.first().waitFor();
    await this.choices.filter({ hasText: text }).click();
  }

  /** The lines of the last **Test connection**. */
  async checks(): Promise<string[]> {
    const lines = this.page.locator("#arduino-cloud-account-checks li[class]");
    await lines.first().waitFor();
    return lines.allInnerTexts();
  }
}

interface EditorWindow {
  RED: {
    nodes: {
      eachNode(visit: (node: { id: string }) => void): void;
      node(id: string): Record<string, unknown> | null;
      addLink(link: object): void;
      /** Returns the revision of the flow; null until it is loaded. */
      version(): string | null;
      dirty(): boolean;
    };
    editor: { edit(node: unknown): void; editConfig(name: string, type: string, id: string): void };
    view: { redraw(all: boolean): void };
    workspaces: { active(): string | 0 };
    sidebar: { show(tab: string): void };
  };
}

/** Whether a request is for a file of our editor code. */
function isOurCode(request: Request): boolean {
  return request.url().includes("/resources/@iot-flows/") && request.url().includes(".js");
}

async function boxOf(locator: Locator): Promise<{ x: number; y: number }> {
  await locator.scrollIntoViewIfNeeded();
  const box = await locator.boundingBox();
  assert.ok(box, "not in sight");
  return box;
}
