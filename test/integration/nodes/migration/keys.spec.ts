import assert from "node:assert/strict";
import path from "node:path";
import { planMigration } from "../../../../nodes/migration/convert";
import type { FlowNode } from "../../../../nodes/migration/old-nodes";
import { type House, startHouse } from "../../../support/simulated-account";
import { found, until } from "../../../support/wait";
import { type NodeRed, readUserFiles, startNodeRed } from "../../../support/node-red";
import { oldFlow } from "../../../support/old-flow";

const oldPackage = path.resolve(__dirname, "..", "..", "..", "fixtures", "old-package");

/** A converted flow on a real Node-RED: it works, with the API key that was stored for the old package's connection. */
describe("a flow that came from Arduino's own nodes", function () {
  this.timeout(120_000);
  let house: House;

  before(async () => {
    house = await startHouse();
  });

  /** The old flow with its key, as it is deployed first. */
  const deployed = (): FlowNode[] => {
    const { clientId, clientSecret } = house.account;
    const credentials = { clientid: clientId, clientsecret: clientSecret };
    return oldFlow(house).map((node) => (node.id === "connection" ? { ...node, credentials } : node));
  };
  /** What the migration makes of it, in this house's cloud, with an inject for each node with an input. */
  const converted = (newId = () => "more"): FlowNode[] => {
    const { baseUrl, audience, brokerUrl } = house.account;
    return planMigration(oldFlow(house), { keepsShape: true, newId }).flow.map((node) =>
      node.type === "arduino-cloud-account" ? { ...node, baseUrl, audience, brokerUrl } : node,
    );
  };
  const carry = async (red: NodeRed, keys: unknown, user?: string): Promise<{ status: number; text: string }> => {
    const headers = { "Content-Type": "application/json" };
    const body = JSON.stringify({ keys });
    const answer = await red.fetch("/arduino-cloud/migration/keys", { method: "POST", headers, body }, user);
    return { status: answer.status, text: await answer.text() };
  };

  /** Deploys what may hold types that are not installed: Node-RED keeps it, and waits for them before it starts anything. */
  const keep = async (red: NodeRed, flow: unknown[]): Promise<void> => {
    const headers = { "Content-Type": "application/json" };
    assert.equal((await red.fetch("/flows", { method: "POST", headers, body: JSON.stringify(flow) })).status, 204);
  };

  for (const [how, nodes] of [
    ["installed", oldPackage],
    ["not installed", undefined],
  ] as const)
    it(`works, the old package being ${how}`, async () => {
      const red = await startNodeRed({ ...(nodes === undefined ? {} : { nodes }) });
      try {
        await keep(red, deployed());
        await red.deploy(converted());
        const board = await house.board();
        await until("the first value", () => {
          void board.report({ temperature: 21.5 });
          return red.received("values").length > 0;
        });
        const { topic, payload } = red.received("values")[0]!;
        assert.deepEqual([topic, payload], ["temperature", 21.5]);
        red.send("out", { payload: true });
        await until("the write", () => house.writes().some(({ variable }) => variable === "relay"));
        house.simulator.store.record(house.thingId, "counter", 7, Date.now());
        red.send("push", {});
        red.send("hist", {});
        for (const label of ["pushed", "history"]) await until(label, () => red.received(label).length > 0);
        // What was asked for before the first value has no time.
        const polled = await found("polled", () => red.received("polled").find(({ payload }) => payload === 21.5));
        assert.ok(polled["timestamp"] instanceof Date);
        assert.equal(red.received("history")[0]!["topic"], "My temperature");
        await board.close();
        assert.equal((await readUserFiles(red.userDir)).includes(house.account.clientSecret), false);
        assert.equal(red.log().includes(house.account.clientSecret), false);
      } finally {
        await red.stop();
      }
    });

  it("has the key copied to a second account, for those who may deploy, and nobody sees it", async () => {
    const red = await startNodeRed({ adminAuth: true, nodes: oldPackage });
    try {
      await red.deploy(deployed(), "admin");
      const keys = [
        { from: "connection", to: "connection" },
        { from: "connection", to: "second" },
        { from: "unheard-of", to: "third" },
      ];
      assert.equal((await carry(red, keys)).status, 401);
      assert.equal((await carry(red, keys, "reader")).status, 401);
      const { status, text } = await carry(red, keys, "admin");
      assert.equal(status, 200);
      assert.deepEqual(JSON.parse(text), { carried: ["connection", "second"] });
      const seen = async (id: string): Promise<unknown> =>
        (await red.fetch(`/credentials/arduino-cloud-account/${id}`, {}, "admin")).json();
      assert.deepEqual(await seen("second"), { has_clientId: true, has_clientSecret: true });
      assert.deepEqual(await seen("third"), {});
      const second = { ...converted().find(({ id }) => id === "connection")!, id: "second" };
      await red.deploy([...converted(), second], "admin");
      const things = await red.fetch("/arduino-cloud/accounts/second/things", {}, "admin");
      assert.equal(things.status, 200);

      // The way back is open: the old key is there until the account gets another.
      await red.deploy(
        deployed().map((node) => ({ ...node, credentials: undefined })),
        "admin",
      );
      assert.deepEqual(await (await red.fetch("/credentials/arduino-connection/connection", {}, "admin")).json(), {
        has_clientid: true,
        has_clientsecret: true,
      });
      const other = { clientId: "another id", clientSecret: "another secret" };
      const withOther = (node: FlowNode): FlowNode =>
        node.id === "connection" ? { ...node, credentials: other } : node;
      await red.deploy(converted().map(withOther), "admin");
      await red.deploy(oldFlow(house), "admin");
      assert.deepEqual(await (await red.fetch("/credentials/arduino-connection/connection", {}, "admin")).json(), {
        has_clientid: false,
        has_clientsecret: false,
      });
      assert.equal([text, red.log()].join().includes(house.account.clientSecret), false);
    } finally {
      await red.stop();
    }
  });

  it("leaves the credentials of other nodes alone", async () => {
    const red = await startNodeRed({ nodes: oldPackage });
    try {
      const { clientId, clientSecret } = house.account;
      const own = { id: "own", type: "arduino-cloud-account", credentials: { clientId, clientSecret } };
      const inject = { id: "function", type: "function", z: "tab", func: "", x: 10, y: 10, wires: [] };
      await red.deploy([...deployed(), own, inject]);
      for (const keys of [
        undefined,
        [7],
        [{ from: "connection" }],
        [{ from: "connection", to: "function" }],
        [{ from: "function", to: "new" }],
        [{ from: "connection", to: "../etc" }],
        [{ from: "connection", to: "__proto__" }],
      ]) {
        const { status, text } = await carry(red, keys);
        assert.equal(status, 400, JSON.stringify(keys));
        assert.match(text, /"code":"invalid_input"/);
      }
      assert.deepEqual(JSON.parse((await carry(red, [{ from: "unheard-of", to: "own" }])).text), { carried: ["own"] });
    } finally {
      await red.stop();
    }
  });
});
