import assert from "node:assert/strict";
import { checkDevices } from "../../../../cloud/doctor/board-checks";
import { checkUses, type NodeUse } from "../../../../cloud/doctor/node-uses";
import type { Device, KnownThing } from "../../../../cloud/rest/index";

const id = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
const thing = (number: number, name: string, variables: Record<string, string> = {}): KnownThing => ({
  id: id(number),
  name,
  device_id: id(number + 100),
  properties: Object.entries(variables).map(([variable, permission], index) => ({
    id: id(1000 * number + index),
    name: variable,
    variable_name: variable,
    type: "FLOAT",
    permission,
  })),
});
const things = [
  thing(1, "House", { temperature: "READ_ONLY", relay: "READ_WRITE" }),
  thing(2, "Twin"),
  thing(3, "Twin"),
  thing(4, "<img src=x>"),
];
const use = (more: Partial<NodeUse>): NodeUse => ({ node: "n", thing: "", property: "", writes: false, ...more });
const codes = (uses: NodeUse[], own?: KnownThing): string[] => checkUses(uses, things, own).map(({ code }) => code);

describe("what nodes name", () => {
  it("is there", () => {
    const uses = [
      use({ thing: "House" }),
      use({ thing: id(1), property: "temperature" }),
      use({ thing: id(1).toUpperCase(), property: id(1001), writes: true }),
    ];
    assert.deepEqual(checkUses(uses, things), [{ topic: "variables", code: "ok", level: "ok", values: { count: 3 } }]);
  });

  it("need not be looked at where the message names it", () => {
    assert.deepEqual(codes([]), ["none"]);
    assert.deepEqual(codes([use({ property: "relay" })]), ["none"]);
  });

  it("is not there any more", () => {
    assert.deepEqual(codes([use({ thing: id(9) })]), ["no-thing"]);
    assert.deepEqual(codes([use({ thing: "house" })]), ["no-thing"]);
    assert.deepEqual(codes([use({ thing: "Twin" })]), ["ambiguous"]);
    assert.deepEqual(codes([use({ thing: "House", property: "relay", writes: true })]), ["ok"]);
    assert.deepEqual(codes([use({ thing: "House", property: "temperature", writes: true })]), ["read-only"]);
    const [finding] = checkUses([use({ node: "gauge", thing: "House", property: "temperatur" })], things);
    assert.deepEqual(finding?.values, { node: "gauge", thing: "House", variable: "temperatur" });
    assert.match(finding.detail ?? "", /Close names: "temperature"/);
  });

  it("is mended where it is known what was meant", () => {
    const cureOf = (more: Partial<NodeUse>): unknown => checkUses([use({ id: "node", ...more })], things)[0]?.cure;
    const house = { field: "thing", value: "House", name: "House" };
    assert.deepEqual(cureOf({ thing: "Huose" }), { nodeId: "node", use: house });
    assert.deepEqual(cureOf({ thing: id(9), thingName: "House" }), { nodeId: "node", use: { ...house, value: id(1) } });
    assert.deepEqual(cureOf({ thing: id(9), thingName: "Twin" }), { nodeId: "node" });
    assert.deepEqual(cureOf({ thing: "Garage" }), { nodeId: "node" });
    const relay = { field: "property", value: "relay", name: "relay" };
    assert.deepEqual(cureOf({ thing: "House", property: "realy" }), { nodeId: "node", use: relay });
    assert.equal(checkUses([use({ thing: "Huose" })], things)[0]?.cure, undefined);
  });

  it("is that of the device's thing where a device is used", () => {
    assert.deepEqual(codes([use({ property: "relay" })], things[0]), ["ok"]);
    assert.deepEqual(codes([use({ property: "lamp" })], things[0]), ["no-variable"]);
  });

  it("is counted where it is much", () => {
    const found = checkUses(
      Array.from({ length: 25 }, () => use({ thing: id(9) })),
      things,
    );
    assert.equal(found.length, 11);
    assert.deepEqual([found[10]?.code, found[10]?.values], ["more", { count: 15 }]);
  });
});

describe("the boards", () => {
  const device = (number: number, more: Partial<Device> = {}): Device => ({
    id: id(number + 100),
    name: `board ${number}`,
    type: "x",
    device_status: "ONLINE",
    ...more,
  });
  const since = "2026-01-01T00:00:00Z";
  const all = [
    device(1),
    device(2, { device_status: "OFFLINE", last_activity_at: since }),
    device(3, { device_status: "UNKNOWN" }),
  ];

  it("are those of the things in use", () => {
    assert.deepEqual(
      checkDevices(all, things, [use({ thing: "House" })]).map(({ code, values }) => [code, values]),
      [["ok", { count: 1 }]],
    );
    assert.deepEqual(
      checkDevices([], things, []).map(({ code }) => code),
      ["none"],
    );
  });

  it("are those of all things where none is named", () => {
    assert.deepEqual(
      checkDevices(all, things, []).map(({ code, values }) => [code, values]),
      [
        ["offline-since", { device: "board 2", thing: "Twin", since }],
        ["unknown", { device: "board 3", thing: "Twin" }],
      ],
    );
  });
});
