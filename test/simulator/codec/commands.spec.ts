import assert from "node:assert/strict";
import { decodeCommand, encodeCommand, type CommandName } from "../../../simulator/codec/commands";

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));
const id = "e4494d55-872a-4fd2-9646-92f87949394c";
const idHex = Buffer.from(id).toString("hex");

describe("simulator device commands", () => {
  const frames: [CommandName, unknown[], string][] = [
    ["DeviceBegin", ["2.0.0"], "da00010700 81 65 322e302e30"],
    ["ThingBegin", [""], "da00010300 81 60"],
    ["ThingUpdate", [id], `da00010400 81 7824 ${idHex}`],
    ["ThingUpdate", [""], "da00010400 81 60"],
    ["ThingDetach", [id], `da00011000 81 7824 ${idHex}`],
    ["LastValuesBegin", [], "da00010500 80"],
    ["LastValuesUpdate", [new Uint8Array([0x80])], "da00010600 81 4180"],
    ["Timezone", [7200, 1711880960], "da00010900 82 191c20 1a66093b00"],
    ["Timezone", [-3600, 1711880960], "da00010900 82 390e0f 1a66093b00"],
    ["TimezoneRequest", [], "da00010800 80"],
    ["DeviceNetConfig", [1, "SSID"], "da00011100 82 01 6453534944"],
    ["DeviceNetConfig", [0], "da00011100 81 00"],
    ["WifiFirmwareVersion", ["1.6.0"], "da00012014 81 65 312e362e30"],
  ];
  for (const [name, parameters, hex] of frames) {
    it(`writes and reads ${name}(${parameters.join()})`, () => {
      assert.equal(Buffer.from(encodeCommand(name, parameters)).toString("hex"), hex.replaceAll(" ", ""));
      assert.deepEqual(decodeCommand(bytes(hex)), { name, parameters });
    });
  }

  it("reads the progress of an update whose state is a simple value", () => {
    const progress = decodeCommand(bytes("da00010200 84 50 000102030405060708090a0b0c0d0e0f e1 20 1864"));
    assert.deepEqual([progress.name, progress.parameters.slice(2)], ["OtaProgress", [-1, 100]]);
  });

  const refused = {
    "a thing id that is a number": "da00010400 81 1a65dcb821",
    "one parameter too few": "da00010900 81 191c20",
    "one parameter too many": "da00010400 82 60 60",
    "an unknown tag": "da00ffff00 80",
    "an array without a tag": "81 60",
    "bytes that end early": "da00010300 81",
    nothing: "",
  };
  for (const [what, hex] of Object.entries(refused)) {
    it(`refuses ${what}`, () => assert.throws(() => decodeCommand(bytes(hex))));
  }
});
