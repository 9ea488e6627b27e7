import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { accountOf, flowTab, propertyIn, sink, watchers } from "../support/flows";
import { type NodeRed, startNodeRed } from "../support/node-red";
import { type House, startHouse } from "../support/simulated-account";
import { until } from "../support/wait";

describe("an account that Node-RED can't run", function () {
  this.timeout(120_000);
  let house: House;
  let red: NodeRed;
  let userDir = "";

  before("deploy, and start again with another credential secret", async () => {
    house = await startHouse();
    const first = await startNodeRed({ keeps: true });
    ({ userDir } = first);
    await first.deploy(flow());
    await first.stop();
    const env = { CREDENTIAL_SECRET: "another secret", CAN_STOP: "yes" };
    red = await startNodeRed({ keeps: true, userDir, env });
  });
  after(async () => {
    await red.stop();
    await rm(userDir, { recursive: true, force: true });
  });

  const flow = (): object[] => [flowTab, accountOf(house), propertyIn(house, "values"), sink("values"), ...watchers];

  it("asks for the key again where the credentials can't be decrypted", async () => {
    await until("an error", () => red.received("errors").length > 0);
    assert.match((red.received("errors")[0]?.["error"] as Error).message, /enter the API key, again if/);
  });

  it("can be listed from while the flows are stopped, and says so where it was deleted", async () => {
    await red.deploy(flow());
    const headers = { "Content-Type": "application/json" };
    const stop = await red.fetch("/flows/state", { method: "POST", headers, body: '{"state":"stop"}' });
    assert.equal(stop.status, 200);
    for (const [list, name] of [
      ["things", "House"],
      ["devices", "Board"],
    ] as const) {
      const answer = await red.fetch(`/arduino-cloud/accounts/account/${list}`);
      assert.deepEqual(
        ((await answer.json()) as { name: string }[]).map((item) => item.name),
        [name],
      );
    }
    // What looks again and again waits for the flows, and says so.
    const asked = [
      await red.fetch("/arduino-cloud/accounts/account/overview/things"),
      await red.fetch("/arduino-cloud/accounts/account/write", { method: "POST", headers, body: "{}" }),
    ];
    for (const answer of asked) assert.equal(((await answer.json()) as { code: string }).code, "flows_stopped");
    const start = await red.fetch("/flows/state", { method: "POST", headers, body: '{"state":"start"}' });
    assert.equal(start.status, 200);
    const again = await red.fetch("/arduino-cloud/accounts/account/overview/things");
    assert.deepEqual(
      ((await again.json()) as { name: string }[]).map(({ name }) => name),
      ["House"],
    );
    const deleted = await red.fetch("/arduino-cloud/accounts/nobody/things");
    assert.match(((await deleted.json()) as Error).message, /was deleted, or is not deployed yet/);
  });
});
