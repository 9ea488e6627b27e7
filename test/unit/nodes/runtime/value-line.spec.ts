import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import type { NodeAPI } from "node-red";
import { editorPresence } from "../../../../nodes/runtime/editor-presence";
import { ValueLine } from "../../../../nodes/runtime/value-line";
import { valueLine } from "../../../../nodes/runtime/value-text";
import { FakeClock } from "../../../support/fake-clock";

const at = (hours: number, minutes: number): number => new Date().setHours(hours, minutes, 0, 0);

describe("the value under a node", () => {
  const clock = new FakeClock();
  let events: EventEmitter;
  let changes: (string | undefined)[];
  let line: ValueLine;
  const read = (value: unknown) => () => ({ value, timestamp: undefined, type: undefined, name: "" });

  const start = (isServing = false): void => {
    events = new EventEmitter();
    changes = [];
    const presence = editorPresence({ events, server: { listening: isServing } } as unknown as NodeAPI);
    line = new ValueLine(presence, () => changes.push(line.text), clock);
  };

  it("changes at most twice a second, and ends at the newest", async () => {
    start();
    events.emit("comms:connection-added");
    for (let value = 1; value <= 100; value++) {
      line.note(read(value));
      await clock.advance(20);
    }
    await clock.advance(1_000);
    assert.ok(changes.length >= 4 && changes.length <= 6, changes.join());
    assert.deepEqual([changes[0], changes.at(-1)], ["1", "100"]);
    line.stop();
  });

  it("costs nothing while no editor is open, and is up to date when one opens", async () => {
    start();
    let reads = 0;
    const counted = (): ReturnType<ReturnType<typeof read>> => {
      reads++;
      return read(7)();
    };
    for (let count = 0; count < 10; count++) line.note(counted);
    await clock.advance(10_000);
    assert.deepEqual([reads, changes], [0, []]);
    events.emit("comms:connection-added");
    assert.deepEqual([reads, changes], [1, ["7"]]);
    events.emit("comms:connection-removed");
    line.note(counted);
    await clock.advance(10_000);
    assert.equal(reads, 1);
    line.stop();
  });

  it("counts on editors that nobody has told of, where the package comes to a Node-RED that is running", () => {
    start(true);
    line.note(read(1));
    assert.deepEqual(changes, ["1"]);
    line.stop();
  });

  it("has figures and symbols only: value, unit and time", () => {
    const base = { timestamp: at(16, 24), type: "TEMPERATURE_C", name: "" };
    assert.equal(valueLine({ ...base, value: 21.299999237060547 }), "21.3 °C · 16:24");
    assert.equal(valueLine({ ...base, value: 21.3, name: "temperature" }), "temperature 21.3 °C · 16:24");
    assert.equal(valueLine({ ...base, value: null, timestamp: undefined }), "– °C");
    assert.equal(valueLine({ ...base, type: "STATUS", value: true }), "true · 16:24");
    assert.equal(valueLine({ ...base, type: undefined, value: { hue: 120, swi: true } }), "hue 120, swi true · 16:24");
    assert.equal(valueLine({ ...base, type: "", value: "a\nb ".repeat(20) }), `${"a b ".repeat(6)}… · 16:24`);
    assert.match(valueLine({ ...base, timestamp: 0, value: 1 }), /^1 °C · (1970-01-01|1969-12-31) \d\d:\d\d$/);
    assert.equal(valueLine({ ...base, timestamp: 1e300, value: 1 }), "1 °C · 1e+300");
    assert.match(valueLine({ ...base, type: "TIME", value: 1_772_000_000 }), /^2026-02-2\d \d\d:\d\d · 16:24$/);
  });
});
