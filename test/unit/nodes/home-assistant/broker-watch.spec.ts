import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import type { Node, NodeAPI } from "node-red";
import { watchBroker } from "../../../../nodes/home-assistant/broker-watch";

describe("watchBroker", () => {
  const nodes = new Map<string, object>([
    ["change", { id: "change", type: "change", wires: [["out"], ["far"]] }],
    ["out", { id: "out", type: "mqtt out", wires: [] }],
    ["far", { id: "far", type: "link out", wires: [[]], links: ["in"] }],
    ["in", { id: "in", type: "link in", wires: [["last"]] }],
    ["last", { id: "last", type: "mqtt out" }],
    ["other", { id: "other", type: "mqtt out" }],
  ]);
  let events: EventEmitter;
  let asked: string[];
  let count: number;
  let end: () => void;

  beforeEach(() => {
    events = new EventEmitter();
    asked = [];
    count = 0;
    const getNode = (id: string): unknown => {
      asked.push(id);
      return nodes.get(id) ?? null;
    };
    const RED = { events, nodes: { getNode } } as unknown as NodeAPI;
    end = watchBroker(RED, { id: "ha", wires: [["change"]] } as unknown as Node, () => count++);
  });
  afterEach(() => end());

  const tell = (id: string, fill?: string): boolean =>
    events.emit("node-status", { id, ...(fill && { status: { fill } }) });

  it("tells each time that an mqtt out behind the node has connected, however it is wired", () => {
    tell("out", "yellow");
    tell("out", "green");
    tell("out", "green");
    assert.equal(count, 1);
    tell("last", "green");
    assert.equal(count, 2);
    tell("other", "green");
    tell("change", "green");
    assert.equal(count, 2);
    tell("out", "red");
    tell("out", "green");
    assert.equal(count, 3);
    // A node that is gone has no status.
    tell("out");
    tell("out", "green");
    assert.equal(count, 4);
  });

  it("looks at no node for what is told of others, and hears nothing in the end", () => {
    tell("other", "red");
    tell("other");
    assert.deepEqual(asked, []);
    tell("unknown", "green");
    assert.deepEqual(asked, ["unknown"]);
    end();
    assert.equal(events.listenerCount("node-status"), 0);
    tell("out", "green");
    assert.equal(count, 0);
  });
});
