import js from "@eslint/js";
import tseslint from "typescript-eslint";

/** Imports run downwards only (docs/architecture.md): what a folder may not reach, and why. */
function forbid(files, patterns, paths = []) {
  return {
    files,
    rules: { "no-restricted-imports": ["error", { patterns, paths }] },
  };
}
const clients = ["axios", "mqtt"].map((name) => ({
  name,
  message: "Nodes ask the account; they never talk to a client.",
}));

export default tseslint.config(
  { ignores: ["dist/", ".demo/", ".cache/", "node_modules/"] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        project: ["./tsconfig.tools.json", "./tsconfig.editor.json"],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-unnecessary-condition": ["error", { allowConstantLoopConditions: true }],
      "@typescript-eslint/consistent-type-imports": ["error", { disallowTypeAnnotations: false }],
      "no-console": "error",
      "max-lines": ["warn", { max: 300, skipBlankLines: true, skipComments: true }],
      "max-lines-per-function": ["warn", { max: 60, skipBlankLines: true, skipComments: true }],
    },
  },
  forbid(
    ["cloud/**"],
    [
      {
        group: ["**/nodes/**", "**/simulator/**", "node-red", "@node-red/*"],
        message: "cloud/ knows nothing of Node-RED.",
      },
    ],
  ),
  forbid(
    ["cloud/rest/**"],
    [{ group: ["**/data/**", "**/nodes/**", "**/simulator/**"], message: "rest/ stands alone." }],
  ),
  forbid(["nodes/**"], [{ group: ["**/simulator/**", "**/test/**"], message: "Nodes stand on cloud/ only." }], clients),
  forbid(
    ["nodes/runtime/**"],
    [{ regex: "^\\.\\./(?!\\.\\./cloud/)", message: "runtime/ does not know the nodes." }],
    clients,
  ),
  forbid(
    ["nodes/migration/**"],
    [{ regex: "^\\.\\./", message: "Conversion is a pure function, also for the browser and the command line." }],
    clients,
  ),
  forbid(
    ["simulator/**"],
    [
      {
        group: ["**/cloud/**", "**/nodes/**", "**/test/**"],
        message: "The simulator meets the package only on the wire.",
      },
    ],
  ),
  {
    files: ["simulator/**", "scripts/**"],
    rules: { "no-console": "off" },
  },
  {
    files: ["test/**"],
    rules: {
      "max-lines-per-function": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
    },
  },
  { files: ["**/*.{js,mjs}"], extends: [tseslint.configs.disableTypeChecked] },
  // As Node-RED loads nodes that are no package.
  { files: ["test/fixtures/**/*.js"], languageOptions: { globals: { module: "writable" } } },
);
