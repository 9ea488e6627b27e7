import assert from "node:assert/strict";
import { KnownObjects } from "../../../../cloud/live-values/known-objects";
import type { Property } from "../../../../cloud/rest/models";

describe("KnownObjects", () => {
  let now: number;
  let held: Record<string, Partial<Property>>;
  let objects: KnownObjects;

  beforeEach(() => {
    now = Date.parse("2026-01-01T00:00:00Z");
    held = {};
    objects = new KnownObjects({ now: () => now, property: (_, variable) => held[variable] as Property | undefined });
  });

  const light = { swi: true, hue: 1, sat: 2, bri: 3 };

  it("merges a part into what came before, whoever wrote it, and each variable and thing for itself", () => {
    assert.deepEqual(objects.complete("t", "lamp", light), light);
    assert.deepEqual(objects.complete("t", "lamp", { bri: 33 }), { ...light, bri: 33 });
    objects.note("t", "lamp", { ...light, hue: 200 });
    assert.deepEqual(objects.complete("t", "lamp", { swi: false }), { ...light, hue: 200, swi: false });
    assert.deepEqual(objects.complete("t", "other", { bri: 5 }), { bri: 5 });
    assert.deepEqual(objects.complete("u", "lamp", { bri: 5 }), { bri: 5 });
  });

  it("merges into what the cloud holds, if that is newer than what was seen", () => {
    held.lamp = {
      type: "HOME_COLORED_LIGHT",
      last_value: { ...light, swi: 1 },
      value_updated_at: "2025-12-31T00:00:00Z",
    };
    assert.deepEqual(objects.complete("t", "lamp", { bri: 33 }), { ...light, bri: 33 });
    held.lamp.last_value = { ...light, hue: 99 };
    assert.equal(objects.get("t", "lamp")?.hue, 1);
    held.lamp.value_updated_at = "2026-01-01T00:00:01Z";
    assert.deepEqual(objects.complete("t", "lamp", { bri: 34 }), { ...light, hue: 99, bri: 34 });
  });

  it("takes nothing from a value that was never written, nor from components of a type of before", () => {
    held.lamp = { type: "HOME_COLORED_LIGHT", last_value: "N/A" };
    assert.deepEqual(objects.complete("t", "lamp", { bri: 33 }), { bri: 33 });
    objects.complete("t", "lamp", light);
    held.lamp = { type: "HOME_DIMMED_LIGHT" };
    assert.deepEqual(objects.complete("t", "lamp", { bri: 9 }), { swi: true, bri: 9 });
  });

  it("keeps a newer value against an older one, and values apart from what flows hold", () => {
    objects.note("t", "lamp", light);
    objects.note("t", "lamp", { ...light, bri: 99 }, now - 1);
    assert.deepEqual(objects.get("t", "lamp"), light);
    objects.note("t", "lamp", 5);
    assert.deepEqual(objects.get("t", "lamp"), light);
  });

  it("does not grow with what anybody publishes", () => {
    for (let index = 0; index < 1_000; index++) objects.complete("t", "free", { [`c${index}`]: 1 });
    assert.ok(Object.keys(objects.get("t", "free") ?? {}).length <= 256);
    objects.note("t", "first", light);
    for (let index = 0; index < 50_000; index++) objects.note("t", `v${index}`, { a: 1 });
    assert.equal(objects.get("t", "first"), undefined);
  });
});
