import assert from "node:assert/strict";
import { CloudError } from "../../../../cloud/core/errors";
import { decodeReadings, type Decoded } from "../../../../cloud/codec/senml-decode";
import { encodePack, type Write } from "../../../../cloud/codec/senml-encode";
import { randomSource } from "../../../support/random-source";
import { RandomSenml } from "../../../support/senml/random-pack";
import { expectedReadings } from "../../../support/senml/reference-decoder";
import { malformedPayload, malformedVectors, senmlVectors } from "../../../support/senml/vectors";

const rounds = 5000;

function decodeOrReject(payload: Uint8Array): Decoded | undefined {
  try {
    return decodeReadings(payload);
  } catch (error) {
    assert.ok(error instanceof CloudError, `${Buffer.from(payload).toString("hex")}: ${String(error)}`);
    assert.equal(error.code, "invalid_value");
    return undefined;
  }
}

/** Compares with cbor2 on every payload; gives how many of them were accepted. */
function compare(payloads: Iterable<Buffer>): number {
  let accepted = 0;
  for (const payload of payloads) {
    const ours = decodeOrReject(payload);
    if (ours) accepted += 1;
    assert.deepEqual(ours, expectedReadings(payload), payload.toString("hex"));
  }
  return accepted;
}

function* times(count: number, make: () => Buffer): Iterable<Buffer> {
  for (let index = 0; index < count; index += 1) yield make();
}

function mutated(source: RandomSenml, payload: Buffer): Buffer {
  const at = source.below(payload.length);
  const before = payload.subarray(0, at);
  switch (source.below(4)) {
    case 0:
      return before;
    case 1:
      return Buffer.concat([before, source.bytes(1), payload.subarray(at)]);
    case 2:
      return Buffer.concat([before, payload.subarray(at + 1 + source.below(3))]);
    default:
      return Buffer.concat([before, source.bytes(1), payload.subarray(at + 1)]);
  }
}

describe("The SenML decoder, against cbor2,", () => {
  it("agrees on random packs", () => {
    const source = new RandomSenml(randomSource(1));
    const accepted = compare(times(rounds, () => source.pack()));
    assert.ok(accepted > rounds * 0.8, `only ${accepted} of ${rounds} were accepted`);
  });

  it("agrees on random bytes", () => {
    const source = new RandomSenml(randomSource(2));
    compare(times(rounds, () => Buffer.concat([Buffer.from([0x81]), source.bytes(source.below(24))])));
    compare(times(rounds, () => source.bytes(source.below(24))));
  });

  it("agrees on vectors with errors put in", () => {
    const source = new RandomSenml(randomSource(3));
    const malformed = malformedVectors.map(malformedPayload).filter(({ length }) => length > 0 && length < 400);
    const payloads = [...senmlVectors.map(({ hex }) => Buffer.from(hex, "hex")), ...malformed];
    compare(times(rounds, () => mutated(source, source.pick(payloads))));
  });

  it("agrees on all vectors as they are", () => {
    compare(senmlVectors.map(({ hex }) => Buffer.from(hex, "hex")));
    compare(malformedVectors.map(malformedPayload).filter(({ length }) => length < 1000));
  });
});

describe("The SenML encoder", () => {
  it("is understood by cbor2 and by our decoder", () => {
    const source = new RandomSenml(randomSource(4));
    const scalars = [
      0,
      -1,
      24,
      -257,
      1e9,
      Number.MAX_SAFE_INTEGER,
      Number.MIN_SAFE_INTEGER,
      2 ** 60,
      0.1,
      1e300,
      true,
      false,
      "",
      "x",
      "été 😀",
      "！",
    ];
    for (let round = 0; round < 1000; round += 1) {
      const writes = Array.from({ length: source.below(4) }, (_, index): Write => {
        const scalar = source.pick(scalars);
        const value = source.below(3) === 0 ? { one: scalar, two: source.pick(scalars) } : scalar;
        return { property: `v${index}`, value, time: 1.7e12 + source.below(1e9) };
      });
      const bytes = encodePack(writes);
      const readings = writes.map(({ property, value, time }) => ({ property, value, time }));
      assert.deepEqual(decodeReadings(bytes), { readings, skipped: 0 });
      assert.deepEqual(expectedReadings(bytes), { readings, skipped: 0 });
    }
  });
});
