import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import os from "node:os";
import type { DoctorReport, ThingChoice } from "../../nodes/admin/protocol";
import { type FlowNode, flowTab, propertyIn, propertyOut, sink, watchers } from "../support/flows";
import { type NodeRed, startNodeRed } from "../support/node-red";
import type { House } from "../support/simulated-account";
import { until } from "../support/wait";

const nobody: FlowNode = { id: "account", type: "arduino-cloud-account" };
const account: FlowNode = { ...nobody, demo: true };

/** Whether somebody listens there. */
async function isOpen(host: string, port: number): Promise<boolean> {
  const socket = net.connect(port, host);
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** The addresses of this computer that others can reach. */
const outerAddresses = (): string[] =>
  Object.values(os.networkInterfaces()).flatMap((entries = []) =>
    entries.filter(({ internal, family }) => !internal && family === "IPv4").map(({ address }) => address),
  );

describe("the demo house", function () {
  this.timeout(90_000);
  let red: NodeRed;

  before(async () => {
    // A proxy that nobody answers at: the house is on this computer.
    const nowhere = "http://127.0.0.1:9";
    red = await startNodeRed({ env: { http_proxy: nowhere, https_proxy: nowhere, all_proxy: nowhere, no_proxy: "" } });
    await red.deploy([
      flowTab,
      account,
      ...watchers,
      propertyIn({ thingId: "Water tank" } as House, "level", { property: "level", initial: true }),
      sink("level"),
      propertyOut("lock", { thing: "Front door", property: "lock", confirm: "device", wires: [["locked"]] }),
      sink("locked"),
    ]);
  });
  afterEach(() => red.check());

  const ask = async <T>(path: string, body?: object): Promise<T> => {
    const post = body && {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    };
    const response = await red.fetch(`/arduino-cloud/${path}`, post);
    assert.equal(response.status, 200, await response.clone().text());
    return (await response.json()) as T;
  };
  const doctor = (request: object): Promise<DoctorReport> => ask("doctor", { account: request });
  const portsIn = ({ findings }: DoctorReport): number[] =>
    findings.filter(({ topic }) => topic === "port").map(({ values }) => Number(values["port"]));

  it("moves by itself, and does what is written", async () => {
    await until("a level that moves", () => new Set(red.received("level").map(({ payload }) => payload)).size > 1);
    red.send("lock", { payload: true });
    await until("the door's report", () => red.received("locked").length > 0);
    assert.deepEqual(red.received("errors"), []);
  });

  it("is known to the doctor, and to the forms ahead of a deploy", async () => {
    const { findings, text } = await doctor({ id: "account" });
    assert.deepEqual(
      findings.filter(({ level }) => level === "problem" || level === "warning"),
      [],
    );
    assert.match(text, /\[ok\] Settings: This is the demo house/);
    const typed = { id: "new", settings: { demo: true }, credentials: { clientId: "", clientSecret: "" } };
    const [deployed, undeployed] = [await ask("accounts/account/things"), await ask<ThingChoice[]>("things", typed)];
    assert.deepEqual(undeployed, deployed);
    assert.deepEqual(undeployed.map(({ name }) => name).sort(), [
      "Front door",
      "Living room light",
      "Water tank",
      "Weather station",
    ]);
    const device = { ...typed, node: "device", name: "Node-RED", attach: { to: "none", thing: "" } };
    const refused = await red.fetch("/arduino-cloud/devices/create", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(device),
    });
    assert.deepEqual([refused.status, ((await refused.json()) as { code: string }).code], [409, "demo_house"]);
  });

  it("listens to this computer only, and to nobody without its key", async () => {
    const ports = portsIn(await doctor({ id: "account" }));
    assert.equal(ports.length, 2);
    for (const port of ports) {
      assert.equal(await isOpen("127.0.0.1", port), true);
      for (const address of outerAddresses()) assert.equal(await isOpen(address, port), false, address);
    }
    const stranger = await fetch(`http://127.0.0.1:${ports[0]}/iot/v2/things`);
    assert.equal(stranger.status, 401);
  });

  it("ends with its account, and is the same when it comes again", async () => {
    const things = await ask("accounts/account/things");
    const ports = portsIn(await doctor({ id: "account" }));
    await red.deploy([flowTab, { ...nobody, credentials: { clientId: "id", clientSecret: "secret" } }]);
    for (const port of ports) await until("the end", async () => !(await isOpen("127.0.0.1", port)));
    await red.deploy([flowTab, account]);
    assert.deepEqual(await ask("accounts/account/things"), things);
  });
});
