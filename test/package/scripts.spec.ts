import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

const root = path.resolve(__dirname, "..", "..");
const { scripts, devDependencies } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
  devDependencies: Record<string, string>;
};

/** The programs that a script may begin with: npm puts those of packages on the path, on Windows as `.cmd` files. */
function programs(): Set<string> {
  const binaries = Object.keys(devDependencies).flatMap((name) => {
    const file = path.join(root, "node_modules", name, "package.json");
    const { bin = {} } = JSON.parse(readFileSync(file, "utf8")) as { bin?: string | Record<string, string> };
    return typeof bin === "string" ? [path.basename(name)] : Object.keys(bin);
  });
  return new Set(["node", "npm", ...binaries]);
}

describe("package.json: scripts run under any shell, cmd of Windows too", () => {
  const allowed = programs();
  for (const [name, command] of Object.entries(scripts)) {
    it(name, () => {
      const [program = ""] = command.split(" ");
      assert.ok(allowed.has(program), `"${program}" is a built-in of a shell, or a program that is not installed here`);
      // Chains, pipes, redirections, variables, globs, quotes and escapes: each shell has its own.
      assert.doesNotMatch(command, /[&|;<>$%`'"\\*?!^~(){}]/);
      const files = command.split(" ").filter((word) => /\.(ts|mjs|json)$/.test(word));
      for (const file of files) assert.ok(existsSync(path.join(root, file)), `${file} does not exist`);
    });
  }
});
