import assert from "node:assert/strict";
import { type ListChoice, ChoiceIndex, matchedPieces } from "../../../../../nodes/editor/widgets/choice-index";
import { alikeNames } from "../../../../support/alike-names";
import { cpuTimeOf } from "../../../../support/cpu-time";

const choice = (value: string, name: string, more: Partial<ListChoice> = {}): ListChoice => ({
  value,
  name,
  detail: () => "21.5 · 29 min ago",
  ...more,
});
const choices: ListChoice[] = [
  choice("id-1", "Greenhouse"),
  choice("id-2", "House"),
  choice("id-3", "House of cards", { kind: "TEMPERATURE, army" }),
  choice("id-4", "Alarm", { problem: "read only" }),
  choice("id-5", "Barn"),
];
const search = (text: string, present?: string): string[] =>
  new ChoiceIndex(choices)
    .search(
      text,
      choices.find(({ value }) => value === present),
    )
    .map(({ value }) => value.slice(3));
/** 2,000 things with ids as the cloud gives them, whose figures have numbers of all sorts. */
const things = Array.from({ length: 2_000 }, (_unused, number): ListChoice => {
  const figures = ((number * 2_654_435_761) % 2 ** 32).toString(16).padStart(8, "0");
  return choice(`${figures}-0000-4000-8000-${String(number).padStart(12, "0")}`, `Sensor ${number}`);
});
const firstOf = (text: string, list = things): string | undefined =>
  new ChoiceIndex(list).search(text, undefined)[0]?.name;

describe("ChoiceIndex", () => {
  it("puts first what is exactly so called, then what begins so, then what contains it", () => {
    assert.deepEqual(search("house"), ["2", "3", "1"]);
  });

  it("finds a thing by its exact name, its number and the start of any word, whatever ids there are", () => {
    const list = [...things, choice("w", "Old weather station"), choice("t", "tankLevel")];
    for (const number of [0, 1, 29, 290, 1_999]) {
      assert.equal(firstOf(`Sensor ${number}`), `Sensor ${number}`);
      assert.equal(firstOf(`sensor${number}`), `Sensor ${number}`);
      assert.equal(firstOf(String(number)), `Sensor ${number}`);
    }
    for (const start of ["weath", "stat", "old s"]) assert.equal(firstOf(start, list), "Old weather station");
    assert.equal(firstOf("level", list), "tankLevel");
    assert.ok(new ChoiceIndex(things).search("sensor 1", undefined).every(({ name }) => name.startsWith("Sensor 1")));
    assert.deepEqual(
      new ChoiceIndex(things).search("29", undefined).filter(({ name }) => !name.startsWith("Sensor 29")),
      [],
    );
  });

  it("takes six figures or more for an id, and fewer for none", () => {
    const { value, name } = things[1_234]!;
    assert.equal(firstOf(value), name);
    assert.equal(firstOf(value.slice(0, 8)), name);
    assert.equal(firstOf("deadbe", [choice("deadbeef-0000-4000-8000-000000000000", "Lamp")]), "Lamp");
    assert.equal(firstOf("deadb", [choice("deadbeef-0000-4000-8000-000000000000", "Lamp")]), undefined);
  });

  it("finds by kind too, but not by what is shown beside it", () => {
    assert.deepEqual(search("temperature"), ["3"]);
    assert.deepEqual(search("min ago"), []);
  });

  it("finds the one that has a name exactly, and none of several", () => {
    const index = new ChoiceIndex([choice("a", "Lamp"), choice("b", "Lamp"), choice("c", "Fan")]);
    assert.deepEqual([index.named("Fan")?.value, index.named("Lamp"), index.named("fan")], ["c", undefined, undefined]);
  });

  it("marks the letters that were found, where words begin", () => {
    const marked = (name: string, text: string): string =>
      matchedPieces(name, text)
        .map((piece) => (piece.isMatch ? `[${piece.text}]` : piece.text))
        .join("");
    assert.equal(marked("Sensor 290 in 29", "29 sen"), "[Sen]sor [29]0 in 29");
    assert.equal(marked("Greenhouse", "house"), "Green[house]");
    assert.equal(marked("tankLevel", "lev"), "tank[Lev]el");
    assert.equal(marked("Sensor 129", "29"), "Sensor 129");
    assert.equal(marked("İstanbul <b>", "ist"), "İstanbul <b>");
    assert.equal(marked("Größe 🌡 <b>", "grö b"), "[Grö]ße 🌡 <[b]>");
  });

  it("finds what looks the same, however it is spelt", () => {
    for (const [name, given] of alikeNames) {
      const index = new ChoiceIndex([choice("other", "Else"), choice("id", name)]);
      assert.deepEqual(
        index.search(given, undefined).map(({ value }) => value),
        ["id"],
        JSON.stringify(given),
      );
    }
  });

  it("gives all in their order for no text, those with a problem last", () => {
    assert.deepEqual(search(" "), ["1", "2", "3", "5", "4"]);
  });

  it("gives all with the present choice first while that is in the field", () => {
    assert.deepEqual(search("id-4", "id-4"), ["4", "1", "2", "3", "5"]);
    assert.deepEqual(search("", "id-5"), ["5", "1", "2", "3", "4"]);
  });

  it("puts what has it in its name before what has it in its type, and what has a problem last", () => {
    assert.deepEqual(search("ar"), ["3", "5", "4"]);
  });

  it("finds nothing where nothing fits", () => {
    assert.deepEqual(search("nowhere"), []);
  });

  it("wants all words, wherever they are", () => {
    assert.deepEqual(search("cards ho"), ["3"]);
    assert.deepEqual(search("cards barn"), []);
  });

  it("keeps together what belongs to one thing, the best match's thing first", () => {
    const owned = (value: string, thing: string): ListChoice => ({
      value,
      name: value,
      detail: () => "",
      owner: { value: thing, name: `thing ${thing}` },
    });
    const index = new ChoiceIndex([
      owned("lamp", "A"),
      owned("temp", "A"),
      owned("temperature", "B"),
      owned("te", "B"),
    ]);
    const found = (text: string): string[] =>
      index.search(text, undefined).map(({ value, owner }) => `${owner?.value} ${value}`);
    assert.deepEqual(found("te"), ["B te", "B temperature", "A temp"]);
    assert.deepEqual(found("a lamp"), ["A lamp"]);
    assert.deepEqual(found("thing temp"), ["A temp", "B temperature"]);
    assert.deepEqual(found(""), ["A lamp", "A temp", "B temperature", "B te"]);
    // A name alone does not say whose variable it is.
    assert.equal(index.find("lamp"), undefined);
    assert.deepEqual([index.has("lamp"), index.has("nothing")], [true, false]);
  });

  it("searches 20,000 variables of 2,000 things within a key stroke", () => {
    const many = Array.from({ length: 20_000 }, (_unused, number): ListChoice => {
      const thing = Math.floor(number / 10);
      const owner = { value: `thing-${thing}`, name: `Greenhouse ${thing}` };
      return {
        value: `variable_${number}`,
        name: `Variable ${number}`,
        kind: "number",
        detail: () => assert.fail("made only when it is shown"),
        owner,
      };
    });
    const index = new ChoiceIndex(many);
    for (const text of ["v", "var", "greenhouse 1999", "variable_19999", ""]) {
      const took = cpuTimeOf(() => assert.ok(index.search(text, undefined).length > 0));
      process.stdout.write(`      "${text}": ${took.toFixed(0)} ms\n`);
      assert.ok(took < 300, `${took} ms`);
    }
  });
});
