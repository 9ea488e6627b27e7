import assert from "node:assert/strict";
import { type ListChoice, ChoiceIndex } from "../../../../../nodes/editor/widgets/choice-index";
import { alikeNames } from "../../../../support/alike-names";
import { cpuTimeOf } from "../../../../support/cpu-time";

const choices: ListChoice[] = [
  { value: "id-1", name: "Greenhouse", detail: "4 variables, near the barn" },
  { value: "id-2", name: "House", detail: "6 variables" },
  { value: "id-3", name: "House of cards", detail: "TEMPERATURE, army" },
  { value: "id-4", name: "Alarm", detail: "", problem: "read only" },
  { value: "id-5", name: "Barn", detail: "" },
];
const search = (text: string, present?: string): string[] =>
  new ChoiceIndex(choices).search(text, present).map(({ value }) => value.slice(3));

describe("ChoiceIndex", () => {
  it("puts first what is exactly so called, then what begins so, then what contains it", () => {
    assert.deepEqual(search("house"), ["2", "3", "1"]);
  });

  it("finds by id and by type too", () => {
    assert.deepEqual(search("ID-5"), ["5"]);
    assert.deepEqual(search("temperature"), ["3"]);
  });

  it("finds what looks the same, however it is spelt", () => {
    for (const [name, given] of alikeNames) {
      const index = new ChoiceIndex([
        { value: "other", name: "Else", detail: "" },
        { value: "id", name, detail: "" },
      ]);
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
    assert.deepEqual(search("ar"), ["3", "5", "1", "2", "4"]);
  });

  it("finds nothing where nothing fits", () => {
    assert.deepEqual(search("nowhere"), []);
  });

  it("wants all words, wherever they are", () => {
    assert.deepEqual(search("variables barn"), ["1"]);
  });

  it("keeps together what belongs to one thing, the best match's thing first", () => {
    const owned = (value: string, thing: string): ListChoice => ({
      value,
      name: value,
      detail: "",
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
      return { value: `variable_${number}`, name: `Variable ${number}`, detail: "FLOAT · last value 21.5", owner };
    });
    const index = new ChoiceIndex(many);
    for (const text of ["v", "var", "greenhouse 1999", "variable_19999", ""]) {
      const took = cpuTimeOf(() => assert.ok(index.search(text, "").length > 0));
      assert.ok(took < 300, `${took} ms`);
    }
  });
});
