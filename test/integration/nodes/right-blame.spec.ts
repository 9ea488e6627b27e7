import assert from "node:assert/strict";
import { load } from "../../support/node-helper";
import { type House, startHouse } from "../../support/simulated-account";

describe("the sentence of an account that can't be used", () => {
  let house: House;

  before(async () => {
    house = await startHouse();
  });

  const types: [type: string, settings?: object][] = [
    ["property-in"],
    ["property-in", { thing: "" }],
    ["property-in", { inputs: 1 }],
    ["property-in", { device: "gone" }],
    ["property-get", { repeat: 60 }],
    ["device-status"],
  ];
  for (const [what, account, sentence] of [
    ["disabled", { d: true }, /is disabled: enable it/],
    ["deleted", { id: "another" }, /was deleted, or is not deployed yet/],
  ] as const) {
    for (const [type, settings = {}] of types) {
      it(`is told once by ${type} ${JSON.stringify(settings)} that it was ${what}`, async () => {
        const bench = await load(
          house,
          [
            { id: "node", type: `arduino-cloud-${type}`, account: "account", thing: "House", ...settings },
            { id: "marker", type: "arduino-cloud-property-get", account: "account", thing: "House" },
            { id: "catch", type: "catch", wires: [["caught"]] },
            { id: "caught", type: "helper" },
          ],
          account,
        );
        await bench.arrived("caught", 2);
        bench.node("marker").receive({ marker: true });
        await bench.arrived("caught", 3);
        const caught = bench.at("caught").map(({ error }) => error as Error & { source: { id: string } });
        await bench.unload();
        const own = caught.filter(({ source }) => source.id === "node");
        assert.equal(own.length, 1);
        assert.match(own[0]?.message ?? "", "device" in settings ? /The device of this node was deleted/ : sentence);
      });
    }
  }
});
