import assert from "node:assert/strict";
import { PacketGuard } from "../../../../cloud/mqtt/packet-guard";

/** A PUBLISH of QoS 0 with so many bytes after its topic of three bytes. */
function publish(bytes: number): Buffer {
  const length: number[] = [];
  for (let left = bytes + 3; left > 0 || length.length === 0; left >>= 7)
    length.push((left & 0x7f) | (left > 127 ? 0x80 : 0));
  return Buffer.concat([Buffer.of(0x30, ...length, 0, 1, 0x74), Buffer.alloc(bytes)]);
}

describe("the guard of packets", () => {
  it("lets all packets pass that are small enough, however they are cut", () => {
    const stream = Buffer.concat([
      Buffer.of(0xd0, 0),
      ...[0, 1, 100, 127, 128, 16_383, 16_384, 70_000].map(publish),
      Buffer.of(0xd0, 0),
    ]);
    for (const size of [1, 2, 3, 7, 1_000, 65_536, stream.length]) {
      const guard = new PacketGuard(70_003);
      for (let at = 0; at < stream.length; at += size)
        assert.ok(guard.accepts(stream.subarray(at, at + size)), `${size}`);
      assert.equal(guard.accepts(publish(70_001)), false);
    }
  });

  it("refuses a packet by what it claims, before it is there", () => {
    assert.equal(new PacketGuard().accepts(Buffer.from("30ffffff7f", "hex")), false);
    assert.equal(new PacketGuard().accepts(Buffer.from("30ffffff", "hex")), true);
    assert.equal(new PacketGuard(127).accepts(Buffer.from("308001", "hex")), false);
  });
});
