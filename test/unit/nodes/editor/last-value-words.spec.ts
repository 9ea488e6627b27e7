import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { LastValue } from "../../../../nodes/admin/protocol";
import { lastValueWords } from "../../../../nodes/editor/last-value-words";

describe("a last value in words", () => {
  const packageFolder = join(__dirname, "../../../..");
  const file = readFileSync(join(packageFolder, "locales/en-US/account.json"), "utf8");
  const texts = (JSON.parse(file) as { "arduino-cloud-account": { value: Record<string, string> } })[
    "arduino-cloud-account"
  ].value;
  const translate = (key: string, values?: Record<string, string | number>): string =>
    (texts[key.replace("value.", "")] ?? key).replace("__value__", String(values?.["value"]));
  const words = (value: LastValue | null, type = "", unit?: string): string | undefined =>
    lastValueWords({ type, value, ...(unit !== undefined && { unit }) }, translate);

  it("is a number with its unit, on or off, or the text", () => {
    assert.equal(words(21.3, "TEMPERATURE", "°C"), "21.3 °C");
    assert.equal(words(true, "STATUS"), "on");
    assert.equal(words(false, "STATUS"), "off");
    assert.equal(words("rain", "CHARSTRING"), "rain");
    assert.equal(words(null, "STATUS"), undefined);
  });

  it("names the parts of lights, televisions and places", () => {
    assert.equal(words({ swi: true, bri: 50 }), "on, brightness 50 %");
    assert.equal(words({ swi: false, hue: 120, sat: 80, bri: 60 }), "off, brightness 60 %, hue 120°, saturation 80 %");
    assert.equal(
      words({ swi: true, vol: 12, mut: true, pbc: 3, inp: 1, cha: 7 }),
      "on, volume 12, muted, channel 7, pbc 3, inp 1",
    );
    assert.equal(words({ swi: true, mut: false }), "on");
    const light = { type: "HOME_COLORED_LIGHT", value: { hue: 120, bri: 60, swi: true } };
    assert.equal(lastValueWords(light, translate, 2), "on, brightness 60 %");
    assert.equal(words({ lat: 45.07, lon: 7.69 }), "45.07, 7.69");
  });

  it("writes times as people of this browser do, and those of a schedule as the board has them", () => {
    const seconds = 1_767_254_400;
    const time = new Date(seconds * 1000);
    assert.equal(words(seconds, "TIME"), time.toLocaleString());
    assert.equal(words(0, "TIME"), undefined);
    assert.equal(words(1e300, "TIME"), "1e+300");
    const local = time.toLocaleString([], { timeZone: "UTC" });
    assert.equal(words({ frm: seconds, to: 0, len: 600, msk: 0 }), `from ${local}, on for 600 s`);
    assert.equal(words({ frm: 0, to: 0, len: 0, msk: 0 }), "–");
    assert.equal(words({ frm: 0, to: seconds, len: 5, msk: 1 }), `until ${local}, on for 5 s, repeated`);
  });

  it("shows parts that are not known, or not what they should be, by their names", () => {
    assert.equal(
      words({ speed: 3, toString: "x", swi: "maybe", frm: "soon" }),
      "swi maybe, frm soon, speed 3, toString x",
    );
  });
});
