/** Writes docs/operations.md from the table of operations. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { format } from "prettier";
import { operationsPage } from "./operations-doc/page";

const file = path.resolve(__dirname, "..", "docs", "operations.md");

void (async () => {
  writeFileSync(file, await format(operationsPage(), { parser: "markdown", printWidth: 120 }));
})();
