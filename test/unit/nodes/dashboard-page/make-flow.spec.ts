import assert from "node:assert/strict";
import { readSourceDashboard } from "../../../../nodes/dashboard-page/dashboard";
import { planDashboardPages } from "../../../../nodes/dashboard-page/plan";
import { findPages, themeOf } from "../../../../nodes/dashboard-page/present-pages";
import { countedIds, flowOf, linked, type RawWidget } from "../../../support/dashboards";

const place = { x: 0, y: 0, width: 4, height: 2 };
const dashboard = (...widgets: readonly unknown[]): Record<string, unknown> => ({
  id: "d1d1-0",
  name: "Home",
  widgets,
});
const widget = (type: string, ...variables: readonly unknown[]): RawWidget => ({
  ...{ type, name: type, ...place, options: {} },
  variables,
});
/** The kind of the only widget, and the codes of its notes. */
const planned = (raw: RawWidget): [kind: string, ...notes: string[]] => {
  const [only] = planDashboardPages(readSourceDashboard(dashboard(raw))).pages[0]!.widgets;
  return [only!.kind, ...only!.notes.map(({ code }) => code)];
};
const typesOf = (nodes: readonly { type: string }[]): string[] => nodes.map(({ type }) => type);

describe("A page made of a dashboard", () => {
  it("is told by the widget's type however it is written", () => {
    const number = linked("n", "FLOAT");
    for (const type of ["Advanced Chart", "AdvancedChart", "ADVANCED_CHART", "advanced-chart"])
      assert.deepEqual(planned(widget(type, number)), ["chart"]);
  });

  it("has for each type of widget and variable what fits", () => {
    const only = { permission: "READ_ONLY" };
    const cases: [RawWidget, ...ReturnType<typeof planned>][] = [
      [widget("Switch", linked("a", "STATUS")), "switch"],
      [widget("Value", linked("a", "STATUS")), "switch"],
      [widget("Value", linked("a", "STATUS", only)), "status"],
      [widget("Value", linked("a", "CHARSTRING")), "text"],
      [widget("Value", linked("a", "FLOAT", only)), "value"],
      [widget("Push Button", linked("a", "STATUS", only)), "status", "read-only"],
      [widget("Slider", linked("a", "INT", only)), "value", "read-only"],
      [widget("Slider", linked("a", "CHARSTRING")), "value", "wrong-type"],
      [widget("Switch", linked("a", "COLOR_HSB")), "color", "wrong-type"],
      [widget("Hologram", linked("a", "STATUS")), "status", "unknown-type"],
      [widget("Hologram", linked("a", "HOME_TELEVISION")), "json", "unknown-type"],
      [widget("Hologram", linked("a", "NEVER_HEARD_OF")), "json", "unknown-type"],
      [widget("Gauge"), "unlinked", "not-linked"],
      [{ ...widget("Gauge"), has_unlinked_variable: true }, "unlinked", "variable-gone"],
      [widget("Gauge", { id: "gone" }), "unlinked", "variable-gone"],
      [widget("Gauge", linked("a", "INT"), linked("b", "INT")), "gauge", "first-variable"],
      [widget("Chart", linked("a", "INT"), linked("b", "CHARSTRING")), "chart", "not-drawn"],
      [widget("Map", linked("a", "LOCATION")), "map", "map"],
      [widget("Scheduler", linked("a", "SCHEDULE")), "schedule", "scheduler"],
      [widget("Image Map", linked("a", "STATUS")), "image-map", "image-map"],
      [widget("Value Dropdown", linked("a", "INT")), "number", "no-values"],
      [widget("Value Selector", linked("a", "CHARSTRING")), "text", "no-values"],
      [{ ...widget("Value Selector", linked("a", "INT")), options: { list: [7] } }, "dropdown"],
      [widget("Sticky Note"), "note", "no-text"],
      [widget("Image"), "image", "picture"],
      [{ ...widget("Image"), options: { url: "javascript:alert(1)" } }, "image", "picture", "options"],
      [
        { ...widget("Switch", linked("a", "STATUS")), options: { glow: 5, thingId: "x", empty: {} } },
        "switch",
        "options",
      ],
    ];
    for (const [raw, ...expected] of cases) assert.deepEqual(planned(raw), expected, JSON.stringify(raw));
  });

  it("reads options by any of their names, or by their form", () => {
    const optionsOf = (type: string, variable: unknown, options: unknown): unknown =>
      planDashboardPages(readSourceDashboard(dashboard({ ...widget(type, variable), options }))).pages[0]!.widgets[0]!
        .options;
    assert.deepEqual(optionsOf("Slider", linked("a", "INT"), { minimum: "5", maxValue: 9 }), { min: 5, max: 9 });
    assert.deepEqual(
      optionsOf("Value Dropdown", linked("a", "INT"), {
        things: [{ value: 1, text: "one" }, { value: 1 }, { value: 2 }],
      }),
      {
        values: [
          { label: "one", value: 1 },
          { label: "2", value: 2 },
        ],
      },
    );
    const thresholds = [
      { value: 30, color: "#ff0000" },
      { value: 10, color: "#00ff00" },
    ];
    assert.deepEqual(optionsOf("Gauge", linked("a", "INT"), { limits: thresholds }), {
      thresholds: [
        { from: 10, color: "#00ff00" },
        { from: 30, color: "#ff0000" },
      ],
    });
    assert.deepEqual(optionsOf("Sticky Note", undefined, { icon: "a very long name of an icon", blah: "text" }), {
      note: "text",
    });
  });

  it("has one property in and one property out for a variable, however many widgets show it", () => {
    const lamp = linked("lamp", "STATUS");
    const flow = flowOf(dashboard(widget("Switch", lamp), widget("Status", lamp), widget("Switch", lamp)));
    const types = typesOf(flow);
    assert.equal(types.filter((type) => type === "arduino-cloud-property-in").length, 1);
    assert.equal(types.filter((type) => type === "arduino-cloud-property-out").length, 1);
    const source = flow.find(({ type }) => type === "arduino-cloud-property-in");
    assert.equal((source?.wires as string[][])[0]?.length, 3);
  });

  it("has a line of a chart for each variable, also where two things name theirs alike", () => {
    const one = linked("t", "FLOAT");
    const other = { ...linked("t", "FLOAT"), id: "id of the other", thing_id: "thing-2", thing_name: "Barn" };
    const changes = (raw: RawWidget): unknown[] =>
      flowOf(dashboard(raw))
        .filter(({ type }) => type === "change")
        .map(({ rules }) => (rules as { to: string }[]).map(({ to }) => to));
    const point = '{"x": timestamp, "y": payload}';
    assert.deepEqual(changes(widget("Advanced Chart", one, other)), [
      ["House t"],
      [point, "House t"],
      ["Barn t"],
      [point, "Barn t"],
    ]);
    assert.deepEqual(changes(widget("Chart", one)), [[point]]);
    assert.deepEqual(changes(widget("Chart", linked("b", "STATUS"))), [['{"x": timestamp, "y": $number(payload)}']]);
  });

  it("has one page for each page that has a widget, and an address that nobody else has", () => {
    const raw = {
      ...dashboard(widget("Gauge"), { ...widget("Gauge"), page_id: "p2" }, { ...widget("Gauge"), page_id: "unknown" }),
      pages: [
        { id: "p3", name: "Empty", position: 1 },
        { id: "p2", name: "Home", position: 2 },
      ],
    };
    const pages = (target = {}): unknown[] =>
      flowOf(raw, target)
        .filter(({ type }) => type === "ui-page")
        .map(({ name, path }) => [name, path]);
    assert.deepEqual(pages(), [
      ["Home", "/home-d1d1"],
      ["Home", "/home-d1d1-2"],
    ]);
    const present = findPages([
      { type: "ui-base", id: "b", name: "Dashboard", path: "/dashboard" },
      { type: "ui-page", id: "p", ui: "b", theme: "t", path: "/home-d1d1" },
      { type: "ui-page", id: "q", ui: "other", theme: "u", path: "/home-d1d1-2" },
      { type: "ui-theme", id: "u" },
      { type: "ui-theme", id: "t" },
    ]);
    assert.deepEqual(pages({ base: "b", present }), [
      ["Home", "/home-d1d1-2"],
      ["Home", "/home-d1d1-3"],
    ]);
    assert.equal(themeOf("b", present), "t");
    assert.equal(themeOf("none", present), "u");
  });

  it("makes a base and a theme only where there are none", () => {
    const made = (target = {}): string[] =>
      typesOf(flowOf(dashboard(widget("Gauge")), target)).filter((type) => /base|theme/.test(type));
    assert.deepEqual(made(), ["ui-base", "ui-theme"]);
    assert.deepEqual(made({ base: "b" }), ["ui-theme"]);
    assert.deepEqual(made({ base: "b", theme: "t" }), []);
  });

  it("is refused in words where there is nothing to make it of", () => {
    for (const [raw, words] of [
      [undefined, /not an object/],
      ["text", /not an object/],
      [dashboard(), /"Home" has no widget/],
      [{ name: "Home", widgets: "none" }, /"Home" has no widget/],
    ] as const)
      assert.throws(() => readSourceDashboard(raw), { code: "invalid_input", message: words });
  });

  it("comes through whatever a dashboard holds", () => {
    const junk: unknown[] = [null, 7, "x", [], {}, { type: 5, name: null, options: "no", variables: [1, null, {}] }];
    const wild = { ...widget("Gauge", linked("a", "INT")), x: -1, y: 1e9, width: 0.5, height: "2", x_mobile: "no" };
    const range = { ...widget("Slider", linked("a", "INT")), options: { min: 9, max: -9, step: -1 } };
    const flow = flowOf({ ...dashboard(...junk, wild, range, range), pages: [null, 3, { id: 5 }] });
    assert.equal(new Set(flow.map(({ id }) => id)).size, flow.length);
    const { min, max, step } = flow.find(({ type }) => type === "ui-slider") as unknown as Record<string, number>;
    assert.ok(max! > min! && step! >= 1);
  });
});

describe("Foreign texts on a page", () => {
  const attack = `<img src=x onerror="window.__hit=1">{{ msg.constructor.constructor("window.__hit=1")() }}`;
  const long = "x".repeat(64);
  const every = [
    ...["Switch", "Push Button", "Status", "LED"].map((type) => [type, "STATUS"]),
    ...["Slider", "Stepper", "Value", "Gauge", "Percentage", "Chart", "Value Selector"].map((type) => [type, "INT"]),
    ...["Messenger", "Value", "Value Dropdown", "Image Map", "Hologram"].map((type) => [type, "CHARSTRING"]),
    ...[
      ["Color", "COLOR_HSB"],
      ["Colored Light", "HOME_COLORED_LIGHT"],
      ["Dimmed Light", "HOME_DIMMED_LIGHT"],
      ["Time Picker", "TIME"],
      ["Map", "LOCATION"],
      ["Scheduler", "SCHEDULE"],
      ["Sticky Note", "STATUS"],
      ["Image", "STATUS"],
    ],
  ] as [string, string][];
  const hostile = (text: string): unknown => ({
    id: text,
    name: text,
    pages: [{ id: "p", name: text, icon: text }],
    widgets: every.map(([type, variable], index) => ({
      ...{ type, name: text, ...place, y: 2 * index, page_id: index % 2 === 0 ? "p" : "0" },
      options: { values: [text, { label: text, value: `${text}2` }], note: text, url: `https://x/"${text}` },
      variables: [linked("v", variable, { id: `${text}${index}`, name: text, thing_name: text })],
    })),
  });

  it("are in no template but as letters, digits and backslashes", () => {
    const formats = flowOf(hostile(attack)).flatMap(({ format }) => (typeof format === "string" ? [format] : []));
    assert.ok(formats.length > 10);
    for (const format of formats) {
      assert.ok(!format.includes("onerror") || /"[a-zA-Z0-9\\]*onerror[a-zA-Z0-9\\]*"/.test(format), format);
      assert.ok(!format.includes("constructor.constructor"), format);
    }
  });

  it("are no HTML where the page takes HTML, and as they are elsewhere", () => {
    for (const node of flowOf(hostile(attack))) {
      if (typeof node.label !== "string" || node.type === "tab") continue;
      assert.equal(node.label.includes("<"), node.type === "ui-chart", node.type);
    }
  });

  it("have no two braces in a row in a note, however they are written", () => {
    const tricks = [
      "{{ x }}",
      "&#123;&#x7B; x }}",
      "&lbrace;{ x",
      "&#0000123{x",
      "\\{\\{ x",
      "{<!-- -->{ x",
      "{\u200b{",
    ];
    for (const note of tricks) {
      const raw = { ...dashboard({ ...widget("Sticky Note"), options: { note } }) };
      const content = String(flowOf(raw).find(({ type }) => type === "ui-markdown")?.content);
      // What Markdown and the cleaning of HTML take away between two braces.
      const bare = content.replace(/\\|<!--.*?-->|&#?\w+;?/g, "");
      assert.ok(!bare.includes("{{"), JSON.stringify(bare));
    }
  });

  it("may be as long as the cloud lets them be", () => {
    const flow = flowOf(hostile(long));
    const paths = flow.flatMap(({ path }) => (typeof path === "string" ? [path] : []));
    assert.ok(
      paths.every((path) => path.length < 60 && /^\/[\w-]+$/.test(path)),
      paths.join(),
    );
    assert.deepEqual(
      flowOf(hostile(long), { newId: countedIds() }).map(({ type }) => type),
      typesOf(flow),
    );
  });
});
