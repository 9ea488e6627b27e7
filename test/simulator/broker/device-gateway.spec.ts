import assert from "node:assert/strict";
import { decodeCommand } from "../../../simulator/codec/commands";
import { decodeSenml, encodeSenml } from "../../../simulator/codec/senml";
import { timezoneAt } from "../../../simulator/store/timezone";
import { lastValues } from "../../../simulator/broker/device-gateway";
import { gather, messages, setUp, type Setup } from "../support/setup";
import { until } from "../../support/wait";

const text = (value: string): string => Buffer.from(value).toString("hex");
const shadowRequest = Buffer.from("81a20063723a6d036d6765744c61737456616c756573", "hex");

describe("simulator device handshakes", () => {
  let s: Setup;
  let path: string;
  const update = (id: string): string => `da0001040081${id === "" ? "60" : `7824${text(id)}`}`;
  const detach = (id: string): string => `da00011000817824${text(id)}`;
  /** The bytes of an association message without those of its time. */
  const association = (hex: string): string => hex.slice(0, 8) + hex.slice(24);
  const expected = (id: string): string => `81a322fb00687468696e675f696403${id === "" ? "60" : `7824${text(id)}`}`;
  beforeEach(async () => {
    s = await setUp();
    path = `/a/d/${s.device.id}`;
  });
  afterEach(() => s.stop());

  it("tells the thing on each SUBSCRIBE of the device's input topic", async () => {
    const device = await s.device1();
    const got = gather(device);
    await device.subscribeAsync(`${path}/e/i`, { qos: 1 });
    await device.subscribeAsync(`${path}/e/i`, { qos: 1 });
    await until("two associations", () => got.length === 2);
    for (const { hex } of got) assert.equal(association(hex), expected(s.thing.id));
    const seconds = Buffer.from(got[0]!.hex, "hex").readDoubleBE(4);
    assert.ok(Math.abs(seconds - Date.now() / 1000) < 10);
  });

  it("keeps what a device says about itself", async () => {
    const device = await s.device1();
    const report = encodeSenml(
      [
        { variable: "LIB_VERSION", value: "1.15.1" },
        { variable: "OTA_CAP", value: true },
      ],
      "cpp",
    );
    await device.publishAsync(`${path}/e/o`, Buffer.from(report), { qos: 1 });
    const { lib_version: version, reports } = s.store.devices.get(s.device.id)!;
    assert.equal(version, "1.15.1");
    assert.deepEqual(
      reports.map(({ name, value }) => [name, value]),
      [
        ["LIB_VERSION", "1.15.1"],
        ["OTA_CAP", true],
      ],
    );
  });

  it("tells an empty id when no thing is attached", async () => {
    s.store.detach(s.thing.id);
    const device = await s.device1();
    const next = messages(device, 1);
    await device.subscribeAsync(`${path}/e/i`);
    assert.equal(association((await next)[0]!.hex), expected(""));
  });

  it("answers the command handshake frame by frame", async () => {
    s.store.record(s.thing.id, "temperature", 21, Date.now());
    const device = await s.device1();
    await device.subscribeAsync(`${path}/c/dw`);
    const got = gather(device);
    const send = (hex: string) => device.publishAsync(`${path}/c/up`, Buffer.from(hex, "hex"), { qos: 1 });
    await send("da000107008165322e302e30");
    await send("da00011100820164535349 44".replaceAll(" ", ""));
    await send("da000120148165312e362e30");
    await send("da000103008160");
    await until("ThingUpdate", () => got.length === 1);
    assert.deepEqual(got[0], { topic: `${path}/c/dw`, hex: update(s.thing.id) });
    assert.equal(s.device.lib_version, "2.0.0");
    assert.equal(s.device.wifi_fw_version, "1.6.0");
    await send("da0001050080");
    await until("LastValuesUpdate", () => got.length === 2);
    const command = decodeCommand(Buffer.from(got[1]!.hex, "hex"));
    assert.equal(command.name, "LastValuesUpdate");
    const values = decodeSenml(command.parameters[0] as Uint8Array);
    assert.deepEqual(
      values.map(({ variable }) => variable),
      ["temperature", "tz_offset", "tz_dst_until"],
    );
    await send("da0001080080");
    await until("Timezone", () => got.length === 3);
    assert.equal(decodeCommand(Buffer.from(got[2]!.hex, "hex")).name, "Timezone");
    assert.deepEqual(s.broker.ignored, []);
    await send("da00ffff0080");
    await send("81");
    assert.equal(s.broker.ignored.length, 2);
  });

  it("answers ThingBegin with an empty id, and last values with an empty pack, when no thing is attached", async () => {
    s.store.detach(s.thing.id);
    const device = await s.device1();
    await device.subscribeAsync(`${path}/c/dw`);
    const got = gather(device);
    await device.publishAsync(`${path}/c/up`, Buffer.from("da000103008160", "hex"));
    await device.publishAsync(`${path}/c/up`, Buffer.from("da0001050080", "hex"));
    await until("two answers", () => got.length === 2);
    assert.deepEqual(
      got.map(({ hex }) => hex),
      [update(""), "da00010600814180"],
    );
  });

  it("answers the shadow request with all last values, in seconds", async () => {
    s.store.record(s.thing.id, "temperature", 21, Date.now());
    s.store.record(s.thing.id, "count", 5, Date.now());
    s.store.record(s.thing.id, "lamp", { swi: true, hue: 1, sat: 2, bri: 3 }, Date.now());
    const device = await s.device1();
    const topic = `/a/t/${s.thing.id}/shadow`;
    await device.subscribeAsync(`${topic}/i`, { qos: 1 });
    const next = messages(device, 1);
    await device.publishAsync(`${topic}/o`, shadowRequest, { qos: 1 });
    const [answer] = await next;
    assert.equal(answer!.topic, `${topic}/i`);
    assert.match(answer!.hex, /^88a322fb41da[0-9a-f]{12}006b74656d70657261747572650215/);
    assert.match(answer!.hex, /6c616d703a6875650201/);
    const readings = decodeSenml(Buffer.from(answer!.hex, "hex"));
    assert.deepEqual(
      readings.slice(0, 3).map(({ value }) => (typeof value === "object" ? { ...value } : value)),
      [21, 5, { swi: true, hue: 1, sat: 2, bri: 3 }],
    );
    const { offset, until: end } = timezoneAt("Europe/Rome", Date.now());
    assert.deepEqual(
      readings.slice(3).map(({ value }) => value),
      [offset, end],
    );
  });

  it("writes whole numbers of floats all one way: as integers, or, if so chosen, all as floats", () => {
    s.store.record(s.thing.id, "temperature", 21, Date.now());
    s.store.record(s.thing.id, "count", 5, Date.now());
    s.store.record(s.thing.id, "lamp", { swi: true, hue: 1, sat: 2, bri: 3 }, Date.now());
    const floats = (): unknown[] =>
      decodeSenml(lastValues(s.store, s.thing), { wholeFloats: true })
        .filter(({ wholeFloats }) => wholeFloats !== undefined)
        .map(({ variable, wholeFloats }) => [variable, [...(wholeFloats ?? [])]]);
    assert.deepEqual(floats(), []);
    s.store.choices.wholeFloatsAs = "float";
    assert.deepEqual(floats(), [
      ["temperature", [""]],
      ["lamp", ["hue", "sat", "bri"]],
    ]);
  });

  it("tells a connected device that it was moved to another thing", async () => {
    const second = s.store.createThing({ name: "Second" }, { userId: s.user.id });
    const device = await s.device1();
    await device.subscribeAsync([`${path}/c/dw`, `${path}/e/i`]);
    const got = gather(device);
    const frames = (): string[] => got.filter(({ topic }) => topic.endsWith("c/dw")).map(({ hex }) => hex);
    const ids = (): string[] => got.filter(({ topic }) => topic.endsWith("e/i")).map(({ hex }) => association(hex));
    s.store.attach(s.device.id, second.id);
    // What its SUBSCRIBE is answered with may come before these.
    await until("both messages of both kinds", () => frames().length === 2 && ids().at(-1) === expected(second.id));
    assert.deepEqual(frames(), [detach(s.thing.id), update(second.id)]);
    assert.deepEqual(ids().slice(-2), [expected(""), expected(second.id)]);
  });
});

describe("simulator time zones", () => {
  const at = (text: string): number => Date.parse(text);
  it("gives the offset and the end of summer and winter time", () => {
    assert.deepEqual(timezoneAt("Europe/Rome", at("2026-07-01T00:00:00Z")), {
      offset: 7200,
      until: at("2026-10-25T01:00:00Z") / 1000,
    });
    assert.deepEqual(timezoneAt("America/New_York", at("2026-11-24T00:00:00Z")), {
      offset: -18000,
      until: at("2027-03-14T07:00:00Z") / 1000,
    });
  });

  it("gives a year where nothing changes, and UTC for an unknown zone", () => {
    const start = at("2026-01-01T00:00:00Z");
    const year = start / 1000 + 365 * 86_400;
    assert.deepEqual(timezoneAt("Asia/Kolkata", start), { offset: 19_800, until: year });
    assert.deepEqual(timezoneAt("Nowhere/None", start), { offset: 0, until: year });
  });
});
