import assert from "node:assert/strict";
import { accountOf, again, type FlowNode, flowTab, propertyIn, propertyOut, sink, watchers } from "../support/flows";
import { type House, startHouse } from "../support/simulated-account";
import { type NodeRed, startNodeRed } from "../support/node-red";
import { until } from "../support/wait";

describe("a session that a flow has disconnected", function () {
  this.timeout(60_000);
  let house: House;
  let red: NodeRed;

  before(async () => {
    house = await startHouse({ variables: { counter: "INT" } });
    red = await startNodeRed();
  });
  beforeEach(async () => {
    await red.deploy([flowTab]);
    await red.deploy(nodes());
    await until("the session", () => connections().length === 1);
    red.send("in", { action: "disconnect" });
    await until("the end of the session", () => connections().length === 0);
  });
  afterEach(() => red.check());

  const connections = () => house.simulator.observed.connections.filter(({ kind }) => kind === "user");
  const nodes = (more: { out?: object; account?: object } = {}): FlowNode[] => [
    flowTab,
    { ...accountOf(house), ...more.account },
    ...watchers,
    { ...propertyIn(house, "heard", { inputs: 1 }), id: "in" },
    sink("heard"),
    { ...propertyOut("out", { thing: "House", property: "counter" }), ...more.out },
  ];
  const flow = (more: { out?: object; account?: object }): FlowNode[] => again(nodes(more));

  for (const type of ["full", "nodes", "flows"] as const) {
    it(`stays closed over deploys of other nodes, until it is connected (${type})`, async () => {
      for (const name of ["one", "two"]) await red.deploy(flow({ out: { name } }), undefined, type);
      assert.equal(connections().length, 0);
      red.send("out", { payload: 7 });
      red.send("in", { action: "connect" });
      await until("the session", () => connections().length === 1);
      await until("what waited", () => house.writes().some(({ value }) => value === 7));
      red.send("in", { action: "disconnect" });
      await until("the end of the session", () => connections().length === 0);
      red.send("in", { action: "connect" });
      await red.deploy(flow({ out: { name: "three" } }), undefined, type);
      await until("the session", () => connections().length === 1);
    });
  }

  it("is open again after a change of the account", async () => {
    await red.deploy(flow({ account: { messagesPerSecond: 24 } }), undefined, "nodes");
    await until("the session", () => connections().length === 1);
  });
});
