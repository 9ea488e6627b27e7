import assert from "node:assert/strict";
import { mutate, mutationKinds, mutationsOf, placesOf } from "../../chaos/mutations";
import { randomSource } from "../../support/random-source";

describe("mutations of an answer", () => {
  const answer = [
    { id: "a", tags: {}, properties: [{ name: "x", last_value: 1.5 }] },
    { id: "b" },
    { id: "c", ok: true },
  ];

  it("come in every place, the root among them, and in every way", () => {
    const places = placesOf(answer).map((place) => place.join("."));
    assert.deepEqual(places, [
      ...[
        "",
        "0",
        "0.id",
        "0.tags",
        "0.properties",
        "0.properties.0",
        "0.properties.0.name",
        "0.properties.0.last_value",
      ],
      ...["2", "2.id", "2.ok"],
    ]);
    const mutations = mutationsOf(answer, randomSource(1));
    assert.equal(mutations.length, places.length * mutationKinds.length);
    const texts = new Set(mutations.map((mutation) => mutate(answer, mutation)));
    assert.ok(texts.size > mutations.length * 0.9, `${texts.size} of ${mutations.length} differ`);
    assert.ok(!texts.has(JSON.stringify(answer)), "none leaves the answer as it was");
  });

  it("are JSON, but for an answer of which nothing is left", () => {
    for (const mutation of mutationsOf(answer, randomSource(2))) {
      const text = mutate(answer, mutation);
      if (mutation.place.length === 0 && mutation.kind === "missing") assert.equal(text, "");
      else JSON.parse(text);
    }
  });

  it("do what they say", () => {
    const at = (kind: (typeof mutationKinds)[number], ...place: (string | number)[]): unknown =>
      JSON.parse(mutate(answer, { place, kind, choice: 0.1 }));
    assert.deepEqual(at("missing", 1), [answer[0], answer[2]]);
    assert.deepEqual(at("missing", 1, "id"), [answer[0], {}, answer[2]]);
    assert.deepEqual(at("null", 1), [answer[0], null, answer[2]]);
    assert.equal(typeof (at("wrong type", 1, "id") as { id: unknown }[])[1]?.id, "number");
    assert.equal((at("huge", 1, "id") as { id: string }[])[1]?.id.length, 100_000);
    assert.equal((at("huge") as unknown[]).length, 5_000);
    assert.match(JSON.stringify(at("nested", 1, "id")), /\[{2000}/);
  });

  it("leave the answer itself alone", () => {
    const before = JSON.stringify(answer);
    for (const mutation of mutationsOf(answer, randomSource(3))) mutate(answer, mutation);
    assert.equal(JSON.stringify(answer), before);
  });
});
