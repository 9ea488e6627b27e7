import assert from "node:assert/strict";
import { DeviceShadow } from "../../../../cloud/device-protocol/shadow";
import { FakeClock } from "../../../support/fake-clock";

describe("DeviceShadow", () => {
  let clock: FakeClock;
  let shadow: DeviceShadow;
  /** The values that were noted. */
  let noted: Map<string, unknown>;
  /** How often the time zone was to be asked for again. */
  let ended: number;

  beforeEach(() => {
    clock = new FakeClock();
    ended = 0;
    noted = new Map();
    shadow = new DeviceShadow({
      clock,
      onValue: (variable, value) => noted.set(variable, value),
      onTimezoneEnd: () => ended++,
    });
  });
  const inSeconds = (seconds: number): number => clock.now() / 1_000 + seconds;

  it("tells last values each time, and at once to one who comes later", () => {
    const told: string[][] = [];
    const end = shadow.observe((values) => told.push([...values.keys()]));
    assert.deepEqual([told, shadow.lastValues.size], [[], 0]);
    shadow.takeLastValues([{ property: "a", value: 1, time: undefined }]);
    shadow.takeLastValues([{ property: "b", value: 2, time: undefined }]);
    shadow.observe((values) => told.push(["late", ...values.keys()]))();
    end();
    shadow.takeLastValues([]);
    assert.deepEqual(told, [["a"], ["b"], ["late", "b"]]);
  });

  it("lets those go on who wait for its first values, when they have come or not come in time", async () => {
    const ended: string[] = [];
    const wait = (name: string): void => void shadow.firstValues()!.then(() => ended.push(name));
    const settled = (): Promise<void> => new Promise(setImmediate);
    wait("answered");
    await clock.advance(600_000);
    shadow.asked();
    await clock.advance(2_000);
    // A connection that is lost tells nothing.
    shadow.lost();
    await clock.advance(600_000);
    await settled();
    assert.deepEqual(ended, []);
    shadow.asked();
    shadow.takeLastValues([]);
    await settled();
    assert.deepEqual([ended, shadow.firstValues()], [["answered"], undefined]);
    shadow.forget();
    wait("silent");
    shadow.asked();
    await clock.advance(3_000);
    await settled();
    assert.deepEqual([ended, shadow.firstValues()], [["answered", "silent"], undefined]);
    shadow.forget();
    wait("closed");
    shadow.close();
    await settled();
    assert.deepEqual(ended, ["answered", "silent", "closed"]);
  });

  it("has values as a flow uses them, with their time or that of their arrival", () => {
    const time = Math.floor(inSeconds(-60));
    shadow.takeLastValues([
      { property: "float", value: Math.fround(21.3), time },
      { property: "none", value: NaN, time },
      { property: "lamp", value: { hue: Infinity, swi: true }, time },
      { property: "early", value: "", time: 5 },
    ]);
    assert.deepEqual(
      [...shadow.lastValues],
      [
        ["float", { value: 21.3, timestamp: time * 1_000 }],
        ["early", { value: "", timestamp: clock.now() }],
      ],
    );
    assert.deepEqual(
      [...noted],
      [
        ["float", 21.3],
        ["early", ""],
      ],
    );
  });

  it("keeps what was written and reported, also where the answer was on its way", () => {
    const answer = (value: number): void =>
      shadow.takeLastValues(["a", "b"].map((property) => ({ property, value, time: undefined })));
    const values = (): unknown[] =>
      [...shadow.lastValues].map(([variable, { value }]) => `${variable}=${value as number}`);
    shadow.asked();
    answer(1);
    shadow.note("a", { value: 2, timestamp: clock.now() });
    assert.deepEqual(values(), ["a=2", "b=1"]);
    shadow.asked();
    shadow.note("b", { value: 3, timestamp: clock.now() });
    answer(4);
    assert.deepEqual(values(), ["a=4", "b=3"]);
    answer(5);
    assert.deepEqual(values(), ["a=5", "b=3"], "the same answer by the other way");
    shadow.asked();
    answer(6);
    assert.deepEqual(values(), ["a=6", "b=6"]);
  });

  it("tells nobody what it knew before the connection was lost", () => {
    const told: number[] = [];
    shadow.takeLastValues([{ property: "a", value: 1, time: undefined }]);
    shadow.lost();
    shadow.observe((values) => told.push(values.size));
    assert.deepEqual([told, shadow.lastValues.size], [[], 1]);
    shadow.takeLastValues([]);
    assert.deepEqual(told, [0]);
  });

  it("forgets the values when the device belongs to another thing", () => {
    shadow.takeLastValues([{ property: "a", value: 1, time: undefined }]);
    shadow.forget();
    assert.equal(shadow.lastValues.size, 0);
    shadow.observe(() => assert.fail("There are none of this thing yet."));
  });

  it("keeps the time zone to itself, and asks for it again when it ends", async () => {
    const until = inSeconds(3_600);
    shadow.takeLastValues([
      { property: "tz_offset", value: 7_200, time: undefined },
      { property: "tz_dst_until", value: until, time: undefined },
      { property: "counter", value: 1, time: undefined },
    ]);
    assert.deepEqual([[...shadow.lastValues.keys()], shadow.timezone], [["counter"], { offset: 7_200, until }]);
    assert.deepEqual([shadow.takeHidden("tz_offset", "no number"), shadow.takeHidden("counter", 1)], [true, false]);
    assert.equal(shadow.timezone.offset, 7_200);
    await clock.advance(3_599_000);
    assert.equal(ended, 0);
    await clock.advance(1_000);
    assert.equal(ended, 1);
  });

  it("does not ask again for a time zone that is replaced, over, or no longer wanted", async () => {
    shadow.setTimezone({ offset: 0, until: inSeconds(10) });
    shadow.setTimezone({ offset: 3_600, until: inSeconds(-10) });
    await clock.advance(20_000);
    shadow.setTimezone({ offset: 0, until: inSeconds(10) });
    shadow.close();
    await clock.advance(20_000);
    assert.deepEqual([ended, clock.waiting], [0, 0]);
  });
});
