import assert from "node:assert/strict";
import { rejection } from "../../../support/rejection";
import { startAccount, type Account } from "../../../support/desired-account";

const place = { x: 0, y: 0, width: 4, height: 3 };
const house = {
  name: "House",
  pages: [{ name: "Upstairs" }, { name: "Cellar", icon: "cave" }],
  widgets: [
    {
      name: "Temperature",
      type: "Gauge",
      ...place,
      options: { min: 0, max: 40 },
      variables: [{ thing: "Kitchen", variable: "temperature" }],
    },
    { name: "Lamp", type: "Switch", ...place, x: 4, page: "Cellar", variables: ["Kitchen/lamp"] },
    { type: "Sticky Note", ...place, y: 3, options: { text: "Hello" } },
    { type: "Sticky Note", ...place, y: 6, options: { text: "Bye" } },
  ],
};

describe("ensure dashboards", () => {
  let account: Account;
  let ids: Record<string, string>;

  beforeEach(async () => {
    account = await startAccount();
    const properties = [
      { variable_name: "temperature", type: "FLOAT" },
      { variable_name: "lamp", type: "STATUS" },
    ];
    await account.ensure("things", [
      { name: "Kitchen", properties },
      { name: "Shed", properties },
    ]);
    ids = Object.fromEntries(
      [...account.simulator.store.things.values()].flatMap((thing) =>
        thing.properties.map(({ variable_name: variable, id }) => [`${thing.name}/${variable}`, id]),
      ),
    );
    account.writes();
  });
  afterEach(() => account.stop());

  const dashboardOf = (name: string) =>
    [...account.simulator.store.dashboards.values()].find((dashboard) => dashboard.name === name)!;
  const change = (index: number, fields: object) =>
    house.widgets.map((widget, each) => (each === index ? { ...widget, ...fields } : widget));

  it("makes one with pages and widgets, linked by name, and writes nothing the second time", async () => {
    const { plan } = await account.ensure("dashboards", house);
    assert.deepEqual(account.writes(), ["POST /iot/v3/dashboards"]);
    const { id, pages, widgets } = dashboardOf("House");
    assert.deepEqual(
      plan.map((entry) => [entry.action, entry.kind, entry.name, entry.id]),
      [["create", "dashboard", "House", id]],
    );
    assert.deepEqual(
      widgets.map(({ variables }) => variables),
      [[ids["Kitchen/temperature"]], [ids["Kitchen/lamp"]], [], []],
    );
    assert.equal(widgets[1]?.page_id, pages[1]?.id);
    assert.deepEqual(
      pages.map(({ name, position, icon }) => [name, position, icon]),
      [
        ["Upstairs", 0, undefined],
        ["Cellar", 1, "cave"],
      ],
    );
    const second = await account.ensure("dashboards", [house]);
    assert.deepEqual([second.changed, second.plan], [false, []]);
    assert.deepEqual(account.writes(), []);
  });

  const oneField: [what: string, wanted: () => object, changes: object][] = [
    [
      "a link",
      () => ({ widgets: change(0, { variables: ["Shed/temperature"] }) }),
      { "widgets.Temperature.variables": { from: ["Kitchen/temperature"], to: ["Shed/temperature"] } },
    ],
    [
      "an option",
      () => ({ widgets: change(0, { options: { max: 50 } }) }),
      { "widgets.Temperature.options.max": { from: 40, to: 50 } },
    ],
    [
      "one of two alike",
      () => ({ widgets: change(3, { options: { text: "See you" } }) }),
      { "widgets.Sticky Note 2.options.text": { from: "Bye", to: "See you" } },
    ],
    [
      "a page",
      () => ({ pages: [{ name: "Cellar", icon: "stairs" }] }),
      { "pages.Cellar.icon": { from: "cave", to: "stairs" } },
    ],
    ["the cover", () => ({ cover_image: "a.png" }), { cover_image: { from: null, to: "a.png" } }],
  ];
  for (const [what, wanted, changes] of oneField) {
    it(`makes exactly one write where ${what} changes, and keeps the rest`, async () => {
      await account.ensure("dashboards", house);
      const { id, widgets } = dashboardOf("House");
      const before = widgets.map((widget) => widget.id);
      account.writes();
      const next = { name: "House", ...wanted() };
      const { plan } = await account.ensure("dashboards", next);
      assert.deepEqual(account.writes(), [`PATCH /iot/v3/dashboards/${id}`]);
      assert.deepEqual(
        plan.map((entry) => entry.changes),
        [changes],
      );
      assert.deepEqual(
        dashboardOf("House").widgets.map((widget) => widget.id),
        before,
      );
      assert.equal(
        dashboardOf("House").widgets[1]?.page_id,
        dashboardOf("House").pages.find(({ name }) => name === "Cellar")?.id,
      );
      assert.equal((await account.ensure("dashboards", next)).changed, false);
      assert.deepEqual(account.writes(), []);
    });
  }

  it("keeps the options that are not named", async () => {
    await account.ensure("dashboards", house);
    await account.ensure("dashboards", { name: "House", widgets: change(0, { options: { max: 50 } }) });
    assert.deepEqual(dashboardOf("House").widgets[0]?.options, { min: 0, max: 50 });
  });

  it("takes the order of widgets for nothing, also of those that are alike", async () => {
    await account.ensure("dashboards", house);
    const wanted = { name: "House", widgets: [...house.widgets].reverse() };
    assert.deepEqual((await account.ensure("dashboards", wanted)).plan, []);
  });

  it("adds a widget, and removes one only with a confirmed prune", async () => {
    await account.ensure("dashboards", house);
    const wanted = {
      name: "House",
      widgets: [{ name: "New", type: "Value", ...place, options: {}, variables: [ids["Shed/lamp"]] }],
    };
    await account.ensure("dashboards", wanted);
    assert.equal(dashboardOf("House").widgets.length, 5);
    account.writes();
    await rejection(
      account.ensure("dashboards", wanted, { prune: true }),
      "precondition_failed",
      /remove 4: widget "House: Temperature"/,
    );
    assert.deepEqual(account.writes(), []);
    const { plan } = await account.ensure("dashboards", wanted, { prune: true, confirm: 4 });
    assert.equal(plan.length, 4);
    assert.equal(account.writes().length, 1);
    assert.deepEqual(
      dashboardOf("House").widgets.map(({ name }) => name),
      ["New"],
    );
  });

  it("takes what reading a dashboard answers as wanted state", async () => {
    await account.ensure("dashboards", house);
    const { value } = await account.ensure("dashboards", { name: "House" });
    assert.equal((await account.ensure("dashboards", value)).changed, false);
  });

  it("uses version 2 where the base URL has no newer one", async () => {
    account.simulator.faults.rest.push({ match: "/iot/v3/", status: 404, times: Infinity });
    // Undefined fields are as good as absent.
    const wanted = { ...house, pages: undefined, widgets: change(1, { page: undefined }) };
    await account.ensure("dashboards", wanted);
    assert.deepEqual(account.writes(), ["POST /iot/v2/dashboards"]);
    assert.equal((await account.ensure("dashboards", wanted)).changed, false);
    await rejection(
      account.ensure("dashboards", house),
      "invalid_input",
      /item 0 \(dashboard "House"\): pages are wanted/,
    );
  });

  const bad: [what: string, widget: object, code: "invalid_input" | "not_found", says: RegExp][] = [
    [
      "a thing that is not there",
      { variables: ["Kitchn/lamp"] },
      "not_found",
      /^item 0 \(dashboard "X"\), widgets\[0\] \(widget "W"\), variables\[0\]: .*Close names: "Kitchen"/,
    ],
    [
      "a variable that is not there",
      { variables: [{ thing: "Shed", variable: "lamb" }] },
      "not_found",
      /variables\[0\]: .*Close names: "lamp"/,
    ],
    ["a link that is none", { variables: [7] }, "invalid_input", /variables\[0\]: 7 is no link/],
    ["an unknown page", { page: "Attic" }, "invalid_input", /there is no page "Attic"/],
    ["no place", { x: undefined }, "invalid_input", /widgets\[0\]\.x/],
  ];
  for (const [what, widget, code, says] of bad) {
    it(`refuses ${what} before anything is written`, async () => {
      const wanted = { name: "X", widgets: [{ name: "W", type: "Value", options: {}, ...place, ...widget }] };
      await rejection(account.ensure("dashboards", wanted), code, says);
      assert.deepEqual(account.writes(), []);
    });
  }
});
