import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const root = path.resolve(__dirname, "..", "..");
const examples = path.join(root, "examples");
const core = path.join(root, "node_modules", "@node-red", "nodes", "core");
const dashboard = path.join(root, "node_modules", "@flowfuse", "node-red-dashboard", "nodes");

type FlowNode = Record<string, unknown> & { id: string; type: string; z?: string; g?: string; wires?: string[][] };

/** Takes any call, any property and any `new`, as the editor would. */
function anything(): unknown {
  const accept = (): unknown => anything();
  return new Proxy(function () {}, {
    get: (_target, name) => {
      if (name === Symbol.iterator) return () => [].values();
      return name === Symbol.toPrimitive ? () => "" : anything();
    },
    apply: accept,
    construct: accept as () => object,
  });
}

/** The fields of the node types that a page of the editor registers, by type. */
function fieldsOf(page: string): [string, string[]][] {
  const found: [string, string[]][] = [];
  const nodes = {
    registerType: (type: string, { defaults }: { defaults: Record<string, unknown> }) => {
      found.push([type, Object.keys(defaults)]);
    },
  };
  const editor = new Proxy({}, { get: (_target, name) => (name === "nodes" ? nodes : anything()) });
  for (const [, script = ""] of readFileSync(page, "utf8").matchAll(
    /<script type="text\/javascript">(.*?)<\/script>/gs,
  )) {
    // The editor's own code, run without an editor.
    // eslint-disable-next-line @typescript-eslint/no-implied-eval
    const run = new Function("RED", "$", "window", "document", script) as (...parts: unknown[]) => void;
    run(editor, anything(), anything(), anything());
  }
  return found;
}

const manifest = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
  "node-red": { nodes: Record<string, string> };
};
const ownPages = Object.values(manifest["node-red"].nodes).map((set) => path.join(root, set.replace(/\.js$/, ".html")));
const corePages = [
  "common/20-inject",
  "common/21-debug",
  "common/25-catch",
  "common/90-comment",
  "function/10-function",
  "function/10-switch",
  "function/15-change",
  "function/rbe",
  "parsers/70-CSV",
  "network/10-mqtt",
  "storage/10-file",
].map((name) => path.join(core, `${name}.html`));

const dashboardPages = ["config", "widgets"].flatMap((folder) =>
  readdirSync(path.join(dashboard, folder))
    .filter((name) => name.endsWith(".html"))
    .map((name) => path.join(dashboard, folder, name)),
);

/** Nodes of packages that could not be had, so that nobody knows all of their fields here. */
const foreign = ["matterbridge", "matteronoffsocket", "homekit-bridge", "homekit-service"];

function readFlow(file: string): FlowNode[] {
  const flow: unknown = JSON.parse(readFileSync(file, "utf8"));
  assert.ok(Array.isArray(flow));
  return flow as FlowNode[];
}

/** The place of a group on the canvas. */
function boxOf(group: FlowNode): { left: number; right: number; top: number; bottom: number } {
  const [left, top, width, height] = ["x", "y", "w", "h"].map((field) => Number(group[field])) as [
    number,
    number,
    number,
    number,
  ];
  return { left, top, right: left + width, bottom: top + height };
}

const files = readdirSync(examples).map((name) => path.join(examples, name));
const demo = path.join(root, "scripts", "demo", "flow.json");

describe("the example flows", () => {
  let fields: Map<string, string[]>;

  before(() => {
    fields = new Map([...ownPages, ...corePages, ...dashboardPages].flatMap(fieldsOf));
    fields.set("tab", ["label", "disabled", "info", "env"]);
    for (const type of foreign) fields.set(type, []);
    fields.set("group", ["name", "style", "nodes", "x", "y", "w", "h"]);
  });

  it("share no id, so that a second import asks no question", () => {
    const ids = [...files, demo].flatMap((file) => readFlow(file).map(({ id }) => id));
    assert.deepEqual(
      ids.filter((id, index) => ids.indexOf(id) !== index),
      [],
    );
  });

  it("show every node of the package", () => {
    const shown = new Set(files.flatMap(readFlow).map(({ type }) => type));
    const own = [...fields.keys()].filter((type) => type.startsWith("arduino-cloud-"));
    assert.ok(own.length >= 3);
    assert.deepEqual(
      own.filter((type) => !shown.has(type)),
      [],
    );
  });

  for (const file of [...files, demo]) {
    describe(path.basename(file), () => {
      const flow = readFlow(file);
      const tab = flow.find(({ type }) => type === "tab");

      it("has every field that the editor gives a new node", () => {
        for (const node of flow) {
          const expected = fields.get(node.type);
          assert.ok(
            expected,
            `"${node.type}" is neither ours, nor one of the core nodes that every Node-RED has, nor of the dashboard`,
          );
          const missing = expected.filter((field) => !(field in node) && field !== "outputs");
          assert.deepEqual(missing, [], `${node.type} "${String(node["name"])}"`);
        }
      });

      it("says so where it was not tried with what it needs", () => {
        const note = flow.find(({ type }) => type === "comment");
        assert.equal(
          String(note?.["info"]).includes("not tried with it"),
          flow.some(({ type }) => foreign.includes(type)),
        );
      });

      it("is one tab with a comment on top, and wires that lead somewhere", () => {
        const ids = new Set(flow.map(({ id }) => id));
        const placed = flow.filter((node) => "y" in node && node.type !== "group");
        const [top] = [...placed].sort((a, b) => Number(a["y"]) - Number(b["y"]));
        assert.equal(top?.type, "comment");
        assert.ok(String(top["info"]).length > 50);
        for (const node of placed) {
          assert.equal(node.z, tab?.id);
          assert.ok(node.g === undefined || ids.has(node.g));
          for (const to of (node.wires ?? []).flat()) assert.ok(ids.has(to), `a wire of ${node.type} leads nowhere`);
        }
        assert.equal(ids.size, flow.length);
      });

      it("has groups that lie beside each other, hold their own nodes only, and are told on dark ground too", () => {
        const groups = flow.filter(({ type }) => type === "group").map((group) => ({ group, ...boxOf(group) }));
        for (const { group, left, right, top, bottom } of groups) {
          assert.notEqual((group["style"] as { color?: string }).color, "#000000");
          const others = groups.filter((other) => other.group !== group);
          for (const other of others)
            assert.ok(other.right < left || other.left > right || other.bottom < top || other.top > bottom);
          for (const node of flow.filter((one) => "x" in one && one.type !== "group")) {
            const [x, y] = [Number(node["x"]), Number(node["y"])];
            const isInside = x > left && x < right && y + 15 > top && y - 15 < bottom;
            assert.equal(isInside, node.g === group.id, `${node.type} "${String(node["name"])}"`);
          }
        }
      });

      it("says so where it needs the dashboard", () => {
        const note = flow.find(({ type }) => type === "comment");
        const needsDashboard = flow.some(({ type }) => type.startsWith("ui-"));
        assert.equal(String(note?.["info"]).includes("The page needs FlowFuse Dashboard 2.0"), needsDashboard);
      });

      it("names what people have of their own in one place, and uses it", () => {
        const names = ((tab?.["env"] ?? []) as { name: string }[]).map(({ name }) => name);
        const note = String(flow.find(({ type }) => type === "comment")?.["info"]);
        const rest = JSON.stringify(flow.filter(({ type }) => type !== "tab" && type !== "comment"));
        for (const name of names) {
          assert.ok(note.includes(`\`${name}\``), `the comment does not tell of ${name}`);
          assert.ok(rest.includes(`"\${${name}}"`), `nothing uses ${name}`);
        }
      });

      it("has one account, used by all of its nodes, and no secret or id of anybody", () => {
        const accounts = flow.filter(({ type }) => type === "arduino-cloud-account");
        assert.equal(accounts.length, 1);
        // A node with a device needs no account, and learns its thing from the cloud.
        const asDevice = flow.filter(({ type }) => type === "arduino-cloud-device");
        for (const { account } of asDevice) assert.equal(account, accounts[0]?.id);
        const property = flow.filter(({ type }) => type.startsWith("arduino-cloud-property-"));
        for (const node of property.filter(({ device }) => !asDevice.some(({ id }) => id === device))) {
          assert.equal(node["account"], accounts[0]?.id);
          assert.notEqual(node["thing"], "");
        }
        assert.doesNotMatch(JSON.stringify(flow), /"credentials":|[0-9a-f]{8}-[0-9a-f]{4}-|secret"/i);
      });
    });
  }
});
