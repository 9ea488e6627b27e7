import assert from "node:assert/strict";
import {
  decodeSenml,
  encodeSenml,
  timeByMagnitude,
  type SenmlProfile,
  type SenmlReading,
} from "../../../simulator/codec/senml";

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(" ", ""), "hex");
const hex = (payload: Uint8Array): string => Buffer.from(payload).toString("hex");
const read = (text: string): unknown => JSON.parse(JSON.stringify(decodeSenml(bytes(text)))) as unknown;

describe("simulator SenML reader", () => {
  const cases: [what: string, pack: string, expected: SenmlReading[]][] = [
    [
      "integer labels with base time in milliseconds",
      "81 a3 00 6474656d70 02 fb4035800000000000 22 1b0000018bcfe56800",
      [{ variable: "temp", value: 21.5, time: 1_700_000_000_000 }],
    ],
    ["an indefinite array with a float32", "9f a2 00 6474656d70 02 fa41ac0000 ff", [{ variable: "temp", value: 21.5 }]],
    [
      "text labels (version 1)",
      "81 a3 626274 1a6553f100 616e 6474656d70 6176 01",
      [{ variable: "temp", value: 1, time: 1_700_000_000_000 }],
    ],
    [
      "text digits as labels",
      "81 a3 6130 6474656d70 6132 01 622d33 1a6553f100",
      [{ variable: "temp", value: 1, time: 1_700_000_000_000 }],
    ],
    ["half floats and integers of any width", "81 a2 1800 6178 02 f93e00", [{ variable: "x", value: 1.5 }]],
    ["an integer beyond 2^53", "81 a2 00 6178 02 1bffffffffffffffff", [{ variable: "x", value: 2 ** 64 }]],
    [
      "components of one variable as one object, the next variable apart",
      "83 a2 00 65703a6c6174 02 01 a2 00 65703a6c6f6e 02 02 a2 00 627070 04 f5",
      [
        { variable: "p", value: { lat: 1, lon: 2 } },
        { variable: "pp", value: true },
      ],
    ],
    [
      "a base record that only sets the time, and a prefix as base name",
      "82 a2 22 1a6553f100 21 626c3a a2 00 63737769 04 f4",
      [{ variable: "l", value: { swi: false }, time: 1_700_000_000_000 }],
    ],
    ["a base name that is no prefix", "81 a3 21 6178 00 6179 02 01", [{ variable: "y", value: 1 }]],
    [
      "a device identity with a colon at its end",
      "81 a3 21 6675726e3a783a 00 6179 02 01",
      [{ variable: "y", value: 1 }],
    ],
    ["a device identity as base name", "81 a3 21 6775726e3a783a79 00 6178 03 6161", [{ variable: "x", value: "a" }]],
    ["records that are no maps, have no name or no value", "84 01 a0 a1 02 05 a1 00 6178", []],
  ];
  for (const [what, pack, expected] of cases) {
    it(`reads ${what}`, () => assert.deepEqual(read(pack), expected));
  }

  it("reads NaN", () =>
    assert.deepEqual(decodeSenml(bytes("81 a2 00 6178 02 f97e00")), [{ variable: "x", value: NaN }]));

  for (const pack of ["", "ff", "a0", "81", "81 a2 00 6178 02", "80 00", "da00010300 81 60", "81 a1 00 62ff"]) {
    it(`refuses "${pack}"`, () => assert.throws(() => decodeSenml(bytes(pack))));
  }

  it("reads times by their magnitude", () => {
    assert.equal(timeByMagnitude(1.7e18), 1.7e12);
    assert.equal(timeByMagnitude(1.7e15), 1.7e12);
    assert.equal(timeByMagnitude(1.7e12), 1.7e12);
    assert.equal(timeByMagnitude(1.7e9), 1.7e12);
    assert.equal(timeByMagnitude(5), undefined);
    assert.equal(timeByMagnitude(NaN), undefined);
  });
});

describe("simulator SenML writer", () => {
  const time = 1_698_479_034_500;

  it("writes as the cloud does: float64 seconds first", () => {
    const pack = encodeSenml(
      [
        { variable: "x", value: 1 },
        { variable: "y", value: "" },
      ],
      "cloud",
      { time },
    );
    assert.equal(hex(pack), "82a322fb41d94f2eeea0000000617802 01a200617903 60".replaceAll(" ", ""));
  });

  it("writes a base record apart when asked", () => {
    const pack = encodeSenml([{ variable: "l", value: { swi: true } }], "cloud", { time, baseRecord: true });
    assert.equal(hex(pack), "82a122fb41d94f2eeea00000a200656c3a73776904f5");
  });

  it("writes as C++ does: an indefinite array, float32, no time", () => {
    const pack = encodeSenml(
      [
        { variable: "a", value: 5 },
        { variable: "t", value: 21, float: true },
      ],
      "cpp",
    );
    assert.equal(hex(pack), "9fa20061610205a20061740 2fa41a80000ff".replaceAll(" ", ""));
  });

  it("writes what float32 can't hold exactly, and NaN, as C++ does", () => {
    assert.equal(
      hex(encodeSenml([{ variable: "t", value: 0.1 }], "cpp")),
      "9fa20061 7402fa3dcccccdff".replace(" ", ""),
    );
    assert.equal(
      hex(encodeSenml([{ variable: "t", value: NaN }], "cpp")),
      "9fa20061 7402fa7fc00000ff".replace(" ", ""),
    );
  });

  it("writes as Python does: float64, half-float NaN, components in any order", () => {
    assert.equal(hex(encodeSenml([{ variable: "t", value: 21.5 }], "python")), "81a200617402fb4035800000000000");
    assert.equal(hex(encodeSenml([{ variable: "t", value: NaN }], "python")), "81a200617402f97e00");
    const orders = new Set<string>();
    for (let round = 0; round < 50; round += 1) {
      const pack = encodeSenml([{ variable: "c", value: { swi: true, hue: 1, sat: 2, bri: 3 } }], "python");
      orders.add(Object.keys(decodeSenml(pack)[0]!.value).join());
    }
    assert.ok(orders.size > 1);
  });

  it("writes as JS does: milliseconds after the value of each variable's first record", () => {
    const pack = encodeSenml([{ variable: "p", value: { lat: 1, lon: -2 } }], "js", { time });
    assert.equal(hex(pack), "82a30065703a6c61740201221b0000018b753d5084a20065703a6c6f6e0221");
  });

  for (const profile of ["cloud", "cpp", "python", "js"] satisfies SenmlProfile[]) {
    it(`reads back what it wrote as ${profile}`, () => {
      const entries = [
        { variable: "text", value: "温度 ！" },
        { variable: "lamp", value: { swi: false, hue: 210.5, sat: 100, bri: 0 } },
        { variable: "count", value: -7 },
        { variable: "on", value: true },
      ];
      const readings = decodeSenml(encodeSenml(entries, profile));
      assert.deepEqual(
        readings.map(({ variable, value }) => ({ variable, value: typeof value === "object" ? { ...value } : value })),
        entries,
      );
    });
  }
});
