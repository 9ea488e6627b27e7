import assert from "node:assert/strict";
import { type House, startHouse } from "../../support/simulated-account";
import { errorsOf, manageFlow } from "../../support/manage-flow";
import { load, type TestRuntime } from "../../support/node-helper";

type Flow = (Record<string, unknown> & { type: string })[];

describe("arduino-cloud-manage, export-flow", () => {
  let house: House;
  let bench: TestRuntime;

  beforeEach(async () => (house = await startHouse()));

  const start = async (more: object = {}): Promise<void> => {
    const node = { resource: "dashboards", operation: "export-flow", ...more };
    bench = await load(house, manageFlow(node), { requestsPerSecond: 500 });
  };
  const draw = (name: string, widgets: readonly object[]): void => {
    const { store, userId } = house.simulator;
    const id = `dddddddd-0000-4000-8000-${String(store.dashboards.size).padStart(12, "0")}`;
    const whole = widgets.map((widget, index) => ({
      ...{ id: `eeeeeeee-0000-4000-8000-${String(index).padStart(12, "0")}`, name: `Widget ${index}`, page_id: "0" },
      ...{ x: 0, y: 2 * index, width: 4, height: 2, options: {}, variables: [] as string[], ...widget },
    }));
    const rest = { pages: [], shares: [], requests: [], updated_at: "2026-03-01T00:00:00Z", user_id: userId };
    store.dashboards.set(id, { id, name, widgets: whole, ...rest } as never);
  };
  const property = (name: string): string => house.propertyIds[name] ?? "";

  it("answers a flow for the node's account, and tells what is not as it was", async () => {
    draw("Home", [
      { type: "Switch", name: "Relay", variables: [property("relay")] },
      { type: "Hologram", variables: [property("counter")], options: { glow: 5 } },
      { type: "Gauge" },
    ]);
    await start();
    bench.node("manage").receive({ dashboardId: "Home", mine: 1 });
    const [answer] = await bench.arrived("out");
    const flow = answer?.payload as Flow;
    assert.deepEqual(
      ["tab", "ui-base", "ui-theme", "ui-page", "ui-group", "ui-switch"].map(
        (type) => flow.filter((node) => node.type === type).length,
      ),
      [1, 1, 1, 1, 1, 1],
    );
    const out = flow.find(({ type }) => type === "arduino-cloud-property-out");
    assert.deepEqual(
      [out?.account, out?.thing, out?.property, out?.whenOffline],
      ["account", house.thingId, "relay", "latest"],
    );
    assert.deepEqual(answer?.unsupported, [
      {
        widget: "Widget 1",
        type: "Hologram",
        reason: "This kind of widget is not known here: it only shows the value of counter.",
      },
      { widget: "Widget 1", type: "Hologram", reason: "Settings that are not carried over: glow." },
      { widget: "Widget 2", type: "Gauge", reason: "It has no variable: a text stands in its place." },
    ]);
    assert.equal(answer.mine, 1);
    const { requests } = house.simulator.observed;
    assert.ok(
      requests.every(({ method, path }) => method === "GET" || path.endsWith("/token")),
      "nothing is changed",
    );
  });

  it("takes the dashboard from the form, and a base by name", async () => {
    draw("Home", [{ type: "Gauge", variables: [property("counter")] }]);
    await start({ dashboard: "Home" });
    bench.node("manage").receive({});
    const [answer] = await bench.arrived("out");
    assert.ok((answer?.payload as Flow).some(({ type }) => type === "ui-gauge"));
    bench.node("manage").receive({ base: "Elsewhere" });
    const [error] = errorsOf(await bench.arrived("caught"));
    assert.deepEqual([error?.code, /no dashboard "Elsewhere"/.test(error?.message ?? "")], ["not_found", true]);
  });

  it("says what is wrong, and sends nothing", async () => {
    draw("Empty", []);
    draw("Twin", [{ type: "Gauge" }]);
    draw("Twin", [{ type: "Gauge" }]);
    await start();
    for (const [message, code, words] of [
      [{ dashboardId: "Empty" }, "invalid_input", /"Empty" has no widget/],
      [{ dashboardId: "Nowhere" }, "not_found", /Nowhere/],
      [{ dashboardId: "Twin" }, "ambiguous", /Twin/],
      [{}, "invalid_input", /dashboard/],
    ] as const) {
      const before = bench.at("caught").length;
      bench.node("manage").receive(message);
      const error = errorsOf(await bench.arrived("caught", before + 1)).at(-1);
      assert.equal(error?.code, code);
      assert.match(error.message, words);
    }
    assert.equal(bench.at("out").length, 0);
  });
});
