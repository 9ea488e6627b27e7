import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { npmCommand } from "../../scripts/npm";
import type { SecureAddresses, Simulator } from "../../simulator";
import { until } from "../support/wait";
import { askToken, request, tokenOf } from "./support/arduino-client";

const root = path.resolve(__dirname, "../..");

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

  it("ends with npm where the shell between them does not hand the signal on", async () => {
    const shell = path.join(root, "test", "support", "forgetful-shell.sh");
    const env = { ...process.env, npm_config_script_shell: shell };
    const [command, ...first] = npmCommand();
    const npm = spawn(command, [...first, "run", "-s", "simulator", "--", "--json"], { cwd: root, env });
    const lines = createInterface(npm.stdout);
    const [line] = (await once(lines, "line")) as [string];
    const { restUrl } = JSON.parse(line) as Simulator;
    npm.kill("SIGTERM");
    // The output ends with the last process that holds it.
    await once(lines, "close");
    await assert.rejects(fetch(restUrl), "the simulator still listens");
  });

  it("runs a house on demand", async () => {
    const child = spawn(process.execPath, ["--import", "tsx", "simulator/main.ts", "--json", "--house"], { cwd: root });
    const [line] = (await once(createInterface(child.stdout), "line")) as [string];
    const told = JSON.parse(line) as Simulator;
    const token = await tokenOf(told);
    const online = async (): Promise<number> => {
      const { text } = await request(told, "GET", "/iot/v2/devices", { token });
      const devices = JSON.parse(text) as { device_status: string }[];
      return devices.filter(({ device_status: status }) => status === "ONLINE").length;
    };
    await until("four boards online", async () => (await online()) === 4);
    child.kill("SIGTERM");
    assert.deepEqual(await once(child, "exit"), [0, null]);
  });

  it("tells the secure addresses on demand", async () => {
    const child = spawn(process.execPath, ["--import", "tsx", "simulator/main.ts", "--json", "--tls"], { cwd: root });
    const [line] = (await once(createInterface(child.stdout), "line")) as [string];
    const { secureBrokerUrl, caPem } = JSON.parse(line) as SecureAddresses;
    assert.match(secureBrokerUrl, /^wss:/);
    assert.match(caPem, /^-----BEGIN CERTIFICATE-----/);
    child.kill("SIGTERM");
    assert.deepEqual(await once(child, "exit"), [0, null]);
  });

  it("names a bad option", async () => {
    const child = spawn(process.execPath, ["--import", "tsx", "simulator/main.ts", "--rest-port", "x"], { cwd: root });
    let errors = "";
    child.stderr.on("data", (part: Buffer) => (errors += part.toString()));
    assert.deepEqual(await once(child, "close"), [1, null]);
    assert.match(errors, /--rest-port must be a port/);
  });
});
