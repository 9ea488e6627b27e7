import assert from "node:assert/strict";
import { planMigration } from "../../../../nodes/migration/convert";
import type { FlowNode } from "../../../../nodes/migration/old-nodes";
import { noteCodes } from "../../../../nodes/migration/report";
import { oldFlow, space } from "../../../support/old-flow";

const ids = { temperature: "p-1", relay: "p-2", counter: "p-3", lamp: "p-4" };
const flow = oldFlow({ thingId: "a-thing", propertyIds: ids });

function plan(nodes: readonly FlowNode[], keepsShape = true) {
  let count = 0;
  return planMigration(nodes, { keepsShape, newId: () => `new-${++count}` });
}
const find = (nodes: readonly FlowNode[], id: string): FlowNode => nodes.find((node) => node.id === id)!;
const notesOf = (nodes: readonly FlowNode[], id: string, keepsShape = true): string[] =>
  plan(nodes, keepsShape)
    .steps.find((step) => step.id === id)!
    .notes.map(({ code }) => code);
const property = (more: object): FlowNode => ({ ...find(flow, "in"), ...more });

describe("migration from Arduino's own nodes", () => {
  it("makes an account of a connection, under the same id", () => {
    const { flow: converted, keys } = plan(flow);
    assert.deepEqual(find(converted, "connection"), {
      id: "connection",
      type: "arduino-cloud-account",
      name: "My application",
      organization: "",
      baseUrl: "https://api2.arduino.cc",
      audience: "https://api2.arduino.cc/iot",
      brokerUrl: "wss://wss.iot.arduino.cc:8443/mqtt",
      deviceBrokerUrl: "mqtts://mqtts-up.iot.arduino.cc:8884",
      tls: "",
      requestsPerSecond: 10,
      messagesPerSecond: 25,
    });
    assert.deepEqual(keys, [{ from: "connection", to: "connection", name: "My application" }]);
  });

  it("converts property in with its place, group, wires and description", () => {
    assert.deepEqual(find(plan(flow).flow, "in"), {
      id: "in",
      type: "arduino-cloud-property-in",
      z: "tab",
      g: "group",
      name: "My temperature",
      account: "connection",
      thing: "a-thing",
      thingName: "",
      device: "",
      property: "temperature",
      propertyName: "temperature",
      direction: "reported",
      emit: "all",
      deadband: 0,
      initial: false,
      initialHours: 0,
      catchUp: "none",
      catchUpDelay: 15,
      ack: "sent",
      echo: true,
      inputs: 0,
      compatible: true,
      info: "# What it is for",
      x: 140,
      y: 100,
      wires: [["junction"]],
    });
  });

  it("converts property out, as a user or as the thing's device, and gives it an output", () => {
    const { flow: converted } = plan(flow);
    const { as, property: variable, account, whenOffline, wires } = find(converted, "out");
    assert.deepEqual([as, variable, account, whenOffline, wires], ["user", "p-2", "connection", "queue", [[]]]);
    assert.equal(find(converted, "as-device").as, "device");
    assert.equal(find(converted, "as-device").device, "", "the thing's own device, not one of Node-RED's");
  });

  it("converts the nodes that poll, inject and read history", () => {
    const { flow: converted } = plan(flow);
    const get = (id: string) => [find(converted, id).type, find(converted, id).property, find(converted, id).repeat];
    assert.deepEqual(get("poll"), ["arduino-cloud-property-get", "p-1", 2]);
    assert.deepEqual(get("push"), ["arduino-cloud-property-get", "p-3", 0]);
    const { type, from, to, mode, output } = find(converted, "hist");
    assert.deepEqual([type, from, to, mode, output], ["arduino-cloud-history", "-2h", "now", "raw", "chart"]);
  });

  it("says spans in the largest fitting unit, and rounds seconds up", () => {
    const from = (timeWindowCount: unknown, timeWindowUnit: unknown): unknown => {
      const nodes = [{ ...find(flow, "hist"), timeWindowCount, timeWindowUnit }];
      return find(plan(nodes).flow, "hist").from;
    };
    assert.deepEqual(
      [from("90", "1"), from(1, "60"), from("3", "86400"), from("2", "604800"), from("120", "60"), from("x", "60")],
      ["-2m", "-1m", "-3d", "-2w", "-2h", ""],
    );
    assert.ok(
      notesOf([{ ...find(flow, "hist"), timeWindowCount: 90, timeWindowUnit: "1" }], "hist").includes("span-rounded"),
    );
    assert.ok(notesOf([{ ...find(flow, "poll"), timeWindowCount: "0" }], "poll").includes("no-interval"));
  });

  it("leaves all other nodes, what is disabled, and what it was given as they are", () => {
    const before = structuredClone(flow);
    const { flow: converted } = plan(flow);
    assert.deepEqual(flow, before);
    assert.deepEqual(
      converted.map(({ id }) => id),
      flow.map(({ id }) => id),
    );
    for (const id of ["tab", "group", "junction", "values", "errors"])
      assert.equal(find(converted, id), find(flow, id));
    assert.equal(find(converted, "off").d, true);
  });

  it("makes one account for each space of a connection, and keeps the id for the user's own", () => {
    const nodes = [
      find(flow, "connection"),
      property({ id: "theirs", organization: space }),
      property({ id: "mine", organization: "" }),
      property({ id: "theirs-too", organization: space }),
    ];
    const { flow: converted, keys, steps } = plan(nodes);
    const accounts = converted.filter(({ type }) => type === "arduino-cloud-account");
    assert.deepEqual(
      accounts.map(({ id, name, organization }) => [id, name, organization]),
      [
        ["connection", "My application", ""],
        ["new-1", `My application (${space})`, space],
      ],
    );
    assert.deepEqual(
      ["theirs", "mine", "theirs-too"].map((id) => find(converted, id).account),
      ["new-1", "connection", "new-1"],
    );
    assert.deepEqual(
      keys.map(({ from, to }) => [from, to]),
      [
        ["connection", "connection"],
        ["connection", "new-1"],
      ],
    );
    assert.deepEqual(steps[1]?.notes, [{ code: "one-more-account", values: { space } }]);
    const alone = plan([find(flow, "connection"), property({ organization: space })]);
    assert.equal(find(alone.flow, "connection").organization, space);
    assert.equal(alone.keys.length, 1);
  });

  it("takes over a key that is typed but not deployed", () => {
    const typed = { ...find(flow, "connection"), credentials: { clientid: "an id", clientsecret: "a secret" } };
    assert.deepEqual(find(plan([typed]).flow, "connection").credentials, {
      clientId: "an id",
      clientSecret: "a secret",
    });
  });

  it("tells what is missing, and takes the form's leftovers for nothing", () => {
    const left = property({
      id: "left",
      connection: "gone",
      thing: "0",
      property: "updating",
      variableName: "undefined",
    });
    const { thing, property: variable, account } = find(plan([left]).flow, "left");
    assert.deepEqual([thing, variable, account], ["", "", "gone"]);
    assert.deepEqual(notesOf([left], "left").slice(0, 3), ["no-connection", "no-thing", "no-variable"]);
  });

  it("takes the id of a variable where the name is none that a sketch can have", () => {
    for (const variableName of [undefined, "", "two words", "null"])
      assert.equal(find(plan([property({ variableName })]).flow, "in").property, "p-1");
  });

  it("keeps what variables of the environment stand for, and says of them that they hold an account", () => {
    const subflow = {
      id: "sub",
      type: "subflow",
      env: [
        { name: "CONN", type: "arduino-connection", value: "connection" },
        { name: "X", type: "str", value: "y" },
      ],
    };
    const { flow: converted } = plan([subflow, property({ connection: "${CONN}", thing: "${THING}" })]);
    assert.deepEqual(find(converted, "sub").env, [
      { name: "CONN", type: "arduino-cloud-account", value: "connection" },
      { name: "X", type: "str", value: "y" },
    ]);
    assert.deepEqual([find(converted, "in").account, find(converted, "in").thing], ["${CONN}", "${THING}"]);
    assert.equal(notesOf([property({ connection: "${CONN}" })], "in").includes("no-connection"), false);
  });

  it("tells of each change of the messages where the old shape is not kept", () => {
    assert.deepEqual(notesOf(flow, "in", false), ["topic", "measured", "more-properties"]);
    assert.deepEqual(notesOf(flow, "push", false), ["topic", "timestamp", "more-properties", "passes-on"]);
    assert.deepEqual(notesOf(flow, "hist", false), ["chart", "topic-passes", "passes-on", "every-value"]);
    assert.equal(find(plan(flow, false).flow, "in").compatible, false);
    assert.deepEqual(notesOf(flow, "push"), ["shape-kept"]);
  });

  it("does nothing to a flow without such nodes, and nothing the second time", () => {
    const others = [find(flow, "tab"), find(flow, "values")];
    assert.deepEqual(plan(others), { flow: others, steps: [], keys: [] });
    const { flow: converted } = plan(flow);
    assert.deepEqual(plan(converted), { flow: converted, steps: [], keys: [] });
  });

  it("uses each note", () => {
    const left = property({ id: "left", connection: "", thing: "", property: "" });
    const seconds = { ...find(flow, "hist"), id: "seconds", timeWindowUnit: "1" };
    const never = { ...find(flow, "poll"), id: "never", timeWindowCount: "" };
    const spaces = [property({ id: "theirs", organization: space })];
    const other = { ...find(flow, "connection"), id: "other" };
    const theirs = property({ id: "others", connection: "other", organization: space });
    const nodes = [...flow, left, seconds, never, ...spaces, other, theirs];
    const used = [true, false].flatMap((keeps) => plan(nodes, keeps).steps.flatMap(({ notes }) => notes));
    assert.deepEqual([...new Set(used.map(({ code }) => code))].sort(), [...noteCodes].sort());
  });
});
