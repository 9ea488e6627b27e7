import assert from "node:assert/strict";
import type { PropertyValue } from "../../../../cloud/codec/values";
import type { Property } from "../../../../cloud/rest/index";
import { findTarget, textOfPayload, readTopic } from "../../../../nodes/home-assistant/commands";
import {
  bridgeThing,
  type BridgedThing,
  configTopic,
  withoutEntities,
} from "../../../../nodes/home-assistant/discovery";
import { shownName, slug, variableKeys } from "../../../../nodes/home-assistant/names";
import { parseOverrides } from "../../../../nodes/home-assistant/overrides";
import { statesOf } from "../../../../nodes/home-assistant/states";
import { bridgeSettings, never, propertyOf, thingWith } from "../../../support/bridged-things";
import { complaints, expandDevice } from "../../../support/home-assistant-rules";

const context = { now: Date.UTC(2026, 6, 1, 12), timezone: "Europe/Rome" };

const key = "1a2b3c4d000040008000000000000001";

/** A variable of a type, with an override for it. */
function bridged(type: string, wish?: object | null, more: Partial<Property> = {}, warnings?: unknown[]): BridgedThing {
  const given = bridgeSettings(wish === undefined ? {} : { "House/value": wish });
  return bridgeThing(thingWith(propertyOf("value", type, more)), given, (reason) => {
    if (warnings === undefined) throw reason;
    warnings.push(reason);
  });
}

const componentOf = (of: BridgedThing, name = "value"): Record<string, unknown> =>
  expandDevice(of.discovery).components[name] ?? {};
const statesIn = (of: BridgedThing, value: PropertyValue): Record<string, unknown> =>
  Object.fromEntries(
    statesOf(of.variables.get("value")!, value, context).map(({ topic, payload }) => [
      topic.slice(`arduino/${key}/value`.length),
      JSON.parse(payload),
    ]),
  );
function command(of: BridgedThing, suffix: string, text: string, known: object = {}): unknown {
  const target = findTarget(new Map([[of.key, of]]), { thing: of.key, variable: "value", suffix });
  return target.read(text, known);
}

describe("values and commands of Home Assistant", () => {
  it("tell of a coloured light, and take parts of it", () => {
    const light = bridged("HOME_COLORED_LIGHT");
    const value = { swi: true, hue: 360, sat: 99.999, bri: 40 };
    assert.deepEqual(statesIn(light, value), {
      "": value,
      "/light": { state: "ON", color_mode: "hs", brightness: 40, color: { h: 0, s: 100 } },
    });
    assert.deepEqual(command(light, "light", '{"state":"ON","brightness":60}'), { value: { swi: true, bri: 60 } });
    const color = '{"state":"ON","color":{"h":120,"s":100}}';
    assert.deepEqual(command(light, "light", color), { value: { swi: true, hue: 120, sat: 100 } });
    assert.deepEqual(command(light, "light", '{"state":"OFF"}'), { value: { swi: false } });
  });

  it("tell of a dimmed light", () => {
    const light = bridged("HOME_DIMMED_LIGHT");
    const { "/light": state } = statesIn(light, { swi: false, bri: 12.345 });
    assert.deepEqual(state, { state: "OFF", color_mode: "brightness", brightness: 12.35 });
    assert.deepEqual(command(light, "light", '{"state":"ON","brightness":1}'), { value: { swi: true, bri: 1 } });
  });

  it("switch a colour without a switch by its brightness", () => {
    const color = bridged("COLOR_HSB");
    const known = { value: { hue: 10, sat: 20, bri: 0 } };
    assert.equal((statesIn(color, known.value)["/light"] as { state: string }).state, "OFF");
    assert.deepEqual(command(color, "light", '{"state":"ON"}', { ...known, brightness: 70 }), { value: { bri: 70 } });
    assert.deepEqual(command(color, "light", '{"state":"ON"}', known), { value: { bri: 100 } });
    assert.deepEqual(command(color, "light", '{"state":"OFF"}', known), { value: { bri: 0 } });
    // Of a colour that was never written nothing is known to complete it with.
    assert.deepEqual(command(color, "light", '{"state":"ON"}'), { value: { hue: 0, sat: 0, bri: 100 } });
  });

  it("name the inputs of a television, and take each of its parts", () => {
    const television = bridged("HOME_TELEVISION");
    const value = { swi: true, vol: 30, mut: false, pbc: 255, inp: 16, cha: 7 };
    assert.equal((statesIn(television, value)["/tv"] as { inp: string }).inp, "HDMI1");
    assert.equal((statesIn(television, { ...value, inp: 99 })["/tv"] as { inp: null }).inp, null);
    assert.deepEqual(command(television, "inp", "XBOX"), { value: { inp: 60 } });
    assert.deepEqual(command(television, "pbc", "Stop"), { value: { pbc: 7 } });
    assert.deepEqual(command(television, "swi", "false"), { value: { swi: false } });
    assert.deepEqual(command(television, "vol", "31"), { value: { vol: 31 } });
    assert.equal(Object.keys(television.platforms).length, 13);
    assert.equal(Object.keys(bridged("HOME_TELEVISION", undefined, { permission: "READ_ONLY" }).platforms).length, 5);
  });

  it("tell of a place, a long text and an object beside the state", () => {
    assert.deepEqual(statesIn(bridged("LOCATION"), { lat: 45.1, lon: 9.2 })["/attributes"], {
      latitude: 45.1,
      longitude: 9.2,
      gps_accuracy: 0,
    });
    const long = "x".repeat(256);
    assert.deepEqual(statesIn(bridged("CHARSTRING"), long)["/attributes"], { value: long });
    assert.deepEqual(statesIn(bridged("CHARSTRING"), "short")["/attributes"], {});
    assert.deepEqual(statesIn(bridged("COLOR_RGB"), { r: 1 })["/attributes"], { r: 1 });
  });

  it("refuse what no component sends, with a word on what is expected", () => {
    const refused: [string, string, string, RegExp][] = [
      ["STATUS", "", "maybe", /"maybe".*true or false/],
      ["INT", "", "0x10", /a number/],
      ["FLOAT", "", "", /a number/],
      ["HOME_COLORED_LIGHT", "light", "on", /JSON of a light/],
      ["HOME_COLORED_LIGHT", "light", '{"brightness":5}', /"state"/],
      ["HOME_COLORED_LIGHT", "light", '{"state":"ON","brightness":101}', /0 to 100/],
      ["HOME_COLORED_LIGHT", "light", '{"state":"ON","color":{"h":400,"s":0}}', /0 to 360/],
      ["HOME_COLORED_LIGHT", "light", '{"state":"ON","color":7}', /"color"/],
      ["HOME_TELEVISION", "inp", "HDMI99", /one of AUX1/],
    ];
    for (const [type, suffix, text, message] of refused) {
      assert.throws(() => command(bridged(type), suffix, text), { code: "invalid_value", message }, `${type} ${text}`);
    }
  });
});

describe("topics of Home Assistant", () => {
  const read = (topic: unknown, payload = "online"): unknown =>
    readTopic(topic, payload, { base: "home/arduino", prefix: "ha" });

  it("are told apart", () => {
    assert.deepEqual(read("home/arduino/T/V/set"), { thing: "T", variable: "V", suffix: "" });
    assert.deepEqual(read("home/arduino/T/V/set/light"), { thing: "T", variable: "V", suffix: "light" });
    assert.equal(read("home/arduino/T/V"), "ignored");
    assert.equal(read("home/arduino/T/status"), "ignored");
    assert.equal(read("home/arduino/status"), "connected");
    assert.equal(read("homeassistant/status"), "birth");
    assert.equal(read("ha/status"), "birth");
    assert.equal(read("ha/status", "offline"), "ignored");
    assert.equal(read("ha/device/x/config"), "ignored");
    for (const topic of ["other/topic", "home/arduinoX/T/V/set", "", undefined, 7]) {
      assert.throws(() => read(topic), { code: "invalid_input" }, String(topic));
    }
  });

  it("name a variable that can be set, or say what is wrong", () => {
    const house = bridgeThing(
      thingWith(
        propertyOf("a", "INT"),
        propertyOf("b", "INT", { permission: "READ_ONLY" }),
        propertyOf("l", "COLOR_HSB"),
      ),
      bridgeSettings(),
      never,
    );
    const find = (variable: string, suffix = "", where = key): unknown =>
      findTarget(new Map([[key, house]]), { thing: where, variable, suffix });
    assert.ok(find("a"));
    assert.throws(() => find("b"), { code: "read_only", message: /"b" of "House"/ });
    assert.throws(() => find("c"), { code: "not_found", message: /"c"/ });
    assert.throws(() => find("a", "", "x"), { code: "not_found" });
    assert.throws(() => find("a", "light"), { code: "not_found", message: /set\/light/ });
    assert.throws(() => find("l"), { code: "not_found" });
  });

  it("come with payloads that an mqtt in node may have parsed", () => {
    assert.deepEqual(["12", Buffer.from("on"), 12, true, { state: "ON" }, undefined].map(textOfPayload), [
      "12",
      "on",
      "12",
      "true",
      '{"state":"ON"}',
      "",
    ]);
  });

  it("carry no name that breaks them, and no two variables of one", () => {
    const hostile = ["a/b", "a+b", "#", "a_b", "status", "ü", "", "{{ 7 }}", "../x", "x".repeat(500), "\u0000"];
    const properties = hostile.map((name) => propertyOf(name, "INT"));
    const keys = [...variableKeys(thingWith(...properties)).keys()];
    assert.equal(keys.length, hostile.length);
    for (const name of keys) assert.match(name, /^[A-Za-z0-9_-]{1,90}$/);
    assert.ok(keys.includes("a_b"));
    const house = { ...thingWith(...properties), name: "<b>\n{{ states }}</b>" };
    const { discovery } = bridgeThing(house, bridgeSettings(), never);
    assert.deepEqual(complaints(configTopic("homeassistant", key), discovery), []);
    assert.equal(slug("Wohnzimmer-Lämpchen №1"), "wohnzimmer_lampchen_no1");
    assert.equal(shownName(" a\nb ", "x"), "a b");
    assert.equal(shownName("\u0007", "x"), "x");
  });
});

describe("overrides for Home Assistant", () => {
  it("that can't be read are refused, each with its name", () => {
    const bad: [string, RegExp][] = [
      ["{", /no JSON object/],
      ["[]", /no JSON object/],
      ['{"variable": {}}', /"variable".*"thing\/variable"/],
      ['{"t/": {}}', /"t\/"/],
      ['{"t/v": 7}', /"t\/v".*an object, or null/],
      ['{"t/v": {"component": "climate"}}', /"t\/v".*one of sensor, .*raw/],
      ['{"t/v": {"component": "constructor"}}', /one of sensor/],
    ];
    for (const [text, message] of bad) {
      assert.throws(() => parseOverrides(text), { code: "not_configured", message }, text);
    }
    assert.deepEqual(parseOverrides(" "), []);
  });

  it("find variables by names and ids, leave out, and pass on what they do not know", () => {
    const one = propertyOf("one", "INT");
    const two = propertyOf("two", "INT");
    const wishes = { "House/two": null, [`${thingWith().id}/${one.id}`]: { icon: "mdi:fan", expire_after: 60 } };
    const house = bridgeThing(thingWith(one, two), bridgeSettings(wishes), never);
    assert.deepEqual([...house.variables.keys()], ["one"]);
    const { icon, expire_after: expires, platform } = componentOf(house, "one");
    assert.deepEqual([icon, expires, platform], ["mdi:fan", 60, "number"]);
  });

  it("make what they say", () => {
    const select = bridged("INT", { component: "select", options: ["off", "eco", "full"] });
    assert.deepEqual(statesIn(select, 1)["/option"], "eco");
    assert.deepEqual(statesIn(select, 9)["/option"], null);
    assert.deepEqual(command(select, "", "full"), { value: 2 });
    const texts = bridged("CHARSTRING", { component: "select", options: { Eco: "e", Full: "f" } });
    assert.deepEqual(command(texts, "", "Full"), { value: "f" });
    const sensor = bridged("INT", { component: "enum", options: { low: 3 } }, { permission: "READ_ONLY" });
    assert.equal(componentOf(sensor)["device_class"], "enum");
    const button = bridged("STATUS", { component: "button", pulse: true });
    assert.deepEqual(command(button, "", "true"), { value: true, afterwards: false });
    const lock = bridged("STATUS", { component: "lock", invert: true });
    assert.equal(componentOf(lock)["payload_lock"], "false");
    const cover = bridged("PERCENTAGE", { component: "cover" });
    assert.deepEqual(command(cover, "", "40"), { value: 40 });
    const event = bridged("CHARSTRING", { component: "event", event_types: ["ring"] });
    assert.deepEqual(statesIn(event, "ring")["/event"], { event_type: "ring" });
    const contact = bridged("HOME_CONTACT_SENSOR", { invert: true }, { permission: "READ_ONLY" });
    assert.deepEqual([componentOf(contact)["payload_on"], componentOf(contact)["device_class"]], ["false", "opening"]);
    const raw = bridged("FLOAT", { component: "raw", platform: "climate", temperature_command_topic: "a/b" });
    assert.deepEqual([componentOf(raw)["platform"], componentOf(raw)["temperature_command_topic"]], ["climate", "a/b"]);
    const local = bridged("TIME", { local: true }, { permission: "READ_ONLY" });
    assert.equal(statesIn(local, Date.UTC(2026, 6, 1, 14) / 1_000)["/time"], "2026-07-01T12:00:00.000Z");
    for (const made of [select, texts, sensor, button, lock, cover, event, contact, local]) {
      assert.deepEqual(complaints(configTopic("homeassistant", key), made.discovery), []);
    }
  });

  it("that do not fit are told, and left out of account", () => {
    const unfit: [string, object, Partial<Property>, RegExp][] = [
      ["FLOAT", { component: "switch" }, {}, /"House\/value" does not fit "value" \(FLOAT\)/],
      ["STATUS", { component: "select", options: ["a"] }, {}, /only numbers and texts/],
      ["INT", { component: "select" }, {}, /"options"/],
      ["INT", { component: "select", options: { a: "b" } }, {}, /number/],
      ["INT", { component: "cover" }, { permission: "READ_ONLY" }, /can't be written/],
      ["CHARSTRING", { component: "event" }, {}, /"event_types"/],
      ["INT", { component: "raw" }, {}, /"platform"/],
      ["INT", { component: "text" }, {}, /only texts/],
    ];
    for (const [type, wish, more, message] of unfit) {
      const warnings: unknown[] = [];
      const usual = bridged(type, undefined, more).platforms;
      assert.deepEqual(bridged(type, wish, more, warnings).platforms, usual);
      assert.equal(warnings.length, 1);
      assert.match(String(warnings[0]), message);
    }
  });
});

describe("device messages for Home Assistant", () => {
  it("name what is gone with nothing but its platform, and nothing that takes its place", () => {
    const before = bridgeThing(thingWith(propertyOf("a", "INT"), propertyOf("b", "STATUS")), bridgeSettings(), never);
    const changes = [propertyOf("a", "INT", { permission: "READ_ONLY" }), propertyOf("c", "STATUS")];
    const after = bridgeThing(thingWith(...changes), bridgeSettings(), never);
    const message = withoutEntities(after, before.platforms);
    assert.deepEqual(message?.["cmps"], { a: { p: "number" }, b: { p: "switch" } });
    assert.deepEqual(complaints(configTopic("homeassistant", key), message), []);
    assert.equal(withoutEntities(after, after.platforms), undefined);
    assert.equal(withoutEntities(after, {}), undefined);
  });
});
