import assert from "node:assert/strict";
import { CloudError, type ErrorCode } from "../../../../../cloud/core/errors";
import { findThing, findVariable, type KnownThing } from "../../../../../cloud/rest/index";
import { editDistance } from "../../../../../cloud/core/spelling";
import { alikeNames } from "../../../../support/alike-names";
import { closeNames } from "../../../../../cloud/rest/directory/find-by-name";

const id = (digit: string): string => `${digit.repeat(8)}-0000-4000-8000-000000000000`;
const property = (digit: string, name: string, variable_name?: string) => ({
  id: id(digit),
  name,
  type: "FLOAT",
  permission: "READ_ONLY",
  ...(variable_name === undefined ? {} : { variable_name }),
});
const tank: KnownThing = {
  id: id("1"),
  name: "Tank",
  properties: [
    property("a", "Tank level", "level"),
    property("b", "level", "waterLevel"),
    property("c", "Pump", "pump"),
    property("d", "Unnamed"),
    property("e", "Twin 1", "twin"),
    property("f", "Twin 2", "twin"),
  ],
};

function failure(work: () => unknown, code: ErrorCode): string {
  try {
    work();
  } catch (error) {
    assert(error instanceof CloudError);
    assert.equal(error.code, code);
    return error.message;
  }
  return assert.fail("It should fail.");
}

describe("look-up of a variable", () => {
  it("goes by variable name, or by property id in any case", () => {
    assert.equal(findVariable(tank, "level").id, id("a"));
    assert.equal(findVariable(tank, id("B").toLowerCase()).variable_name, "waterLevel");
    assert.equal(findVariable(tank, id("D")).name, "Unnamed");
  });

  it("never goes by display name, but says what was meant", () => {
    assert.match(
      failure(() => findVariable(tank, "Pump"), "not_found"),
      /display name; its variable name is "pump"/,
    );
    failure(() => findVariable(tank, "Unnamed"), "not_found");
    failure(() => findVariable(tank, ""), "not_found");
    failure(() => findVariable(tank, "Level"), "not_found");
  });

  it("goes by a name that is trimmed", () => {
    assert.equal(findVariable(tank, " level\u00a0").id, id("a"));
    failure(() => findVariable(tank, "\u00a0"), "not_found");
  });

  it("tells close names, closest first, at most five", () => {
    const message = failure(() => findVariable(tank, "Levl"), "not_found");
    assert.match(message, /thing "Tank" \(1{8}-.*has no variable "Levl"\. Close names: "level", /);
    assert.match(
      failure(() => findVariable({ ...tank, properties: [] }, "x"), "not_found"),
      /It has no variables/,
    );
    const names = Array.from({ length: 300 }, (_, index) => `variable${index}`);
    assert.deepEqual(closeNames(names, "Variable7").slice(0, 1), ["variable7"]);
    assert.equal(closeNames(names, "variable").length, 5);
  });

  it("refuses a name that two variables have", () => {
    failure(() => findVariable(tank, "twin"), "ambiguous");
  });
});

describe("look-up of a thing by name", () => {
  const things = [tank, { ...tank, id: id("2"), name: "House" }, { ...tank, id: id("3"), name: "House" }];

  it("takes the exact name that is unique", () => {
    assert.equal(findThing(things, "Tank"), tank);
  });

  it("takes names as the same that look the same, and tells only those apart that folding does not make equal", () => {
    for (const [inCloud, given] of alikeNames) {
      const other = { ...tank, name: "Kitchen sink" };
      const alike = { ...tank, name: inCloud };
      assert.equal(findThing([other, alike], given), alike, JSON.stringify(given));
      const twin = { ...tank, name: given };
      failure(() => findThing([twin, other, alike], given), "ambiguous");
    }
    failure(() => findThing([{ ...tank, name: "Kitchen" }], "kitchen"), "not_found");
    failure(() => findThing([{ ...tank, name: "K\u00fcche" }], "Kuche"), "not_found");
  });

  it("sees a list that has grown", () => {
    const growing: KnownThing[] = [];
    failure(() => findThing(growing, "Tank"), "not_found");
    growing.push(tank);
    assert.equal(findThing(growing, "Tank"), tank);
  });

  it("names what it looked for where there is none or several", () => {
    assert.match(
      failure(() => findThing(things, "tank"), "not_found"),
      /"tank".*Close names: "Tank", "House"\./,
    );
    assert.match(
      failure(() => findThing([], "x"), "not_found"),
      /no things in this space/,
    );
    assert.match(
      failure(() => findThing(things, "House"), "ambiguous"),
      /2 things have the name "House": 2{8}-.*, 3{8}-/,
    );
  });

  it("looks at each name once for a wrong one, not again for the same, and compares few of them", () => {
    let reads = 0;
    const many = Array.from({ length: 20_000 }, (_, index) => ({
      ...tank,
      get name() {
        reads++;
        return `Sensor ${index} of the greenhouse`;
      },
    }));
    const wrong = "Sensor 12345 of the greenhuose";
    const message = failure(() => findThing(many, wrong), "not_found");
    assert.match(message, /Close names: "Sensor 12345 of the greenhouse", /);
    assert.ok(reads <= 3 * many.length, `${reads} reads`);
    reads = 0;
    for (let time = 1; time <= 1_000; time++)
      assert.equal(
        failure(() => findThing(many, wrong), "not_found"),
        message,
      );
    assert.equal(reads, 0);
    // With an edit distance to each name this takes a hundred times as long.
    const names = many.map(({ name }) => name);
    const spent = (work: () => void): number => {
      const startedAt = process.cpuUsage().user;
      work();
      return process.cpuUsage().user - startedAt;
    };
    const all = spent(() => names.slice(0, 5_000).forEach((name) => editDistance(name, wrong)));
    assert.ok(spent(() => closeNames(names, wrong)) < all, "it compares all of them");
  });

  it("stays readable and quick with hostile names", () => {
    const name = `\u0000<b>${"x".repeat(100_000)}\n`;
    const hostile = Array.from({ length: 1_000 }, (_, index) => ({ ...tank, name: `${index}${name}` }));
    assert(failure(() => findThing(hostile, name), "not_found").length < 3_000);
  });
});
