import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { WebSocket } from "ws";
import { startSimulator, type Simulator } from "../../simulator/index";
import { startBoards, type RunningBoards } from "../../simulator/boards/index";
import { seedHouse } from "../../simulator/seeds/house";
import { readUserFiles } from "../support/node-red";

const root = path.resolve(__dirname, "..", "..");
const lateDashboard = pathToFileURL(path.join(root, "test", "support", "late-dashboard.mjs")).href;
const folder = mkdtempSync(path.join(os.tmpdir(), "demo-"));

interface Running {
  npm: ChildProcess;
  url: string;
  /** Of each address, what a GET got that was sent the moment it was printed. */
  answers: Promise<[url: string, status: number]>[];
  output: () => string;
}

/** What Node-RED tells an open editor. */
interface Told {
  topic: string;
  data: { name?: string; msg?: string; text?: string; fill?: string };
}

async function until<T>(what: string, look: () => T | undefined, patience = 30_000): Promise<T> {
  const end = performance.now() + patience;
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error(`Not in time: ${what}`);
    await sleep(20);
  }
}

async function start(environment: Record<string, string> = {}): Promise<Running> {
  const npm = spawn("npm", ["start"], {
    cwd: root,
    env: { ...process.env, DEMO_FOLDER: folder, PORT: "0", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    // A process group of its own, as a terminal gives to what it starts.
    detached: true,
  });
  let output = "";
  const answers: Running["answers"] = [];
  for (const stream of [npm.stdout, npm.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  createInterface(npm.stdout).on("line", (line) => {
    for (const [url] of line.matchAll(/http:\S+/g)) answers.push(fetch(url).then(({ status }) => [url, status]));
  });
  const isReady = (): true | undefined => {
    if (npm.exitCode !== null) throw new Error(`It ended:\n${output}`);
    return output.includes("stops everything") ? true : undefined;
  };
  await until("the end of the start", isReady, 100_000);
  const [url = ""] = /http:\/\/127\.0\.0\.1:\d+\//.exec(output) ?? [];
  return { npm, url, answers, output: () => output };
}

/** All that Node-RED tells editors from now on. */
async function listen(url: string): Promise<{ told: Told[]; close: () => void }> {
  const socket = new WebSocket(`${url.replace("http", "ws")}comms`);
  const told: Told[] = [];
  socket.on("message", (data: Buffer) => told.push(...(JSON.parse(data.toString()) as Told[])));
  await once(socket, "open");
  socket.send('{"subscribe":"status/#"}');
  return { told, close: () => socket.terminate() };
}

/** Ids of a process and all below it. */
function familyOf(ancestor: number): number[] {
  const lines = execFileSync("ps", ["-e", "-o", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
  const pairs = lines.map((line) => line.trim().split(/\s+/).map(Number));
  const below = (pid: number): number[] => [
    pid,
    ...pairs.filter(([, parent]) => parent === pid).flatMap(([child]) => below(child!)),
  ];
  return below(ancestor);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Stops the demo: as a terminal does at Ctrl+C, which reaches npm and all below it, or with a signal to npm alone. */
async function stop({ npm, output }: Running, how: "Ctrl+C" | "SIGTERM"): Promise<void> {
  const family = familyOf(npm.pid!);
  assert.ok(family.length >= 3, `npm, the demo and Node-RED are expected, but there is ${family.length}`);
  const ended = once(npm, "exit");
  if (how === "Ctrl+C") process.kill(-npm.pid!, "SIGINT");
  else npm.kill(how);
  const inTime = await Promise.race([ended, sleep(12_000, "too late", { ref: false })]);
  assert.notEqual(inTime, "too late", output());
  const left = (): true | undefined => (family.some(isAlive) ? undefined : true);
  await until("the end of every process", left, 5_000);
}

/** Presses the button of an inject node. */
async function press(url: string, name: string): Promise<void> {
  const { flows } = (await (await fetch(`${url}flows`, { headers: { "Node-RED-API-Version": "v2" } })).json()) as {
    flows: { id: string; type: string; name?: string }[];
  };
  const button = flows.find((node) => node.type === "inject" && node.name === name);
  assert.ok(button, `no inject node "${name}"`);
  const answer = await fetch(`${url}inject/${button.id}`, { method: "POST" });
  assert.equal(answer.status, 200);
}

const debugOf = (told: Told[], name: string, expected: RegExp) => (): string | undefined =>
  told.find(({ topic, data }) => topic === "debug" && data.name === name && expected.test(data.msg ?? ""))?.data.msg;

describe("npm start", function () {
  this.timeout(180_000);
  let running: Running | undefined;
  let simulator: Simulator | undefined;
  let boards: RunningBoards | undefined;

  afterEach(async () => {
    // Only a failed test leaves something.
    for (const pid of running === undefined ? [] : familyOf(running.npm.pid!))
      if (isAlive(pid)) process.kill(pid, "SIGKILL");
    running = undefined;
    await boards?.stop();
    await simulator?.stop();
    boards = simulator = undefined;
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("shows values of a simulated house, writes to a board, and ends with Ctrl+C without a trace", async () => {
    // The page of the dashboard comes late, so that an address that is printed too early is seen on a fast machine too.
    running = await start({ NODE_OPTIONS: `--import=${lateDashboard}` });
    const { url, output } = running;
    assert.match(output(), /simulated/);
    const dashboard = `${url}dashboard/home`;
    const expected = [url, dashboard].map((address) => [address, 200]);
    assert.deepEqual(await Promise.all(running.answers), expected, "an address that is printed answers");
    assert.match(await (await fetch(dashboard)).text(), /<div id="app">/);
    const tabs = (await (await fetch(`${url}flows`)).json()) as { type: string; label?: string }[];
    assert.deepEqual(
      tabs.filter(({ type }) => type === "tab").map(({ label }) => label),
      ["Arduino Cloud demo", "A family dashboard", "A greenhouse", "A year of temperatures as a chart"],
    );
    const { told, close } = await listen(url);
    try {
      await until("values of the weather station", debugOf(told, "every value", /"topic":"(humidity|pressure)"/));
      await press(url, "light on, warm");
      const on = await until("the light's report", debugOf(told, "what the board reports", /"swi":true/));
      assert.deepEqual(JSON.parse(on), { swi: true, hue: 35, sat: 80, bri: 90 });
      await press(url, "light off, rest stays");
      const off = await until("the light's next report", debugOf(told, "what the board reports", /"swi":false/));
      assert.deepEqual(JSON.parse(off), { swi: false, hue: 35, sat: 80, bri: 90 });
      await press(url, "not a number");
      await until("the error", debugOf(told, "error code", /"code":"invalid_value"/));
      const faults = (): string[] =>
        told.flatMap(({ topic, data }) =>
          // A switch of the dashboard is red while it is off.
          topic.startsWith("status/") && data.fill === "red" && data.text !== "off" ? [data.text ?? ""] : [],
        );
      await until("a red status", () => faults()[0]);
      assert.deepEqual(faults(), ["arduino-cloud-property-out.status.invalid-value"]);
    } finally {
      close();
    }
    await stop(running, "Ctrl+C");
    assert.match(output(), /has stopped/);
  });

  it("uses the cloud of an API key in the environment, runs the pump there, and writes the key nowhere", async () => {
    simulator = await startSimulator();
    boards = startBoards({ deviceBrokerUrl: simulator.deviceBrokerUrl, house: seedHouse(simulator.store), every: 100 });
    const { clientId, clientSecret, restUrl, brokerUrl } = simulator;
    running = await start({
      ARDUINO_CLIENT_ID: clientId,
      ARDUINO_CLIENT_SECRET: clientSecret,
      ARDUINO_BASE_URL: restUrl,
      ARDUINO_BROKER_URL: brokerUrl,
      // This shell stays between npm and the program, and a signal is the end of it alone.
      npm_config_script_shell: path.join(root, "test", "support", "forgetful-shell.sh"),
    });
    const { url, output } = running;
    const { told, close } = await listen(url);
    try {
      await until("a temperature of this cloud", debugOf(told, "every value", /"topic":"temperature"/));
      // These boards live ten times as fast.
      await boards.boards.get("tank")?.report({ level: 31 });
      await until("the pump, as the tank gets low", debugOf(told, "pump runs", /true/));
      told.length = 0;
      await until("the end of pumping", debugOf(told, "pump runs", /false/));
    } finally {
      close();
    }
    const flow = await (await fetch(`${url}flows`)).text();
    await stop(running, "SIGTERM");
    assert.doesNotMatch(output(), /simulated/);
    for (const text of [output(), flow, await readUserFiles(folder)]) {
      assert.ok(!text.includes(clientSecret), "the client secret was written down");
      assert.ok(!text.includes(clientId), "the client id was written down");
    }
  });

  it("says what is missing when only half of the key is given", async () => {
    const environment = { ...process.env, DEMO_FOLDER: folder, PORT: "0", ARDUINO_CLIENT_ID: "half of a key" };
    const npm = spawn("npm", ["start"], { cwd: root, env: environment, stdio: ["ignore", "ignore", "pipe"] });
    let complaint = "";
    npm.stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
    const [code] = (await once(npm, "exit")) as [number];
    assert.equal(code, 1);
    assert.match(complaint, /ARDUINO_CLIENT_SECRET is missing/);
    assert.ok(!complaint.includes("half of a key"));
  });
});
