import assert from "node:assert/strict";
import { CloudError } from "../../../../cloud/core/errors";
import { decodeReadings } from "../../../../cloud/codec/senml-decode";
import { encodePack, type Write } from "../../../../cloud/codec/senml-encode";
import { toMs } from "../../../../cloud/codec/senml-time";
import type { PropertyValue } from "../../../../cloud/codec/values";
import { cpuTimeOf } from "../../../support/cpu-time";
import { malformedPayload, malformedVectors, revive, senmlVectors } from "../../../support/senml/vectors";

const longestMilliseconds = 50;
const mostBytes = 10 * 1024 * 1024;
const good = Buffer.from("81a20061610205", "hex");

function isInvalid(error: unknown): boolean {
  assert.ok(error instanceof CloudError);
  assert.equal(error.code, "invalid_value");
  assert.match(error.message, /^The payload is not SenML in CBOR: .+ \(byte \d+\)\.$/);
  return true;
}

/** Returns what decoding costs at best; the garbage collector may be at work at any time. */
function cost(payload: Buffer): { milliseconds: number; bytes: number } {
  let bytes = Infinity;
  const milliseconds = cpuTimeOf(() => {
    const before = process.memoryUsage();
    try {
      decodeReadings(payload);
    } catch {
      // What it gives is another test's business.
    }
    const after = process.memoryUsage();
    bytes = Math.min(bytes, after.heapUsed + after.external - before.heapUsed - before.external);
  });
  return { milliseconds, bytes };
}

describe("SenML vectors", () => {
  it("are all there", () => {
    assert.equal(senmlVectors.length, 158);
    assert.equal(malformedVectors.length, 139);
  });

  for (const vector of senmlVectors) {
    // Where clients disagree, the vectors state the reading that docs/protocol.md tells of: it is ours.
    it(`decodes ${vector.name}`, () => {
      const { readings, skipped } = decodeReadings(Buffer.from(vector.hex, "hex"));
      assert.deepEqual(
        readings.map(({ property, value, time }) => [property, value, time ?? null, toMs(time) ?? null]),
        vector.readings.map(([property, value, ...times]) => [property, revive(value), ...times]),
      );
      const unusable = ["form-null-value", "form-no-value"].includes(vector.name);
      assert.equal(skipped, unusable ? 1 : 0);
    });
  }

  for (const { name, hex, writes } of senmlVectors) {
    if (!writes) continue;
    const list = writes.map(([property, value, time, baseName]): Write => {
      const write = { property, value: revive(value) as PropertyValue };
      return { ...write, ...(time !== null && { time }), ...(baseName !== null && { baseName }) };
    });
    const isFinite = list.every(({ value }) => typeof value !== "number" || Number.isFinite(value));
    it(`${isFinite ? "encodes" : "refuses to encode"} ${name}`, () => {
      if (isFinite) assert.equal(encodePack(list).toString("hex"), hex);
      else assert.throws(() => encodePack(list), { code: "invalid_value", message: /not a finite number/ });
    });
  }
});

describe("Malformed payloads", () => {
  for (const vector of malformedVectors) {
    it(`${vector.expect}: ${vector.name}`, () => {
      const payload = malformedPayload(vector);
      if (vector.expect === "reject") {
        assert.throws(() => decodeReadings(payload), isInvalid);
      } else {
        const { readings, skipped } = decodeReadings(payload);
        const delivered = readings.map(({ property, value }) => [property, value]);
        if (vector.expect === "skip-record") assert.deepEqual(delivered, vector.deliver);
        for (const wanted of vector.deliver ?? []) {
          assert.ok(delivered.some((one) => one[0] === wanted[0] && one[1] === wanted[1]));
        }
        const isBase = vector.name === "record-base-time-only" || vector.name.startsWith("key-");
        if (vector.expect === "skip-record" && !isBase) assert.equal(skipped, 1);
      }
      const { milliseconds, bytes } = cost(payload);
      assert.ok(milliseconds < longestMilliseconds, `${milliseconds} ms`);
      assert.ok(bytes < mostBytes, `${bytes} bytes`);
      assert.deepEqual(decodeReadings(good).readings, [{ property: "a", value: 5, time: undefined }]);
      assert.equal(({} as { polluted?: unknown }).polluted, undefined);
    });
  }
});
