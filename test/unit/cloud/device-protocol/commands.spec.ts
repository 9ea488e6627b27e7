import assert from "node:assert/strict";
import {
  type Command,
  decodeCommand,
  encodeDeviceBegin,
  encodeLastValuesBegin,
  encodeNoNetConfig,
  encodeThingBegin,
} from "../../../../cloud/device-protocol/commands";
import { decodeReadings } from "../../../../cloud/codec/senml-decode";
import { CloudError } from "../../../../cloud/core/errors";

const bytes = (hex: string): Buffer => Buffer.from(hex.replace(/ /g, ""), "hex");
const refused = (hex: string): void => {
  const isInvalid = (reason: unknown): boolean => reason instanceof CloudError && reason.code === "invalid_value";
  assert.throws(() => decodeCommand(bytes(hex)), isInvalid, hex);
};

/** The bytes that Arduino's own library writes or reads (docs/protocol.md#commands). */
const thing = "e4494d55-872a-4fd2-9646-92f87949394c";
const thingHex = "7824 65343439346435352d383732612d346664322d393634362d393266383739343933393463";
const pack =
  "84a322fb41d94f2eee900000006b74656d706572617475726502fb403bcccccccccccda2006572656c617904f5" +
  "a20069747a5f6f666673657402191c20a2006c747a5f6473745f756e74696c021a6608b590";

describe("commands", () => {
  it("are written as Arduino's library writes them", () => {
    assert.deepEqual(encodeDeviceBegin("2.0.0"), bytes("da0001070081 65322e302e30"));
    assert.deepEqual(encodeThingBegin(), bytes("da0001030081 60"));
    assert.deepEqual(encodeLastValuesBegin(), bytes("da0001050080"));
    assert.deepEqual(encodeNoNetConfig(), bytes("da0001110081 00"));
  });

  const read: [string, string, Command][] = [
    ["ThingUpdate", `da0001040081 ${thingHex}`, { name: "thing-update", thingId: thing }],
    ["ThingUpdate without a thing", "da0001040081 60", { name: "thing-update", thingId: "" }],
    ["ThingDetach", `da0001100081 ${thingHex}`, { name: "thing-detach", thingId: thing }],
    [
      "LastValuesUpdate",
      "da0001060081 4d 00010203040506070809101112",
      { name: "last-values", pack: bytes("00010203040506070809101112") },
    ],
    ["LastValuesUpdate with nothing in it", "da0001060081 4180", { name: "last-values", pack: bytes("80") }],
    ["Timezone ahead", "da0001090082 191c20 1a66093b00", { name: "timezone", offset: 7200, until: 1711880960 }],
    ["Timezone behind", "da0001090082 390e0f 1a66093b00", { name: "timezone", offset: -3600, until: 1711880960 }],
    ["an array that a break ends", "da000104009f 60 ff", { name: "thing-update", thingId: "" }],
    ["bytes in pieces", "da0001060081 5f 4101 420203 ff", { name: "last-values", pack: bytes("010203") }],
  ];
  for (const [what, hex, expected] of read) {
    it(`are read: ${what}`, () => {
      const command = decodeCommand(bytes(hex));
      const plain = command?.name === "last-values" ? { ...command, pack: Buffer.from(command.pack) } : command;
      assert.deepEqual(plain, expected);
    });
  }

  it("carry last values as SenML", () => {
    const command = decodeCommand(bytes(`da0001060081 5852 ${pack}`));
    assert(command?.name === "last-values");
    const { readings } = decodeReadings(command.pack);
    assert.deepEqual(
      readings.map(({ property, value }) => [property, value]),
      [
        ["temperature", 27.8],
        ["relay", true],
        ["tz_offset", 7200],
        ["tz_dst_until", 1711846800],
      ],
    );
  });

  it("leave an update over the air aside", () => {
    const update = `da0001010084 50${"00".repeat(16)} 6161 5820${"01".repeat(32)} 5820${"02".repeat(32)}`;
    assert.equal(decodeCommand(bytes(update)), undefined);
  });

  it("are refused with parameters of the wrong kind or number", () => {
    for (const hex of [
      "da0001040081 1a65dcb821",
      "da0001100081 1a65dcb821",
      "da0001090081 191c20",
      "da0001090083 191c20 1a66093b00 00",
      "da0001090082 fb40bc200000000000 1a66093b00",
      "da0001060081 6161",
      "da0001040080",
      "da000104009f ff",
      "da000104009f 60 60 ff",
      "da0001040081 4161",
    ])
      refused(hex);
  });

  it("are refused with an unknown tag, and those that only devices send", () => {
    refused("da0001990081 60");
    for (const tag of ["00", "02", "03", "05", "07", "08", "11"]) refused(`da0001${tag}0080`);
    refused("da0001201481 65312e302e30");
  });

  it("are refused where the bytes are no tagged array, end early or go on", () => {
    for (const hex of [
      "",
      "60",
      "80",
      "da",
      "da00010400",
      "da0001040081",
      "da00010400 60",
      "da0001040081 7824 6534",
      "da0001040081 60 00",
      "da0001060081 5bffffffffffffffff",
      "da000104009bffffffffffffffff",
      "81 a3 22",
      "ff",
    ])
      refused(hex);
    assert.throws(() => decodeCommand(Buffer.alloc(2 ** 20 + 1, 0xda)), CloudError);
  });

  it("never throw anything but a CloudError, whatever byte is changed", () => {
    const good = bytes(`da0001040081 ${thingHex}`);
    for (let at = 0; at < good.length; at++) {
      for (let value = 0; value < 256; value += 5) {
        const changed = Buffer.from(good);
        changed[at] = value;
        try {
          decodeCommand(changed);
        } catch (reason) {
          assert.ok(reason instanceof CloudError);
        }
      }
    }
  });
});
