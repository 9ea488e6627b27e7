import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { readThing } from "../../../../cloud/rest/index";
import { bridgeThing, configTopic } from "../../../../nodes/home-assistant/discovery";
import { seedHouse } from "../../../../simulator/seeds/house";
import { Store } from "../../../../simulator/store/store";
import { complaints } from "../../../support/home-assistant-rules";

const golden = path.resolve(__dirname, "../../../fixtures/home-assistant/demo-house.json");

/** The messages that make the demo's house in Home Assistant, with counted ids in place of those of this run. */
function messages(): Record<string, unknown> {
  const store = new Store();
  const owner = store.createUser();
  const ids = new Map<string, string>();
  const counted = (text: string): string =>
    text.replace(/[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}/g, (id) => {
      const bare = id.replaceAll("-", "");
      if (!ids.has(bare)) ids.set(bare, `id-${ids.size + 1}`);
      return String(ids.get(bare));
    });
  const made = seedHouse(store, { scope: { userId: owner.id } }).map(({ thingId }) => {
    const thing = readThing(JSON.parse(JSON.stringify(store.things.get(thingId))))!;
    const settings = {
      ...{ prefix: "homeassistant", base: "arduino", isWritable: true, hasStatus: true, overrides: [] },
      ...{ units: new Map(), origin: { name: "test", sw_version: "1", support_url: "https://example.com" } },
    };
    const bridged = bridgeThing({ ...thing, properties: thing.properties ?? [] }, settings, (reason) => {
      throw reason;
    });
    const topic = configTopic("homeassistant", bridged.key);
    assert.deepEqual(complaints(topic, bridged.discovery), []);
    return [counted(topic), JSON.parse(counted(JSON.stringify(bridged.discovery)))] as const;
  });
  return Object.fromEntries(made);
}

describe("the demo's house in Home Assistant", () => {
  it("is made by these messages, to the letter", () => {
    const made = messages();
    // `WRITE_GOLDEN=1` writes them anew, to be read before they are taken in.
    if (process.env.WRITE_GOLDEN !== undefined) writeFileSync(golden, `${JSON.stringify(made, undefined, 2)}\n`);
    assert.deepEqual(made, JSON.parse(readFileSync(golden, "utf8")));
  });
});
