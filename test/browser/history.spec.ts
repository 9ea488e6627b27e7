import assert from "node:assert/strict";
import { accountOf } from "../support/flows";
import { type House, startHouse } from "../support/simulated-account";
import type { Editor } from "./editor";
import { openEditor } from "./open-editor";

describe("the form of history", function () {
  this.timeout(120_000);
  let house: House;
  let editor: Editor;
  let history: string;

  before(async function () {
    this.timeout(120_000);
    house = await startHouse();
    house.simulator.store.record(house.thingId, "temperature", 21.5, Date.now() - 60_000);
    ({ editor } = await openEditor([accountOf(house, { name: "House" })]));
    history = await editor.drag("arduino-cloud-history", 300, 100);
  });

  const input = (field: string) => editor.page.locator(`#node-input-${field}`);
  const hint = (field: string) => editor.page.locator(`#arduino-cloud-${field}-hint`);

  it("has the defaults that the contract names, and leaves to the message what a message can say", async () => {
    const blank = ["name", "thing", "property", "from", "to", "mode", "interval", "aggregation", "since", "store"];
    assert.deepEqual(
      await editor.fields(history, ...blank),
      blank.map(() => ""),
    );
    const fixed = ["output", "chartFormat", "batch", "limit", "advance", "inputs", "outputs"];
    assert.deepEqual(await editor.fields(history, ...fixed), ["rows", "dashboard-2", 1000, 0, "auto", 1, 1]);
  });

  it("picks a variable, and shows the fields that matter", async () => {
    await editor.edit(history);
    await input("account").selectOption("account");
    await hint("thing").getByText("1 thing to choose from.").waitFor();
    await input("thing").click();
    await editor.choose("House");
    await hint("property").getByText("6 variables to choose from.").waitFor();
    await input("property").click();
    await editor.choose(/^temperature/);
    assert.equal(await input("from").getAttribute("placeholder"), "msg.from; else -24h");
    assert.deepEqual(
      await Promise.all(["interval", "aggregation", "batch", "advance"].map((field) => input(field).isVisible())),
      [false, false, false, false],
    );
    await input("mode").selectOption("raw");
    await input("output").selectOption("stream");
    assert.deepEqual(
      await Promise.all(["interval", "aggregation", "batch", "advance"].map((field) => input(field).isVisible())),
      [false, false, true, true],
    );
    await editor.expectNoRawKeys();
    await editor.picture("history");
    await editor.done();
    assert.deepEqual(await editor.fields(history, "valid", "thing", "property", "mode", "output"), [
      true,
      house.thingId,
      "temperature",
      "raw",
      "stream",
    ]);
  });

  it("offers several aggregations of buckets, and the dashboard that a chart is for", async () => {
    const row = (name: string) => editor.page.locator(`#arduino-cloud-${name}-row`);
    const box = (name: string) => editor.page.getByLabel(name, { exact: true });
    const rows = ["interval", "aggregation", "statistics", "chart-format", "batch"];
    await editor.edit(history);
    await input("mode").selectOption("buckets");
    await input("output").selectOption("chart");
    assert.deepEqual(await Promise.all(rows.map((name) => row(name).isVisible())), [true, false, true, true, false]);
    await input("interval").fill("week");
    for (const name of ["MAX", "MIN", "MEAN"]) await box(name).check();
    await input("chartFormat").selectOption("dashboard-1");
    await editor.expectNoRawKeys();
    await editor.picture("history-buckets");
    await editor.done();
    const saved = ["valid", "mode", "interval", "aggregation", "output", "chartFormat"];
    const expected = [true, "buckets", "week", "MIN,MAX,MEAN", "chart", "dashboard-1"];
    assert.deepEqual(await editor.fields(history, ...saved), expected);
    await editor.edit(history);
    assert.deepEqual(
      await Promise.all(["MIN", "MAX", "MEAN", "COUNT", "FIRST", "LAST"].map((name) => box(name).isChecked())),
      [true, true, true, false, false, false],
    );
    await editor.done();
    assert.deepEqual(await editor.fields(history, ...saved), expected);
    await editor.edit(history);
    await input("mode").selectOption("aggregate");
    assert.equal(await input("aggregation").inputValue(), "", "what only buckets know is not kept for the cloud");
    await input("interval").fill("fortnight");
    await editor.done();
    assert.deepEqual(await editor.fields(history, "valid", "aggregation"), [false, ""]);
    await editor.edit(history);
    await input("interval").fill("");
    await input("mode").selectOption("raw");
    await input("output").selectOption("stream");
    await editor.done();
    assert.deepEqual(await editor.fields(history, "valid"), [true]);
    editor.expectNoTrouble();
  });

  it("refuses what is no time, interval or number", async () => {
    for (const [field, wrong, right] of [
      ["from", "yesterday", "-7d"],
      ["to", "5 minutes", "2026-03-01T08:00:00Z"],
      ["batch", "0", "500"],
      ["limit", "-1", "10"],
    ] as const) {
      await editor.edit(history);
      await input(field).fill(wrong);
      await editor.done();
      assert.deepEqual(await editor.fields(history, "valid"), [false], field);
      await editor.edit(history);
      await input(field).fill(right);
      await editor.done();
      assert.deepEqual(await editor.fields(history, "valid", field), [true, right]);
    }
    editor.expectNoTrouble();
  });

  it("shows what an archive needs, with the context stores and the plan's retention", async () => {
    const rows = ["lookBack", "store"];
    const visible = (): Promise<boolean[]> => Promise.all(rows.map((field) => input(field).isVisible()));
    await editor.edit(history);
    assert.deepEqual(await visible(), [false, false]);
    assert.equal(await hint("since").isVisible(), false);
    await input("since").selectOption("last-run");
    assert.deepEqual(await visible(), [true, true]);
    await hint("since").getByText("The plan keeps 90 days.").waitFor();
    assert.deepEqual(await input("store").locator("option").allTextContents(), ["the default one", "memory"]);
    await input("lookBack").fill("600");
    await editor.expectNoRawKeys();
    await editor.picture("history-archive");
    await editor.done();
    assert.deepEqual(await editor.fields(history, "valid", "since", "lookBack", "store"), [
      true,
      "last-run",
      "600",
      "",
    ]);
  });

  it("is deployed, and has help", async () => {
    await editor.deploy();
    await editor.page.locator(".red-ui-flow-node-status-label", { hasText: "ready" }).waitFor();
    await editor.page.evaluate(() => {
      const { RED } = globalThis as unknown as { RED: { sidebar: { help: { show(type: string): void } } } };
      RED.sidebar.help.show("arduino-cloud-history");
    });
    await editor.page.getByText("Reads the stored values of a variable").waitFor();
    await editor.picture("history-help");
    await editor.expectNoRawKeys();
    editor.expectNoTrouble();
  });
});
