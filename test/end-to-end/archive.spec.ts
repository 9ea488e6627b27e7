import assert from "node:assert/strict";
import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import type { RestOrder } from "../../simulator/behaviour/faults";
import { accountOf, again, completeOf, type FlowNode, flowTab, sink, tab, watchers } from "../support/flows";
import { type House, startHouse } from "../support/simulated-account";
import { until } from "../support/wait";
import { type NodeRed, startNodeRed } from "../support/node-red";

const start = Date.parse("2026-03-01T00:00:00Z");
const variables = ["counter", "relay", "message"] as const;

/** Two archives of a thing, a stream into a slow flow and CSV into a file, whose runs are interrupted in every way. */
describe("an archive in a real Node-RED", function () {
  this.timeout(120_000);
  let house: House;
  let red: NodeRed;
  /** All that was stored, as the archives should have it. */
  const stored: string[] = [];
  let clock = start;

  const place = { z: tab, x: 1, y: 1 };
  const archive = (id: string, more: object): FlowNode => ({
    id,
    type: "arduino-cloud-history",
    ...place,
    account: "account",
    thing: house.thingId,
    property: "",
    from: "2026-03-01T00:00:00Z",
    since: "last-run",
    lookBack: 300,
    ...more,
  });
  const collect = `setTimeout(() => { global.get("tell")("rows", msg); node.done(); }, 60);`;
  const flow = (): FlowNode[] => [
    flowTab,
    accountOf(house, { requestsPerSecond: 100 }),
    ...watchers,
    archive("stream", { output: "stream", batch: 300, wires: [["rows"]] }),
    sink("rows", { func: collect }),
    archive("csv", { output: "csv", wires: [["file"]] }),
    {
      id: "file",
      type: "file",
      ...place,
      filename: path.join(red.userDir, "archive.csv"),
      filenameType: "str",
      appendNewline: false,
      overwriteFile: "false",
      wires: [[]],
    },
    ...completeOf("stream", "streamed"),
    ...completeOf("csv", "written"),
  ];

  const store = (variable: (typeof variables)[number], time: number, value: number | boolean | string): void => {
    house.simulator.store.record(house.thingId, variable, value, time);
    stored.push(`${variable} ${new Date(time).getTime()} ${value}`);
  };
  /** Stores so many values, many of them at one time, some alike, and a few late ones. */
  const fill = (count: number): void => {
    const begin = clock;
    for (let index = 0; index < count; index++) {
      if (index % 7 === 0) clock += 250;
      store(variables[index % 3]!, clock, [index, index % 2 === 0, `text ${index % 5}`][index % 3]!);
    }
    if (begin > start) for (const late of [1, 1_000, 200_000]) store("counter", Math.max(start, begin - late), -late);
  };
  const streamed = (): string[] =>
    red
      .received("rows")
      .flatMap(({ payload }) => payload as { time: string; property: string; value: unknown }[])
      .map(({ time, property, value }) => `${property} ${Date.parse(time)} ${String(value)}`);
  const written = async (): Promise<string[]> => {
    const text = await readFile(path.join(red.userDir, "archive.csv"), "utf8");
    const lines = text.split("\r\n").filter((line) => line !== "" && !line.startsWith("timestamp,"));
    return lines.map((line) => {
      const [time = "", , , , property, , value] = line.split(",");
      return `${property} ${Date.parse(time)} ${value}`;
    });
  };
  const ended = (label: string, node: string): number =>
    red.received(label).length +
    red.received("errors").filter(({ error }) => (error as { source: { id: string } }).source.id === node).length;
  /** Runs both archives, and does something as soon as the first message of the stream has come. */
  const run = async (interrupt?: () => void | Promise<void>): Promise<void> => {
    const [rows, ends, files] = [red.received("rows").length, ended("streamed", "stream"), ended("written", "csv")];
    red.send("stream", {});
    red.send("csv", {});
    if (interrupt !== undefined) {
      await until("the first message", () => red.received("rows").length > rows);
      await interrupt();
    }
    await until("the end of the stream", () => ended("streamed", "stream") > ends, 60_000);
    await until("the end of the file", () => ended("written", "csv") > files, 60_000);
  };
  const codes = (): unknown[] => red.received("errors").map(({ error }) => (error as { code?: string }).code);
  const expectAll = async (): Promise<void> => {
    const all = [...stored].sort();
    assert.deepEqual(streamed().sort(), all, "each value once in the stream");
    assert.deepEqual((await written()).sort(), all, "each value once in the file");
  };

  before(async () => {
    house = await startHouse({ simulator: { choices: { retentionDays: 36_500 } } });
    red = await startNodeRed({ keeps: true });
    await red.deploy(flow());
  });
  afterEach(() => red.check());
  after(async () => {
    await red.stop();
    await house.stop();
    await rm(red.userDir, { recursive: true, force: true });
  });

  const pages = /series\/batch_query_raw/;
  /**
   * Begins the stream, and keeps it from its end as soon as the first message has come: at most two pages are read ahead, and
   * no more are answered until the function that this returns is called.
   */
  const beginStream = async (): Promise<() => void> => {
    const { rest } = house.simulator.faults;
    const rows = red.received("rows").length;
    red.send("stream", {});
    await until("the first message", () => red.received("rows").length > rows);
    let release = (): void => undefined;
    const behind = new Promise<void>((resolve) => (release = resolve));
    rest.push({ match: pages, times: Infinity, behind });
    return () => {
      rest.length = 0;
      release();
    };
  };
  const faults: [string, RestOrder, code: string][] = [
    ["a dropped connection", { drop: true }, "offline"],
    ["a refusal by rate", { status: 429 }, "rate_limited"],
    ["a fault of the service", { status: 500 }, "server_error"],
  ];
  for (const [what, order, code] of faults) {
    it(`goes on after ${what}`, async () => {
      fill(9_000);
      const before = red.received("errors").length;
      await run(() => void house.simulator.faults.rest.push({ match: pages, times: Infinity, ...order }));
      house.simulator.faults.rest.length = 0;
      assert.ok(codes().slice(before).includes(code), `the stream was interrupted: ${codes().slice(before).join()}`);
      await run();
      await expectAll();
    });
  }

  it("goes on in the same run when its token is worth nothing any more", async () => {
    fill(6_000);
    const before = red.received("errors").length;
    await run(() => house.simulator.tokens.revokeAll());
    assert.equal(red.received("errors").length, before);
    await expectAll();
  });

  it("goes on after a deploy in its midst", async () => {
    fill(6_000);
    const release = await beginStream();
    await red.deploy(again(flow()));
    release();
    assert.ok(streamed().length < stored.length, "the stream was interrupted");
    await run();
    await expectAll();
  });

  it("goes on after a deploy of its own, with a message in the works", async () => {
    fill(6_000);
    const release = await beginStream();
    const changed = again(flow()).map((node) => (node.id === "stream" ? { ...node, name: "Another" } : node));
    await red.deploy(changed, undefined, "nodes");
    release();
    assert.ok(streamed().length < stored.length, "the stream was interrupted");
    await run();
    await expectAll();
  });

  it("goes on after a restart of Node-RED, where its context store outlives it", async () => {
    fill(3_000);
    const release = await beginStream();
    await red.stop();
    release();
    const before = streamed();
    assert.ok(before.length < stored.length, "the stream was interrupted");
    red = await startNodeRed({ keeps: true, userDir: red.userDir });
    await run();
    assert.deepEqual([...before, ...streamed()].sort(), [...stored].sort());
    assert.deepEqual((await written()).sort(), [...stored].sort());
  });

  it("gives after a kill nothing again that was written down, which it is each second while values come", async () => {
    const again = { keeps: "at once", userDir: red.userDir } as const;
    await red.stop();
    red = await startNodeRed(again);
    const context = path.join(red.userDir, "context", tab, "stream.json");
    const saved = (): Promise<string> => readFile(context, "utf8").catch(() => "");
    const former = await saved();
    const count = stored.length;
    fill(9_000);
    const fresh = [...new Set(stored.slice(count))].sort();
    const release = await beginStream();
    const [first = ""] = streamed();
    await until("that it is written down", async () => {
      const text = await saved();
      return text !== "" && text !== former;
    });
    assert.equal(red.received("streamed").length, 0, "in the midst of the run");
    await red.kill();
    release();
    const given = streamed();
    assert.ok(new Set(given).size < fresh.length, "the stream was interrupted");
    red = await startNodeRed(again);
    const run = async (): Promise<void> => {
      const ends = red.received("streamed").length;
      red.send("stream", {});
      await until("the end of the stream", () => red.received("streamed").length > ends, 60_000);
    };
    await run();
    assert.ok(!streamed().includes(first), "the first message was written down");
    assert.deepEqual([...new Set([...given, ...streamed()])].sort(), fresh);
    /** How far the archive of the thing has come, as it is written down. */
    const reached = async (): Promise<number> => {
      const { archive: kept } = JSON.parse(await saved()) as {
        archive: { positions: Record<string, { reached: number }> };
      };
      return Math.min(...Object.values(kept.positions).map((position) => position.reached));
    };
    await until("that the end of the run is written down", async () => (await reached()) > clock);
    const [rows, before] = [streamed().length, await reached()];
    await run();
    await until("that the end of the next one is", async () => (await reached()) > before);
    assert.equal(streamed().length, rows, "nothing is given where no values have come");
  });
});
