import assert from "node:assert/strict";
import { inspect } from "node:util";
import { changesOf, isSameContent } from "../../../../cloud/desired-state/compare";
import { checkConfirmed, entriesOf, type Prune, type PlanStep } from "../../../../cloud/desired-state/plan";
import { randomSource } from "../../../support/random-source";
import { Model } from "./random-wishes";

const prunes: readonly Prune[] = ["nothing", "parts", "all"];

/** Random wanted states, in which the same few names come again and again. */
class Wishes {
  readonly #random: () => number;
  constructor(seed: number) {
    this.#random = randomSource(seed);
  }

  one<T>(values: readonly T[]): T {
    return values[Math.floor(this.#random() * values.length)]!;
  }

  some<T>(values: readonly T[]): T[] {
    return values.filter(() => this.#random() < 0.5);
  }

  /** Some of the fields. */
  fields(all: Readonly<Record<string, readonly unknown[]>>): Record<string, unknown> {
    return Object.fromEntries(this.some(Object.entries(all)).map(([name, values]) => [name, this.one(values)]));
  }

  things(): object[] {
    const devices = this.some(["Board 1", "Board 2", "Board 3"]);
    return this.some(["A", "B", "C", "D"]).map((name) => ({
      name,
      ...this.fields({
        timezone: ["Europe/Rome", "Asia/Tokyo"],
        webhook_uri: ["", "https://a.example"],
        webhook_active: [true, false],
      }),
      ...(devices.length > 0 && { device: devices.pop(), force_device: true }),
      ...this.fields({ tags: [{}, { a: "1" }, { a: "2", b: "1" }, [{ key: "b", value: "2" }]] }),
      properties: this.some(["x", "y", "z"]).map((variable) => ({
        variable_name: variable,
        type: this.one(["INT", "FLOAT"]),
        ...this.fields({
          permission: ["READ_ONLY", "READ_WRITE"],
          min_value: [0, 21.3, Math.fround(21.3)],
          persist: [true, false],
        }),
      })),
    }));
  }

  dashboards(): object[] {
    return this.some(["A", "B", "C"]).map((name) => ({
      name,
      ...this.fields({ cover_image: ["", "a.png"] }),
      pages: ["Up", "Down"].map((page) => ({ name: page, ...this.fields({ icon: ["", "cave"], position: [0, 1] }) })),
      widgets: this.some(["one", "two", "two", "", ""]).map((widget) => ({
        ...(widget !== "" && { name: widget }),
        ...{ type: this.one(["Value", "Chart"]), x: this.one([0, 1]), y: 0, width: 1, height: 1 },
        ...this.fields({
          options: [{}, { max: 1, min: null }, { max: 2, text: ["a", "b"] }],
          page: ["", "Up", "Down"],
          variables: [[], ["T/x"], [{ thing: "T", variable: "y" }, "T/x"]],
        }),
      })),
    }));
  }
}

describe("plans", () => {
  /** From one random wanted state to the next: what is planned and carried out leaves nothing to plan. */
  function walk(
    model: Model,
    wishes: () => object[],
    plan: (wanted: readonly unknown[], prune: Prune) => PlanStep[],
  ): number {
    let writes = 0;
    for (let round = 0; round < 12; round++) {
      const wanted = wishes();
      const prune = prunes[round % prunes.length]!;
      const before = structuredClone([model.things, model.dashboards]);
      const steps = plan(wanted, prune);
      assert.deepEqual([model.things, model.dashboards], before, "planning changes nothing");
      model.carryOut(steps);
      writes += steps.length;
      const again = plan(wanted, prune);
      if (again.length > 0) assert.fail(inspect({ wanted, before, steps, again }, { depth: 12 }));
    }
    return writes;
  }

  it("of things, carried out, give what is wanted", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const model = new Model();
      for (const name of ["Board 1", "Board 2", "Board 3"]) model.devices.push({ id: model.newId(), name, type: "x" });
      const wishes = new Wishes(seed);
      let wanted: Record<string, unknown>[] = [];
      const ask = () => (wanted = wishes.things() as Record<string, unknown>[]);
      assert(walk(model, ask, (list, prune) => model.planThings(list, prune)) > 0);
      // The last round prunes all: what is there is what is wanted.
      assert.deepEqual(
        model.things.map(({ name }) => name).sort(),
        wanted.map(({ name }) => name),
      );
      for (const item of wanted) {
        const thing = model.things.find(({ name }) => name === item.name)!;
        const properties = item.properties as Record<string, unknown>[];
        assert.deepEqual(
          thing.properties.map((each) => each.variable_name).sort(),
          properties.map((each) => each.variable_name),
        );
        for (const property of properties) {
          const made = thing.properties.find((each) => each.variable_name === property.variable_name)!;
          assert.equal(made.type, property.type);
          if (property.permission !== undefined) assert.equal(made.permission, property.permission);
        }
      }
    }
  });

  it("of dashboards, carried out, give what is wanted", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const model = new Model();
      const properties = ["x", "y"].map((variable) => ({ variable_name: variable, type: "INT" }));
      model.carryOut(model.planThings([{ name: "T", properties }], "nothing"));
      const wishes = new Wishes(seed);
      let wanted: Record<string, unknown>[] = [];
      const ask = () => (wanted = wishes.dashboards() as Record<string, unknown>[]);
      assert(walk(model, ask, (list, prune) => model.planDashboards(list, prune)) > 0);
      for (const item of wanted) {
        const dashboard = model.dashboards.find(({ name }) => name === item.name)!;
        const names = (list: unknown) =>
          (list as { name?: string; type: string }[]).map(({ name, type }) => name ?? type).sort();
        assert.deepEqual(names(dashboard.widgets), names(item.widgets));
        const ids = dashboard.widgets.map(({ id }) => id);
        assert.equal(new Set(ids).size, ids.length);
      }
    }
  });

  it("keep the ids of what stays", () => {
    const model = new Model();
    const wanted = (x: number) => [{ name: "A", widgets: [{ type: "Value", x, y: 0, width: 1, height: 1 }] }];
    model.carryOut(model.planDashboards(wanted(0), "nothing"));
    const before = model.dashboards[0]?.widgets[0]?.id;
    const steps = model.planDashboards(wanted(1), "parts");
    assert.deepEqual(
      entriesOf(steps).map(({ action, changes }) => [action, changes]),
      [["update", { "widgets.Value.x": { from: 0, to: 1 } }]],
    );
    model.carryOut(steps);
    assert.equal(model.dashboards[0]?.widgets[0]?.id, before);
  });

  it("of 10,000 things are made at once", () => {
    const model = new Model();
    const wanted = Array.from({ length: 10_000 }, (_, index) => ({
      name: `Thing ${index}`,
      properties: [{ variable_name: "x", type: "INT" }],
    }));
    const steps = model.planThings(wanted, "nothing");
    assert.equal(steps.length, 10_000);
    model.carryOut(steps);
    assert.deepEqual(model.planThings(wanted, "nothing"), []);
  });

  it("name only some of very many removals", () => {
    const plan = Array.from(
      { length: 25 },
      (_, index) => ({ action: "delete", kind: "thing", name: `T${index}`, id: "", changes: {} }) as const,
    );
    assert.throws(() => checkConfirmed(plan, undefined), /would remove 25: thing "T0".*"T9" and 15 more/);
    checkConfirmed(plan, 25);
    checkConfirmed([], undefined);
  });
});

describe("comparison", () => {
  it("sees through what means nothing", () => {
    const same: [unknown, unknown][] = [
      ["", undefined],
      [null, undefined],
      [21.3, Math.fround(21.3)],
      [
        { a: 1, b: { c: null } },
        { b: {}, a: 1 },
      ],
      [{ a: "" }, {}],
    ];
    for (const [one, other] of same) {
      assert.equal(isSameContent(one, other), true, inspect([one, other]));
      assert.equal(isSameContent(other, one), true, inspect([other, one]));
    }
  });

  it("sees every difference", () => {
    const different: [unknown, unknown][] = [
      [0, ""],
      [false, undefined],
      [1, "1"],
      [21.3, 21.300001],
      [16_777_216, 16_777_217],
      [
        [1, 2],
        [2, 1],
      ],
      [[1], [1, null]],
      [[], {}],
      [{ a: 1 }, { a: 1, b: false }],
      [{ constructor: 1 }, {}],
    ];
    for (const [one, other] of different) {
      assert.equal(isSameContent(one, other), false, inspect([one, other]));
      assert.equal(isSameContent(other, one), false, inspect([other, one]));
    }
  });

  it("never takes a field from a prototype", () => {
    assert.deepEqual(changesOf({}, { constructor: "x" }), { constructor: { from: null, to: "x" } });
  });
});
