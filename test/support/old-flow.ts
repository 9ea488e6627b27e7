import type { House } from "./simulated-account";
import type { FlowNode } from "./flows";

/** A space of the flow below. */
export const space = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee";

/**
 * A flow with each node of Arduino's own package, as its editor saves it: type and field names are those that its users'
 * flow files have. What they send goes to function nodes that hand it to the spec, where it runs.
 */
export function oldFlow(house: Pick<House, "thingId" | "propertyIds">): FlowNode[] {
  const about = (variable: string, more: object = {}): object => ({
    connection: "connection",
    thing: house.thingId,
    property: house.propertyIds[variable],
    name: `My ${variable}`,
    propname: variable,
    defaultname: false,
    ...more,
  });
  return [
    { id: "tab", type: "tab", label: "Old flow", disabled: false, info: "", env: [] },
    { id: "group", type: "group", z: "tab", name: "A group", style: {}, nodes: ["in", "junction"], ...box(80, 60) },
    { id: "connection", type: "arduino-connection", applicationname: "My application" },
    {
      ...node("in", "property in", 1, [["junction"]]),
      ...about("temperature", { variableName: "temperature" }),
      g: "group",
      info: "# What it is for",
    },
    { id: "junction", type: "junction", z: "tab", g: "group", x: 260, y: 100, wires: [["values"]] },
    sink("values", 1),
    { ...node("out", "property out", 2, []), ...about("relay", { sendasdevice: false, device: "" }) },
    { ...node("as-device", "property out", 3, []), ...about("counter", { sendasdevice: true, device: "a-device" }) },
    {
      ...node("poll", "property in poll", 4, [["polled"]]),
      ...about("temperature", { timeWindowCount: "2", timeWindowUnit: "1" }),
    },
    sink("polled", 4),
    { ...node("push", "property in push", 5, [["pushed"]]), ...about("counter") },
    sink("pushed", 5),
    {
      ...node("hist", "property in hist", 6, [["history"]]),
      ...about("temperature", { timeWindowCount: "2", timeWindowUnit: "3600" }),
    },
    sink("history", 6),
    { ...node("off", "property in", 7, [[]]), ...about("lamp", { variableName: "lamp" }), d: true },
    { id: "errors", type: "catch", z: "tab", name: "", scope: ["out"], uncaught: false, x: 500, y: 40, wires: [[]] },
  ];
}

function node(id: string, type: string, row: number, wires: string[][]): FlowNode {
  return { id, type, z: "tab", x: 140, y: 60 + row * 40, wires };
}

function sink(id: string, row: number): FlowNode {
  const func = `const tell = global.get("tell"); if (tell) tell(${JSON.stringify(id)}, msg);`;
  const core = { func, outputs: 0, timeout: 0, noerr: 0, initialize: "", finalize: "", libs: [] };
  return { id, type: "function", z: "tab", name: id, ...core, x: 400, y: 60 + row * 40, wires: [] };
}

function box(x: number, y: number): object {
  return { x, y, w: 300, h: 80 };
}
