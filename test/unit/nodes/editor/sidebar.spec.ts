import assert from "node:assert/strict";
import type { OverviewDevice, OverviewThing, OverviewVariable } from "../../../../nodes/admin/protocol";
import { planNode } from "../../../../nodes/editor/sidebar/node-for-item";
import { type TreeItem, listRows, type Overview, type TreeRow } from "../../../../nodes/editor/sidebar/tree-rows";

const variable = (name: string, more: Partial<OverviewVariable> = {}): OverviewVariable => ({
  id: `id of ${name}`,
  variable: name,
  name,
  type: "FLOAT",
  writable: true,
  value: null,
  time: null,
  ...more,
});
const thing = (name: string, ...variables: OverviewVariable[]): OverviewThing => ({
  id: `id of ${name}`,
  name,
  device: null,
  variables,
});
const board: OverviewDevice = { id: "board", name: "Board", type: "giga", status: "ONLINE", thing: null };
const greenhouse = thing("Greenhouse", variable("humidity"), variable("temperature"));
const overview: Overview = {
  things: [
    greenhouse,
    thing("Empty"),
    { ...thing("House", variable("temperature", { id: "another" })), device: "board" },
  ],
  devices: [board],
  dashboards: [{ id: "kitchen", name: "Kitchen" }],
};

/** The rows as an outline: a sign for branches, two spaces for each level. */
function outline(rows: TreeRow[]): string[] {
  const name = ({ item }: TreeRow): string => {
    if (item.kind === "group") return `${item.group} ${item.count}`;
    if (item.kind === "variable") return item.variable.name;
    if (item.kind === "thing") return item.thing.name;
    return item.kind === "device" ? item.device.name : item.dashboard.name;
  };
  return rows.map((row) => {
    const sign = row.open === undefined ? "" : row.open ? "- " : "+ ";
    return `${"  ".repeat(row.level - 1)}${sign}${name(row)}`;
  });
}

describe("the tree of the sidebar", () => {
  it("opens few things from the start, and no devices and dashboards", () => {
    assert.deepEqual(outline(listRows(overview, new Map(), "")), [
      ...["- things 3", "  - Greenhouse", "    humidity", "    temperature", "  Empty", "  - House", "    temperature"],
      ...["+ devices 1", "+ dashboards 1"],
    ]);
  });

  it("leaves many things closed, and remembers what the user opened", () => {
    const many = Array.from({ length: 31 }, (_, index) => variable(`v${index}`));
    const large: Overview = { things: [greenhouse, thing("Large", ...many)] };
    assert.deepEqual(outline(listRows(large, new Map(), "")), ["- things 2", "  + Greenhouse", "  + Large"]);
    const opened = new Map([[greenhouse.id, true]]);
    assert.equal(listRows(large, opened, "").length, 5);
    assert.deepEqual(outline(listRows(large, new Map([["things", false]]), "")), ["+ things 2"]);
  });

  it("finds by name, type and id, and shows where that stands", () => {
    const search = (words: string): string[] => outline(listRows(overview, new Map(), words));
    const temperatures = ["- things 2", "  - Greenhouse", "    temperature", "  - House", "    temperature"];
    assert.deepEqual(search(" TEMPER"), temperatures);
    assert.deepEqual(search("giga"), ["- devices 1", "  Board"]);
    assert.deepEqual(search("kitchen"), ["- dashboards 1", "  Kitchen"]);
    assert.deepEqual(search("nowhere"), []);
  });

  it("has all variables of a thing that is found for its own name", () => {
    const found = listRows(overview, new Map([[greenhouse.id, true]]), "id of greenh");
    assert.deepEqual(outline(found), ["- things 1", "  - Greenhouse", "    humidity", "    temperature"]);
  });

  it("numbers siblings, gives each item a key of its own, and knows the devices of things", () => {
    const rows = listRows(overview, new Map(), "");
    assert.equal(new Set(rows.map(({ key }) => key)).size, rows.length);
    const places = rows.filter(({ level }) => level === 2).map(({ place, siblings }) => [place, siblings]);
    assert.deepEqual(places, [
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
    const boards = rows.flatMap(({ item }) => (item.kind === "thing" ? [item.device?.name] : []));
    assert.deepEqual(boards, [undefined, undefined, "Board"]);
  });
});

describe("the node that an item becomes", () => {
  const item = (more: Partial<OverviewVariable>): TreeItem => ({
    kind: "variable",
    thing: greenhouse,
    variable: variable("fan", { name: "Fan", ...more }),
  });
  const fields = { account: "a", thing: greenhouse.id, thingName: "Greenhouse" };

  it("is property in, or property out", () => {
    const ofVariable = { ...fields, property: "fan", propertyName: "Fan" };
    assert.deepEqual(planNode(item({}), "a", false), { type: "arduino-cloud-property-in", fields: ofVariable });
    assert.deepEqual(planNode(item({}), "a", true), { type: "arduino-cloud-property-out", fields: ofVariable });
    assert.deepEqual(planNode({ kind: "thing", thing: greenhouse }, "a", false), {
      type: "arduino-cloud-property-in",
      fields,
    });
  });

  it("is no property out of what a user may not write", () => {
    assert.equal(planNode(item({ writable: false }), "a", true), "read-only");
    assert.ok(typeof planNode(item({ writable: false }), "a", false) === "object");
  });

  it("is device status of a device, and none of a dashboard or group", () => {
    assert.deepEqual(planNode({ kind: "device", device: board }, "a", false), {
      type: "arduino-cloud-device-status",
      fields: { account: "a", device: "board", deviceName: "Board" },
    });
    assert.equal(planNode({ kind: "dashboard", dashboard: { id: "d", name: "D" } }, "a", false), undefined);
    assert.equal(planNode({ kind: "group", group: "things", count: 0 }, "a", true), undefined);
  });
});
