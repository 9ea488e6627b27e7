import assert from "node:assert/strict";
import { load } from "../../support/node-helper";
import { type House, startHouse } from "../../support/simulated-account";

describe("the sentence of an account that can't be used", () => {
  let house: House;

  before(async () => {
    house = await startHouse();
  });
  after(() => house.stop());

  /** What a Catch node gets of a property in whose account is of that kind. */
  async function sentenceFor(account: object): Promise<string> {
    const bench = await load(
      house,
      [
        { id: "node", type: "arduino-cloud-property-in", account: "account", thing: "House" },
        { id: "catch", type: "catch", wires: [["caught"]] },
        { id: "caught", type: "helper" },
      ],
      account,
    );
    const [caught] = await bench.arrived("caught");
    await bench.unload();
    return (caught?.["error"] as Error).message;
  }

  it("says that it is disabled", async () => {
    assert.match(await sentenceFor({ d: true }), /is disabled: enable it/);
  });

  it("says that it was deleted", async () => {
    assert.match(await sentenceFor({ id: "another" }), /was deleted, or is not deployed yet/);
  });
});
