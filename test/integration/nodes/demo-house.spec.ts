import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { DemoHouse } from "../../../nodes/runtime/demo-house";
import { rejection } from "../../support/rejection";
import { stopLater } from "../../support/stop";
import { until } from "../../support/wait";

/** A program that opens at once, at an address of its own. */
const opens = `require("node:worker_threads").parentPort.postMessage({ addresses: { baseUrl: String(Math.random()) } });`;

describe("what holds the demo house", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "demo-house-"));
    stopLater(() => rm(folder, { recursive: true }));
  });
  const program = async (text: string): Promise<DemoHouse> => {
    const file = path.join(folder, `${Math.random()}.js`);
    await writeFile(file, text);
    return new DemoHouse(() => file);
  };

  it("opens it again, somewhere else, once it has crashed, which ends nothing but itself", async () => {
    const order = path.join(folder, "order");
    const crashes = `
      const fs = require("node:fs");
      setInterval(() => {
        if (!fs.existsSync(${JSON.stringify(order)})) return;
        fs.rmSync(${JSON.stringify(order)});
        throw new Error("a fault");
      }, 5);`;
    const house = await program(opens + crashes);
    const leave = house.keep();
    const { baseUrl } = await house.locate();
    await writeFile(order, "");
    await until("another address", async () => (await house.locate()).baseUrl !== baseUrl);
    leave();
  });

  it("is one house for all who ask", async () => {
    const house = await program(`${opens} setInterval(() => undefined, 1000);`);
    const addresses = await Promise.all([house.locate(), house.locate()]);
    assert.equal(addresses[0], addresses[1]);
  });

  for (const [what, text, why] of [
    ["a program that is broken", `throw new Error("broken");`, /broken/],
    ["one that ends", "process.exit(0);", /it ended/],
    [
      "one that can't listen",
      `require("node:worker_threads").parentPort.postMessage({ error: "no port" });`,
      /no port/,
    ],
  ] as const) {
    it(`says why it can't be opened: ${what}`, async () => {
      const house = await program(text);
      for (let attempt = 0; attempt < 2; attempt++) {
        await rejection(house.locate(), "server_error", why);
      }
    });
  }
});
