import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { startSimulator, type Simulator } from "../../simulator";
import { askToken } from "./arduino-client";

const root = path.resolve(__dirname, "../..");

describe("simulator control interface", () => {
  let simulator: Simulator;
  before(async () => {
    simulator = await startSimulator();
  });
  after(() => simulator.stop());

  const post = async (act: string, body: unknown = {}): Promise<number> => {
    const options = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    return (await fetch(`${simulator.controlUrl}/${act}`, options)).status;
  };
  const state = async (): Promise<Record<string, unknown>> =>
    (await (await fetch(`${simulator.controlUrl}/state`)).json()) as Record<string, unknown>;

  it("sets faults and choices, and clears them", async () => {
    assert.equal(await post("faults", { tokenStatus: 503 }), 200);
    assert.equal((await askToken(simulator)).status, 503);
    assert.equal(await post("choices", { retentionDays: 1 }), 200);
    assert.equal(simulator.choices.retentionDays, 1);
    assert.equal(await post("faults", { tokenLifetime: 7, tokenStatsu: 1 }), 400);
    assert.equal(simulator.faults.tokenLifetime, 300);
    assert.equal(await post("clear"), 200);
    assert.equal(simulator.faults.tokenStatus, null);
    assert.equal(simulator.observed.requests.length, 0);
  });

  it("carries out acts", async () => {
    const { body } = await askToken(simulator);
    await post("revoke");
    assert.equal(simulator.tokens.verify(String(body.access_token)), undefined);
    await post("faults", { restDown: true });
    await assert.rejects(fetch(simulator.restUrl));
    await post("faults", { restDown: false });
    assert.equal((await fetch(simulator.restUrl)).status, 404);
    assert.equal(await post("drop", { users: true }), 200);
    assert.equal(await post("inject", { topic: "/a/t/x/e/o", hex: "80" }), 200);
  });

  it("shows the state without secrets", async () => {
    await askToken(simulator);
    const text = JSON.stringify(await state());
    assert.match(text, /clients\/token/);
    assert.doesNotMatch(text, new RegExp(simulator.clientSecret));
  });
});

describe("simulator program", () => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`prints one line of JSON and exits with 0 at ${signal}`, async () => {
      const child = spawn(process.execPath, ["--import", "tsx", "simulator/main.ts", "--json"], { cwd: root });
      const lines: string[] = [];
      const output = createInterface(child.stdout).on("line", (line) => lines.push(line));
      await once(output, "line");
      const told = JSON.parse(lines[0]!) as Record<string, string>;
      assert.match(told.restUrl!, /^http:\/\/127\.0\.0\.1:\d+$/);
      assert.match(told.brokerUrl!, /^ws:\/\/127\.0\.0\.1:\d+\/mqtt$/);
      assert.match(told.deviceBrokerUrl!, /^mqtt:\/\/127\.0\.0\.1:\d+$/);
      const { status } = await askToken(told as unknown as Simulator);
      assert.equal(status, 200);
      child.kill(signal);
      assert.deepEqual(await once(child, "exit"), [0, null]);
      assert.equal(lines.length, 1);
    });
  }

  it("names a bad option", async () => {
    const child = spawn(process.execPath, ["--import", "tsx", "simulator/main.ts", "--rest-port", "x"], { cwd: root });
    let errors = "";
    child.stderr.on("data", (part: Buffer) => (errors += part.toString()));
    assert.deepEqual(await once(child, "close"), [1, null]);
    assert.match(errors, /--rest-port must be a port/);
  });
});
