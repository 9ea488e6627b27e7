import assert from "node:assert/strict";
import { drawDashboard } from "../../../../nodes/dashboard-page/from-variables";
import type { SourceVariable } from "../../../../nodes/dashboard-page/dashboard";
import { planDashboardPages } from "../../../../nodes/dashboard-page/plan";

const variable = (type: string, more: Partial<SourceVariable> = {}): SourceVariable => ({
  ...{ id: `${type} ${JSON.stringify(more)}`, name: "n", variable: "n", type, isWritable: true },
  thing: { id: "thing-1", name: "House" },
  ...more,
});
const readOnly = { isWritable: false };

describe("A dashboard drawn of variables", () => {
  it("has a widget by type, unit, permission and range", () => {
    const range = { min: 0, max: 50 };
    const cases: [SourceVariable, string][] = [
      [variable("STATUS"), "Switch"],
      [variable("STATUS", readOnly), "Status"],
      [variable("INT"), "Value"],
      [variable("INT", range), "Slider"],
      [variable("INT", { min: 5, max: 5 }), "Value"],
      [variable("PERCENTAGE"), "Slider"],
      [variable("PERCENTAGE_RELATIVE_HUMIDITY", readOnly), "Percentage"],
      [variable("FLOAT", { ...range, ...readOnly }), "Gauge"],
      [variable("TEMPERATURE_C", readOnly), "Chart"],
      [variable("COUNT", readOnly), "Value"],
      [variable("CHARSTRING"), "Value"],
      [variable("TIME"), "Time Picker"],
      [variable("COLOR_HSB"), "Color"],
      [variable("HOME_COLORED_LIGHT"), "Colored Light"],
      [variable("HOME_DIMMED_LIGHT"), "Dimmed Light"],
      [variable("LOCATION"), "Map"],
      [variable("SCHEDULE"), "Scheduler"],
      [variable("HOME_TELEVISION"), "Value"],
      [variable("NEVER_HEARD_OF"), "Value"],
    ];
    const { widgets } = drawDashboard(
      cases.map(([one]) => one),
      "Dashboard",
    );
    assert.deepEqual(
      widgets.map(({ type }) => type),
      cases.map(([, type]) => type),
    );
    const [page] = planDashboardPages(
      drawDashboard(
        widgets.flatMap(({ variables }) => variables),
        "Dashboard",
      ),
    ).pages;
    assert.ok(page!.columns <= 12);
    const codes = page!.widgets.flatMap(({ notes }) => notes.map(({ code }) => code));
    assert.deepEqual(codes, ["map", "scheduler"], "nothing overlaps, and all else is as it should be");
  });

  it("is named after its thing, or names the thing of each variable", () => {
    const other = variable("INT", { thing: { id: "thing-2", name: "Barn" } });
    assert.equal(drawDashboard([variable("INT")], "Dashboard").name, "House");
    const { name, widgets } = drawDashboard([variable("INT"), other], "Dashboard");
    assert.deepEqual([name, ...widgets.map((widget) => widget.name)], ["Dashboard", "House n", "Barn n"]);
  });
});
