import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Locator, Page, Route } from "playwright-core";
import { accountOf, flowTab, propertyIn, tab } from "../support/flows";
import { startHouse, type House } from "../support/simulated-account";
import { type NodeRed, startNodeRed } from "../support/node-red";
import { Editor, startBrowser } from "./editor";

const sharedCode = "**/resources/@iot-flows/**";
const problem = "Part of this package's editor code could not be loaded.";

/** Serves a Node-RED under a path, as a proxy in front of it does. */
async function startProxy(url: string, path: string): Promise<http.Server> {
  const server = http.createServer((request, response) => {
    if (request.url?.startsWith(path) !== true) {
      response.writeHead(404).end();
      return;
    }
    const { method = "GET", headers } = request;
    const onward = http.request(url + request.url.slice(path.length), { method, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    response.on("close", () => onward.destroy());
    request.pipe(onward);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return server;
}

/** Keeps the shared code from the editor until it is released. */
function heldBack(): { prepare: (page: Page) => Promise<unknown>; release: () => void } {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const hold = async (route: Route): Promise<void> => {
    await released;
    await route.continue();
  };
  return { prepare: (page) => page.route(sharedCode, hold), release: () => release() };
}

/** The code that forms, sidebar and migration share: fetched once, and missed without harm. */
describe("the shared code of the editor", function () {
  this.timeout(120_000);
  let house: House;
  let red: NodeRed;
  let browser: Browser;
  let editor: Editor;

  before(async function () {
    this.timeout(120_000);
    house = await startHouse();
    red = await startNodeRed();
    await red.deploy([
      flowTab,
      accountOf(house),
      propertyIn(house, "", { id: "in", emit: "changed", inputs: "1" }),
      // Fields that the form itself has no choices for.
      {
        id: "manage",
        type: "arduino-cloud-manage",
        z: tab,
        account: "account",
        resource: "devices",
        operation: "list",
        x: 300,
        y: 200,
        wires: [[]],
      },
      {
        id: "history",
        type: "arduino-cloud-history",
        z: tab,
        account: "account",
        mode: "buckets",
        aggregation: "AVG,MAX",
        store: "disk",
        x: 300,
        y: 300,
        wires: [[]],
      },
    ]);
    browser = await startBrowser();
  });

  afterEach(() => editor.close());

  const problems = (): Locator => editor.page.locator("#dialog-form .arduino-cloud-problem[role=alert]");
  const rename = async (id: string, name: string): Promise<void> => {
    await editor.edit(id);
    await editor.page.locator("#node-input-name").fill(name);
    await editor.done();
  };

  it("is fetched once, whoever uses it", async () => {
    const fetched: string[] = [];
    const prepare = (page: Page): Promise<unknown> => {
      page.on("request", (request) => {
        if (request.url().includes("/resources/")) fetched.push(request.url());
      });
      return Promise.resolve();
    };
    editor = await Editor.open(browser, red.url, { prepare });
    await editor.edit("in");
    await editor.chosen("thing", "House").waitFor();
    await editor.cancel();
    await editor.showTab("arduino-cloud-sidebar");
    await editor.page.locator(".arduino-cloud-sidebar-tree").waitFor();
    assert.equal(fetched.length, 2, fetched.join());
    assert.match(fetched[0]!, /\/resources\/@iot-flows\/node-red-arduino-cloud\/editor-[0-9a-f]{8}\.js$/);
    assert.match(fetched[1]!, /\/common-[0-9A-Z]{8}\.js$/);
    // What is opened on demand comes then, and once.
    const openManage = async (): Promise<void> => {
      await editor.edit("manage");
      await editor.page.locator("#node-input-resource").getByText("dashboards").waitFor({ state: "attached" });
      await editor.cancel();
    };
    await openManage();
    await openManage();
    assert.equal(fetched.length, 3, fetched.join());
    assert.match(fetched[2]!, /\/manage-[0-9a-f]{8}\.js$/);
    editor.expectNoTrouble();
  });

  it("makes a form work that was opened before it came", async () => {
    const { prepare, release } = heldBack();
    editor = await Editor.open(browser, red.url, { prepare, lacksCode: true });
    await editor.edit("in");
    assert.equal(await editor.hint("thing").innerText(), "");
    assert.ok(await editor.page.locator("#node-input-echo").isVisible(), "a row that matters only with a device");
    release();
    await editor.chosen("thing", "House").waitFor();
    assert.equal(await editor.page.locator("#node-input-echo").isVisible(), false);
    assert.equal(await problems().count(), 0);
    await editor.page.locator("#node-input-thing").click();
    await editor.choices.first().waitFor();
    await editor.done();
    assert.deepEqual(await editor.fields("in", "emit", "inputs"), ["changed", 1]);
    editor.expectNoTrouble();
  });

  it("is no matter of a form that is closed before it came", async () => {
    const { prepare, release } = heldBack();
    editor = await Editor.open(browser, red.url, { prepare, lacksCode: true });
    await editor.edit("in");
    await editor.cancel();
    await editor.edit("history");
    release();
    await editor.page.locator("#arduino-cloud-statistics-row").waitFor();
    await editor.cancel();
    editor.expectNoTrouble();
  });

  it("leaves the editor whole where it cannot be had: forms are plain and keep what they hold", async () => {
    editor = await Editor.open(browser, red.url, {
      prepare: (page) => page.route(sharedCode, (route) => route.abort()),
      lacksCode: true,
    });
    await editor.showTab("arduino-cloud-sidebar");
    await editor.page.locator(".arduino-cloud-sidebar").getByText(problem).waitFor();
    await editor.edit("manage");
    await problems().getByText(problem).waitFor();
    await editor.cancel();
    await rename("manage", "one");
    await rename("history", "two");
    assert.deepEqual(await editor.fields("manage", "name", "resource", "operation"), ["one", "devices", "list"]);
    assert.deepEqual(await editor.fields("history", "name", "mode", "aggregation", "store"), [
      "two",
      "buckets",
      "AVG,MAX",
      "disk",
    ]);
    await editor.drag("arduino-cloud-property-out", 500, 400);
    editor.expectNoTrouble();
    // The way is free again: the next form has all.
    await editor.page.unroute(sharedCode);
    await editor.edit("in");
    await editor.chosen("thing", "House").waitFor();
    assert.equal(await problems().count(), 0);
    await editor.cancel();
    editor.expectNoTrouble();
  });

  it("is found behind a proxy, under whatever path", async () => {
    const proxy = await startProxy(red.url, "/house/red");
    try {
      editor = await Editor.open(browser, `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/house/red/`);
      await editor.edit("in");
      await editor.chosen("thing", "House").waitFor();
    } finally {
      proxy.close();
      proxy.closeAllConnections();
    }
  });
});
