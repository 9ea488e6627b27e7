import assert from "node:assert/strict";
import { type Choice, searchChoices } from "../../../nodes/editor/search";

const choices: Choice[] = [
  { value: "id-1", name: "Greenhouse", detail: "4 variables, near the barn" },
  { value: "id-2", name: "House", detail: "6 variables" },
  { value: "id-3", name: "House of cards", detail: "TEMPERATURE, army" },
  { value: "id-4", name: "Alarm", detail: "", problem: "read only" },
  { value: "id-5", name: "Barn", detail: "" },
];
const search = (text: string, present?: string): string[] =>
  searchChoices(choices, text, present).map(({ value }) => value.slice(3));

describe("searchChoices", () => {
  it("puts first what is exactly so called, then what begins so, then what contains it", () => {
    assert.deepEqual(search("house"), ["2", "3", "1"]);
  });

  it("finds by id and by type too", () => {
    assert.deepEqual(search("ID-5"), ["5"]);
    assert.deepEqual(search("temperature"), ["3"]);
  });

  it("gives all in their order for no text, those with a problem last", () => {
    assert.deepEqual(search(" "), ["1", "2", "3", "5", "4"]);
  });

  it("gives all with the present choice first while that is in the field", () => {
    assert.deepEqual(search("id-4", "id-4"), ["4", "1", "2", "3", "5"]);
    assert.deepEqual(search("", "id-5"), ["5", "1", "2", "3", "4"]);
  });

  it("puts what has a problem behind everything else that fits", () => {
    assert.deepEqual(search("ar"), ["1", "2", "3", "5", "4"]);
  });

  it("finds nothing where nothing fits", () => {
    assert.deepEqual(search("nowhere"), []);
  });
});
