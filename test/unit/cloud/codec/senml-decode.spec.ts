import assert from "node:assert/strict";
import { CborWriter } from "../../../../cloud/codec/cbor-writer";
import { decodeReadings } from "../../../../cloud/codec/senml-decode";
import { cpuTimeOf } from "../../../support/cpu-time";

const decode = (hex: string): ReturnType<typeof decodeReadings> => decodeReadings(Buffer.from(hex, "hex"));
const values = (hex: string): unknown[] => decode(hex).readings.map(({ property, value }) => [property, value]);

describe("decodeReadings, where the wire format leaves a choice,", () => {
  it("says where and why it rejects", () => {
    assert.throws(() => decode("81a2007affffffff"), {
      code: "invalid_value",
      message: "The payload is not SenML in CBOR: 4294967295 bytes are declared, 0 are left (byte 8).",
    });
    assert.throws(() => decode("9a00ffffff80"), /16777215 elements are declared, 1 bytes are left \(byte 5\)/);
    assert.throws(() => decode("05"), /it does not begin with an array \(byte 0\)/);
    assert.throws(() => decode("8000"), /it goes on after its end \(byte 1\)/);
  });

  it("rejects payloads beyond 1 MiB", () => {
    assert.throws(() => decodeReadings(Buffer.alloc(2 ** 20 + 1, 0x80)), { code: "invalid_value" });
  });

  it("reads everything after the first colon as the component, and none where nothing follows", () => {
    assert.deepEqual(values("81a20065613a623a630205"), [["a", { "b:c": 5 }]]);
    assert.deepEqual(values("81a20062613a0205"), [["a", 5]]);
  });

  it("lets the last one win where a variable is both plain and structured", () => {
    assert.deepEqual(values("82a20061610205a20063613a780206"), [["a", { x: 6 }]]);
    assert.deepEqual(values("82a20063613a780206a20061610205"), [["a", 5]]);
  });

  it("keeps v before vs before vb, and the last of two", () => {
    assert.deepEqual(values("81a30061610205036162"), [["a", 5]]);
    assert.deepEqual(values("81a30061610205020a"), [["a", 10]]);
    assert.deepEqual(values("81a300616102f6036162"), [["a", "b"]]);
  });

  it("drops components of the name __proto__ and counts them", () => {
    const { readings, skipped } = decode("82a2006b613a5f5f70726f746f5f5f0205a200626f6b0201");
    assert.deepEqual(readings, [{ property: "ok", value: 1, time: undefined }]);
    assert.equal(skipped, 1);
  });

  it("gives ordinary objects, also for names that objects have already", () => {
    const [reading] = decode("81a2006d613a636f6e7374727563746f720205").readings;
    assert.equal(Object.getPrototypeOf(reading?.value), Object.prototype);
    assert.equal(JSON.stringify(reading?.value), '{"constructor":5}');
  });

  it("ignores base and record times that are no finite number", () => {
    for (const time of ["6135", "fb7ff8000000000000", "f97c00", "f6"]) {
      assert.equal(decode(`81a322${time}0061610205`).readings[0]?.time, undefined);
      assert.equal(decode(`82a1221a6553f100a306${time}0061610205`).readings[0]?.time, 1_700_000_000);
    }
  });

  it("keeps the base name only while it is a prefix", () => {
    // [{bn "l:"}, {a: 1}, {bn "urn:x:"}, {a: 2}]: joined, then not.
    assert.deepEqual(values("84a121626c3aa20061610201a1216675726e3a783aa20061610202"), [
      ["l", { a: 1 }],
      ["a", 2],
    ]);
  });

  it("counts base records neither as readings nor as skipped", () => {
    assert.deepEqual(decode("82a122fb41d954fc40000000a1216161"), { readings: [], skipped: 0 });
    assert.equal(decode("81a2221a6553f1000205").skipped, 1);
    assert.equal(decode("81a0").skipped, 1);
  });

  it("names the variables that a record gives no value, as arduino-iot-js 0.13.0 sends 0, false and blank texts", () => {
    const decoded = (hex: string): unknown => decodeReadings(Buffer.from(hex, "hex"));
    const valueless = new Set(["v_status"]);
    assert.deepEqual(decoded("81a20068765f737461747573221b000001a22823197f"), { readings: [], skipped: 1, valueless });
    assert.deepEqual(decoded("82a200666c3a737769" + "75221864a200656c3a62726902182f"), {
      readings: [{ property: "l", value: { bri: 47 }, time: 100 }],
      skipped: 1,
      valueless: new Set(["l"]),
    });
    // No value of its kind is another matter, and so are base records.
    assert.deepEqual(decoded("81a200617602f6"), { readings: [], skipped: 1 });
    assert.deepEqual(decoded("81a1221864"), { readings: [], skipped: 0 });
  });

  it("tells integers that JavaScript can't hold, and no floats", () => {
    const isRounded = (value: string): unknown =>
      decodeReadings(Buffer.from(`81a200617602${value}`, "hex")).readings[0]?.isRounded;
    assert.equal(isRounded("1b001fffffffffffff"), undefined);
    assert.equal(isRounded("1b0020000000000001"), true);
    assert.equal(isRounded("3bffffffffffffffff"), true);
    assert.equal(isRounded("fb4415af1d78b58c40"), undefined);
  });

  it("reads a view into a larger buffer, and no byte beyond it", () => {
    const large = Buffer.from("ffff81a20061610205ffff", "hex");
    assert.deepEqual(decodeReadings(large.subarray(2, 9)).readings[0]?.value, 5);
    assert.throws(() => decodeReadings(large.subarray(2, 8)), { code: "invalid_value" });
    assert.deepEqual(decodeReadings(new Uint8Array(large.subarray(2, 9))).readings[0]?.value, 5);
  });

  it("tells apart more names than it remembers", () => {
    const names = Array.from({ length: 5000 }, (_, index) => `name${index * 7919}`);
    for (const name of [...names, ...names]) {
      const writer = new CborWriter();
      writer.array(1);
      writer.map(2);
      writer.integer(0);
      writer.text(name);
      writer.integer(2);
      writer.integer(1);
      assert.equal(decodeReadings(writer.bytes()).readings[0]?.property, name);
    }
  });

  it("reads 2,000 records in well under 50 ms", () => {
    const record = Buffer.from("a200646e00000002fa41a80000", "hex");
    const records = Array.from({ length: 2000 }, (_, index) => {
      const copy = Buffer.from(record);
      copy.write(String(index % 1000).padStart(3, "0"), 4);
      return copy;
    });
    const payload = Buffer.concat([Buffer.from("9907d0", "hex"), ...records]);
    const took = cpuTimeOf(() => assert.equal(decodeReadings(payload).readings.length, 2000));
    assert.ok(took < 50, `${took} ms`);
  });
});
