import assert from "node:assert/strict";
import { cloneDashboard, createFromTemplate } from "../../../../cloud/desired-state/index";
import { operation } from "../../../../cloud/rest/index";
import { rejection } from "../../../support/rejection";
import { startAccount, type Account } from "../../../support/desired-account";

const place = { x: 0, y: 0, width: 4, height: 3 };
const properties = [
  { variable_name: "level", name: "Water level", type: "FLOAT", permission: "READ_ONLY", min_value: 0 },
  { variable_name: "pump", type: "STATUS" },
];
const tank = { name: "Tank", timezone: "Europe/Rome", tags: { kind: "tank" }, properties };
const board = {
  name: "Tanks",
  pages: [{ name: "Details" }],
  widgets: [
    { name: "Level", type: "Gauge", ...place, options: { max: 9 }, variables: ["Tank/level"] },
    {
      name: "Both",
      type: "Chart",
      ...place,
      y: 3,
      page: "Details",
      options: {},
      variables: ["Tank/pump", "Well/pump"],
    },
  ],
};

describe("templates and clones", () => {
  let account: Account;
  beforeEach(async () => {
    account = await startAccount();
    await account.ensure("things", [tank, { name: "Well", properties }]);
  });
  afterEach(() => account.stop());

  const names = () => [...account.simulator.store.things.values()].map(({ name }) => name);
  const thingOf = (name: string) => [...account.simulator.store.things.values()].find((thing) => thing.name === name)!;
  const dashboardOf = (name: string) =>
    [...account.simulator.store.dashboards.values()].find((dashboard) => dashboard.name === name)!;
  /** What each widget of a dashboard shows, as `Thing/variable`. */
  const shown = (name: string) =>
    dashboardOf(name).widgets.map(({ variables }) =>
      variables.map((id) => {
        const { thing, property } = account.simulator.store.propertyById(id)!;
        return `${thing.name}/${property.variable_name}`;
      }),
    );

  describe("of a thing", () => {
    it("may be a thing, and make a fleet with names and devices from a list", async () => {
      const { rest, simulator } = account;
      for (const name of ["Board 1", "Board 2"]) simulator.store.createDevice({ name }, { userId: simulator.userId });
      await account.ensure("things", { name: "Tank", device: "Board 1" });
      const path = { id: thingOf("Tank").id };
      const template = (await rest.client.call(operation("things_v2#show"), { path })).body;
      account.writes();
      const copies = [
        { name: "Tank 1", device: "Board 2", tags: { place: "north" } },
        { name: "Tank 2", device: "", timezone: "Asia/Tokyo" },
        { name: 3 },
      ];
      const { changed, value } = await createFromTemplate({ rest, kind: "things", template, copies });
      assert.deepEqual([changed, (value as unknown[]).length], [true, 3]);
      assert.equal(account.writes().length, 3);
      assert.deepEqual(names(), ["Tank", "Well", "Tank 1", "Tank 2", "3"]);
      assert.deepEqual(thingOf("Tank 1").tags, { kind: "tank", place: "north" });
      assert.equal(simulator.store.deviceOfThing(thingOf("Tank 1").id)?.name, "Board 2");
      assert.deepEqual([thingOf("Tank 2").timezone, thingOf("3").timezone], ["Asia/Tokyo", "Europe/Rome"]);
      const [level] = thingOf("3").properties;
      assert.deepEqual([level?.name, level?.permission, level?.min_value], ["Water level", "READ_ONLY", 0]);
      assert.equal((await createFromTemplate({ rest, kind: "things", template, copies })).changed, false);
      assert.deepEqual(account.writes(), []);
    });

    it("may be what the API exports", async () => {
      const { rest } = account;
      const template = {
        id: "tank",
        name: "Tank",
        timezone: "Europe/Rome",
        tags: [{ key: "kind", value: "tank" }],
        device_metadata: { name: "mkr1000" },
        variables: [
          {
            id: "level",
            name: "Level",
            variable_name: "level",
            type: "FLOAT",
            permission: "READ_ONLY",
            update_strategy: "ON_CHANGE",
          },
        ],
      };
      await createFromTemplate({ rest, kind: "things", template, copies: [{ name: "New", tags: { a: "b" } }] });
      assert.deepEqual(thingOf("New").tags, { kind: "tank", a: "b" });
      assert.equal(thingOf("New").properties[0]?.name, "Level");
    });

    it("name the copy that is wrong", async () => {
      const { rest } = account;
      const make = (template: unknown, copies: unknown) =>
        createFromTemplate({ rest, kind: "things", template, copies });
      account.writes();
      await rejection(make(tank, [{ name: "A" }, { device: "x" }]), "invalid_input", /^copy 1: name is missing/);
      await rejection(make(tank, [{ name: "A" }, null]), "invalid_input", /^copy 1: it is no object/);
      await rejection(make(tank, { name: "A" }), "invalid_input", /no list/);
      await rejection(make("Tank", [{ name: "A" }]), "invalid_input", /^The template: it is no object/);
      await rejection(
        make(tank, [{ name: "A", devise: "x" }]),
        "invalid_input",
        /item 0 \(thing "A"\).*"devise".*"device"/,
      );
      assert.deepEqual(account.writes(), []);
    });
  });

  describe("of a dashboard", () => {
    beforeEach(() => account.ensure("dashboards", board));

    it("may be a dashboard, and make copies that show other things", async () => {
      const { rest } = account;
      const path = { id: dashboardOf("Tanks").id };
      const template = (await rest.client.call(operation("dashboards_v3#show"), { path })).body;
      const copies = [{ name: "Wells", things: { Tank: "Well" } }, { name: "More tanks" }];
      await createFromTemplate({ rest, kind: "dashboards", template, copies });
      assert.deepEqual(shown("Wells"), [["Well/level"], ["Well/pump", "Well/pump"]]);
      assert.deepEqual(shown("More tanks"), [["Tank/level"], ["Tank/pump", "Well/pump"]]);
      assert.equal(dashboardOf("Wells").widgets[1]?.page_id, dashboardOf("Wells").pages[0]?.id);
      assert.notEqual(dashboardOf("Wells").pages[0]?.id, dashboardOf("Tanks").pages[0]?.id);
      const unknown = createFromTemplate({
        rest,
        kind: "dashboards",
        template,
        copies: [{ name: "X", things: { Tonk: "Well" } }],
      });
      await rejection(unknown, "invalid_input", /^copy 0: no widget shows the thing "Tonk"/);
    });

    it("may be what the API exports, with a map from its thing ids", async () => {
      const { rest } = account;
      const widget = {
        type: "Gauge",
        ...place,
        options: {},
        page_id: "0",
        variables: [{ name: "Water level", thing_id: "tank", variable_id: "level" }],
      };
      const template = { id: "tanks", name: "Tanks", widgets: [widget] };
      await createFromTemplate({
        rest,
        kind: "dashboards",
        template,
        copies: [{ name: "New", things: { tank: "Well" } }],
      });
      assert.deepEqual(shown("New"), [["Well/level"]]);
    });

    it("are not needed for a clone", async () => {
      const { rest } = account;
      account.writes();
      const copy = await cloneDashboard({
        rest,
        dashboard: "Tanks",
        name: "Copy",
        things: { [thingOf("Tank").id]: "Well" },
      });
      assert.deepEqual(account.writes(), ["POST /iot/v3/dashboards"]);
      assert.equal((copy as { id: string }).id, dashboardOf("Copy").id);
      assert.deepEqual(shown("Copy"), [["Well/level"], ["Well/pump", "Well/pump"]]);
      assert.deepEqual(shown("Tanks"), [["Tank/level"], ["Tank/pump", "Well/pump"]]);
      const before = new Set(dashboardOf("Tanks").widgets.map(({ id }) => id));
      assert.equal(
        dashboardOf("Copy").widgets.some(({ id }) => before.has(id)),
        false,
      );
      await cloneDashboard({ rest, dashboard: dashboardOf("Tanks").id });
      assert.deepEqual(shown("Tanks copy"), shown("Tanks"));
    });

    it("are not cloned into nothing", async () => {
      const { rest } = account;
      await account.ensure("things", { name: "Empty" });
      account.writes();
      const clone = (fields: object) => cloneDashboard({ rest, dashboard: "Tanks", ...fields });
      await rejection(clone({ name: "Tanks" }), "conflict", /Give another name/);
      await rejection(clone({ things: { Tank: "Empty" } }), "not_found", /widgets\[0\].*no variable "level"/);
      await rejection(clone({ things: { Tank: "Nowhere" } }), "not_found", /no thing.*"Nowhere"/);
      await rejection(clone({ things: { Other: "Well" } }), "invalid_input", /shows the thing "Other"/);
      await rejection(clone({ things: "Well" }), "invalid_input", /things is no map/);
      await rejection(clone({ dashboard: "None" }), "not_found", /no dashboard/);
      assert.deepEqual(account.writes(), []);
    });
  });
});
