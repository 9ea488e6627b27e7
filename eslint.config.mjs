import js from "@eslint/js";
import { createNodeResolver, importX } from "eslint-plugin-import-x";
import tseslint from "typescript-eslint";

/** The rooms of cloud/ from the ground up; a room imports from its own and lower floors only (docs/architecture.md). */
const floors = [
  ["core"],
  ["codec"],
  ["property-types"],
  ["rest", "mqtt"],
  ["live-values", "history", "device-protocol", "manage", "cluster"],
  ["catch-up", "polling", "desired-state", "doctor", "relay"],
];
/** For each room of cloud/: which rooms it may not import from. */
const rooms = floors.flatMap((floor, level) =>
  floor.map((room) => ({
    target: `./cloud/${room}`,
    from: [
      ...floors
        .slice(level)
        .flat()
        .filter((other) => other !== room)
        .map((other) => `./cloud/${other}`),
      "./cloud/account.ts",
      "./cloud/device.ts",
    ],
    message: "Imports in cloud/ run downwards only.",
  })),
);

/** The node sets: what stands directly in nodes/, and the folders with their helpers. */
const nodeSets = ["./nodes/*.ts", "./nodes/{property-in,property-out,history,manage,home-assistant}/**"];

const zones = [
  ...rooms,
  { target: "./cloud", from: ["./nodes", "./simulator"], message: "cloud/ knows nothing of Node-RED." },
  { target: "./nodes", from: ["./simulator", "./test"], message: "Nodes stand on cloud/ only." },
  { target: "./nodes/runtime", from: [...nodeSets, "./nodes/admin/**"], message: "runtime/ knows no node set." },
  {
    target: "./nodes/home-assistant",
    from: "./nodes/{property-in,property-out,history,manage}/**",
    message: "What several node sets need is in runtime/.",
  },
  { target: "./nodes/admin", from: nodeSets, message: "admin/ knows no node set." },
  {
    target: "./nodes/migration",
    from: "./nodes",
    except: ["./migration"],
    message: "Conversion is a pure function, also for the browser and the command line.",
  },
  {
    target: "./nodes/dashboard-page",
    from: "./nodes",
    except: ["./dashboard-page"],
    message: "What becomes of a dashboard is a pure function, for the editor and for flows.",
  },
  {
    target: "./simulator",
    from: ["./cloud", "./nodes", "./test"],
    message: "The simulator meets the package only on the wire.",
  },
];
const clients = ["axios", "https-proxy-agent", "ioredis", "mqtt"].map((name) => ({
  name,
  message: "Nodes ask the account; they never talk to a client.",
}));

/** Tests wait for a condition, never for a while: a machine may be slow. */
const noSleep = "Wait for a condition: until(), found() or settle() of test/support/wait.ts.";
const sleeps = ["node:timers/promises", "timers/promises"].map((name) => ({ name, message: noSleep }));
const sleepsByHand = [
  "NewExpression[callee.name='Promise'] CallExpression[callee.name='setTimeout']",
  "CallExpression[callee.property.name='waitForTimeout']",
].map((selector) => ({ selector, message: noSleep }));

/** Nothing is thrown, or rejected unheard, out of what runs by itself: it would end Node-RED (cloud/core/guard.ts). */
const unguarded = [
  {
    selector: "CallExpression[callee.name=/^set(Timeout|Interval|Immediate)$/][arguments.length>0]",
    message: "Use systemClock.after() or nextTurn(): nothing may throw out of a timer.",
  },
  {
    selector:
      "CallExpression[callee.property.name=/^(on|once|addEventListener)$/] > :matches(ArrowFunctionExpression, FunctionExpression).arguments",
    message: "Wrap it with guarded(): nothing may throw out of a listener.",
  },
  {
    selector:
      ":matches(ExpressionStatement, UnaryExpression[operator='void']) > CallExpression[callee.property.name='then']",
    message: "Wrap it with inBackground(): what follows on a promise may throw, too.",
  },
];

export default tseslint.config(
  { ignores: ["dist/", "resources/", ".demo/", ".cache/", "node_modules/"] },
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
      "max-lines": ["error", { max: 250, skipBlankLines: true, skipComments: true }],
      "max-lines-per-function": ["error", { max: 40, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ["**/*.ts"],
    plugins: { "import-x": importX },
    settings: { "import-x/resolver-next": [createNodeResolver({ extensions: [".ts", ".js"] })] },
    rules: {
      "import-x/no-cycle": "error",
      "import-x/no-duplicates": "error",
      "import-x/no-restricted-paths": ["error", { basePath: import.meta.dirname, zones }],
    },
  },
  {
    files: ["cloud/**"],
    rules: { "no-restricted-imports": ["error", { patterns: ["node-red", "@node-red/*"] }] },
  },
  { files: ["nodes/**"], rules: { "no-restricted-imports": ["error", { paths: clients }] } },
  {
    files: ["cloud/**/*.ts", "nodes/**/*.ts"],
    // What runs in the browser ends with its page at the worst.
    ignores: [
      "nodes/editor/**",
      "nodes/dashboard-page/**",
      "nodes/*.editor.ts",
      "cloud/core/guard.ts",
      "cloud/core/clock.ts",
    ],
    rules: {
      "no-restricted-syntax": ["error", ...unguarded],
      "@typescript-eslint/no-floating-promises": ["error", { ignoreVoid: false }],
    },
  },
  {
    files: ["nodes/*.editor.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          paths: clients,
          patterns: [
            { regex: "^\\./editor/(.+/|shared$)", message: "What forms do is in the shared code, loaded once." },
          ],
        },
      ],
    },
  },
  {
    files: ["simulator/**", "scripts/**"],
    rules: { "no-console": "off" },
  },
  {
    // Each of the simulator's faces is one server, whose parts would be no easier to read apart.
    files: ["simulator/**"],
    rules: {
      "max-lines": ["error", { max: 310, skipBlankLines: true, skipComments: true }],
      "max-lines-per-function": ["error", { max: 50, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    // A describe is a function around all its specs.
    files: ["test/**"],
    rules: {
      "max-lines": ["error", { max: 330, skipBlankLines: true, skipComments: true }],
      "max-lines-per-function": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
    },
  },
  {
    files: ["test/**"],
    ignores: ["test/slow/**", "test/chaos/**", "test/support/wait.ts"],
    rules: {
      "no-restricted-imports": ["error", { paths: sleeps }],
      "no-restricted-syntax": ["error", ...sleepsByHand],
    },
  },
  { files: ["**/*.{js,mjs}"], extends: [tseslint.configs.disableTypeChecked] },
  // As Node-RED loads nodes that are no package.
  { files: ["test/fixtures/**/*.js"], languageOptions: { globals: { module: "writable" } } },
);
