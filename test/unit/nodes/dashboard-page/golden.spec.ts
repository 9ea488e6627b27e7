import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { flowOf } from "../../../support/dashboards";

const folder = path.resolve(__dirname, "..", "..", "..", "fixtures", "dashboard-pages");
const read = (name: string): unknown => JSON.parse(readFileSync(path.join(folder, `${name}.json`), "utf8"));

/** Three dashboards, and the flows that become of them, read through by hand and tried in a browser. */
describe("The flow of a dashboard", () => {
  for (const name of ["home", "weather", "control"]) {
    it(`is as it was for "${name}"`, () => {
      const shared = name === "home" ? {} : { base: "the-base", theme: "the-theme" };
      const flow = flowOf(read(name), shared);
      // After a change that is meant: GOLDEN=write, and a look at what git shows.
      if (process.env.GOLDEN === "write") {
        const lines = flow.map((node) => `  ${JSON.stringify(node)}`);
        writeFileSync(path.join(folder, `${name}.flow.json`), `[\n${lines.join(",\n")}\n]\n`);
      }
      assert.deepEqual(flow, read(`${name}.flow`));
    });
  }
});
