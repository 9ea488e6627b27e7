import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { startSimulator, type Simulator } from "../../simulator";
import { arduinoClient, refused, request, tokenOf, type ArduinoClient, type Model } from "./support/arduino-client";

interface Widget {
  id: string;
  page_id?: string;
  variables: Record<string, unknown>[];
  has_unlinked_variable: boolean;
}

const variable = (variable_name: string): object => ({
  name: `The ${variable_name}`,
  variable_name,
  type: "FLOAT",
  permission: "READ_WRITE",
  update_strategy: "ON_CHANGE",
});

const widget = (variables: string[], more: object = {}): { id: string } => ({
  ...{ id: randomUUID(), type: "Value", options: { showLabels: true }, x: 0, y: 0, width: 4, height: 3 },
  ...{ variables, name: "Widget", x_mobile: 1 },
  ...more,
});

const widgetsOf = (dashboard: unknown): Widget[] => (dashboard as { widgets: Widget[] }).widgets;

describe("simulator REST: dashboards", () => {
  let simulator: Simulator;
  let client: ArduinoClient;
  let token: string;
  let thing: Model;
  let temperature: string;

  before(async () => {
    simulator = await startSimulator({ faults: { requestsPerSecond: null } });
    client = await arduinoClient(simulator);
    token = await tokenOf(simulator);
  });
  after(() => simulator.stop());
  beforeEach(async () => {
    const properties = [variable("temperature"), variable("humidity")];
    thing = await client.things.thingsV2Create({ name: "Old house", timezone: "Europe/Rome", properties });
    temperature = thing.properties[0]!.id;
  });

  /** A version 3 operation; Arduino's client for JavaScript lacks them. */
  async function v3(method: string, path = "", body?: object): Promise<{ status: number; body: Model }> {
    const { status, text } = await request(simulator, method, `/iot/v3/dashboards${path}`, { token, body });
    return { status, body: (text === "" ? undefined : JSON.parse(text)) as Model };
  }

  it("creates, reads and resolves the variables", async () => {
    simulator.store.record(thing.id, "temperature", 21.5, Date.parse("2026-01-01T00:00:00Z"));
    const wanted = widget([temperature]);
    const made = await client.dashboards.dashboardsV2Create({ name: "Home", widgets: [wanted] });
    assert.equal((made.created_by as Model).user_id, simulator.userId);
    assert.equal((made.created_by as Model).username, simulator.store.users[0]!.username);
    const [shown] = widgetsOf(await client.dashboards.dashboardsV2Show(made.id));
    assert.equal(shown?.id, wanted.id);
    assert.equal(shown.has_unlinked_variable, false);
    const { thing_timezone: timezone, ...linked } = shown.variables[0]!;
    assert.deepEqual(JSON.parse(JSON.stringify(linked)), {
      id: temperature,
      name: "The temperature",
      permission: "READ_WRITE",
      type: "FLOAT",
      variable_name: "temperature",
      thing_id: thing.id,
      thing_name: "Old house",
      last_value: 21.5,
      last_value_updated_at: "2026-01-01T00:00:00.000Z",
    });
    assert.equal((timezone as Model).name, "Europe/Rome");
    await client.properties.propertiesV2Delete(thing.id, temperature);
    const [unlinked] = widgetsOf(await client.dashboards.dashboardsV2Show(made.id));
    assert.deepEqual([unlinked?.variables, unlinked?.has_unlinked_variable], [[], true]);
  });

  it("updates in part and in full", async () => {
    const { dashboards } = client;
    const cover = { cover_image: "data:image/png;base64,AA==" };
    const { id } = await dashboards.dashboardsV2Create({ name: "One", widgets: [widget([])], ...cover });
    const patched = await dashboards.dashboardsV2Patch(id, { name: "Two" });
    assert.deepEqual([patched.name, patched.cover_image, widgetsOf(patched).length], ["Two", cover.cover_image, 1]);
    const replaced = await dashboards.dashboardsV2Update(id, { name: "Three" });
    assert.deepEqual([replaced.name, replaced.cover_image, widgetsOf(replaced)], ["Three", undefined, []]);
  });

  it("filters the list by name, thing and owner", async () => {
    const { dashboards } = client;
    const linked = await dashboards.dashboardsV2Create({ name: "Linked", widgets: [widget([temperature])] });
    const plain = await dashboards.dashboardsV2Create({ name: "Plain" });
    const ids = async (options: Record<string, unknown>): Promise<string[]> =>
      (await dashboards.dashboardsV2List(options)).map(({ id }) => id);
    assert.deepEqual(await ids({ name: "Plain" }), [plain.id]);
    assert.ok((await ids({ userId: simulator.userId })).includes(plain.id));
    assert.deepEqual(await ids({ userId: randomUUID() }), []);
    const ofThing = (await v3("GET", `?thing_id=${thing.id}`)).body as unknown as Model[];
    assert.deepEqual(
      ofThing.map(({ id }) => id),
      [linked.id],
    );
  });

  it("hides, restores and removes, version 3 through version 2", async () => {
    const { dashboards } = client;
    const { id } = (await v3("POST", "", { name: "Gone" })).body;
    await dashboards.dashboardsV2Delete(id);
    assert.deepEqual(await v3("GET", `/${id}`), { status: 404, body: undefined });
    assert.equal(await refused(dashboards.dashboardsV2Patch(id, { name: "x" }), 404), "");
    assert.equal((await dashboards.dashboardsV2List({ name: "Gone" })).length, 0);
    assert.equal((await dashboards.dashboardsV2Patch(id, { soft_deleted: false })).name, "Gone");
    await dashboards.dashboardsV2Delete(id, { force: true });
    await refused(dashboards.dashboardsV2Patch(id, { soft_deleted: false }), 404);
  });

  it("keeps pages in version 3, which version 2 does not show and does not break", async () => {
    const page = { id: randomUUID(), name: "Attic", position: 1, icon: "house" };
    const wanted = widget([temperature], { page_id: page.id });
    const made = await v3("POST", "", { name: "Pages", pages: [page], widgets: [wanted, widget([])] });
    assert.equal(made.status, 201);
    assert.deepEqual(made.body.pages, [page]);
    assert.deepEqual(
      widgetsOf(made.body).map((each) => each.page_id),
      [page.id, "0"],
    );
    const { id } = made.body;
    const old = await client.dashboards.dashboardsV2Update(id, { name: "Pages", widgets: [wanted] });
    assert.deepEqual([old.pages, widgetsOf(old)[0]?.page_id], [undefined, undefined]);
    const { body } = await v3("GET", `/${id}`);
    assert.deepEqual([body.pages, widgetsOf(body)[0]?.page_id], [[page], page.id]);
    assert.equal((await v3("PATCH", `/${id}`, { pages: [] })).status, 400);
    assert.equal((await v3("PATCH", `/${id}`, { name: "Renamed" })).body.name, "Renamed");
    assert.deepEqual((await v3("PUT", `/${id}`, { name: "Empty" })).body.pages, []);
  });

  it("clones, and points to other things by variable name", async () => {
    const other = await client.things.thingsV2Create({ name: "New house", properties: [variable("temperature")] });
    const page = { id: randomUUID(), name: "Attic", position: 1 };
    const widgets = [
      widget([temperature, thing.properties[1]!.id], { page_id: page.id }),
      widget([thing.properties[1]!.id]),
    ];
    const { id } = (await v3("POST", "", { name: "Two things", pages: [page], widgets })).body;
    const overrides = [{ old_thing_id: thing.id, new_thing_id: other.id }];
    const copy = (await v3("PUT", `/${id}/clone`, { overrides })).body;
    const [first, second] = widgetsOf(copy);
    assert.notEqual(copy.id, id);
    assert.notEqual(first?.id, widgets[0]?.id);
    assert.equal(first?.page_id, (copy.pages as { id: string }[])[0]?.id);
    assert.deepEqual(
      first?.variables.map((each) => each.id),
      [other.properties[0]!.id],
    );
    assert.deepEqual(second?.variables, []);
    const same = await client.dashboards.dashboardsV2Clone(id, {});
    assert.equal(widgetsOf(same)[0]?.variables.length, 2);
    const unknown = { overrides: [{ old_thing_id: thing.id, new_thing_id: randomUUID() }] };
    await refused(client.dashboards.dashboardsV2Clone(id, unknown), 400);
  });

  it("exports templates with names instead of ids", async () => {
    const { id } = await client.dashboards.dashboardsV2Create({ name: "My home", widgets: [widget([temperature])] });
    const template = await client.dashboards.dashboardsV2Template(id);
    assert.deepEqual([template.id, template.name, template.pages], ["my-home", "My home", undefined]);
    const { thing_timezone: timezone, ...link } = widgetsOf(template)[0]!.variables[0]!;
    assert.ok(timezone);
    assert.deepEqual(
      { ...link },
      {
        name: "The temperature",
        permission: "READ_WRITE",
        type: "FLOAT",
        thing_id: "old-house",
        variable_id: "temperature",
      },
    );
    assert.deepEqual((await v3("GET", `/${id}/template`)).body.pages, []);
  });

  it("links a widget to other variables", async () => {
    const { dashboards } = client;
    const wanted = widget([temperature]);
    const { id } = await dashboards.dashboardsV2Create({ name: "Links", widgets: [wanted] });
    const humidity = thing.properties[1]!.id;
    const answer = await dashboards.dashboardsV2Link(id, wanted.id, { variables: [humidity] });
    assert.deepEqual(answer.variables, [humidity]);
    const linked = async (): Promise<unknown[]> =>
      widgetsOf(await dashboards.dashboardsV2Show(id))[0]!.variables.map((each) => each.id);
    assert.deepEqual(await linked(), [humidity]);
    await dashboards.dashboardsV2Link(id, wanted.id, { variables: [] });
    assert.deepEqual(await linked(), []);
    assert.equal(await refused(dashboards.dashboardsV2Link(id, randomUUID(), { variables: [] }), 404), "");
    await refused(dashboards.dashboardsV2Link(id, wanted.id, { variables: [randomUUID()] }), 400);
  });

  it("shares for reading, on request", async () => {
    const { dashboards } = client;
    const guest = simulator.store.createUser({ username: "guest" });
    const theirs = (await arduinoClient({ ...simulator, ...guest })).dashboards;
    const { id } = await dashboards.dashboardsV2Create({ name: "Shared", widgets: [widget([temperature])] });
    await refused(theirs.dashboardsV2Show(id), 404);
    await theirs.dashboardsV2RequestAccess(id, { message: "please" });
    assert.deepEqual(simulator.store.dashboards.get(id)?.requests, [{ user_id: guest.id, message: "please" }]);
    await dashboards.dashboardsV2Share(id, { username: "guest" });
    assert.deepEqual(simulator.store.dashboards.get(id)?.requests, []);
    const share = { user_id: guest.id, username: "guest" };
    assert.equal(JSON.stringify(await dashboards.dashboardsV2ListShares(id)), JSON.stringify([share]));
    assert.equal(JSON.stringify((await dashboards.dashboardsV2Show(id)).shared_with), JSON.stringify([share]));
    const seen = await theirs.dashboardsV2Show(id);
    assert.equal((seen.shared_by as Model).user_id, simulator.userId);
    assert.equal(widgetsOf(seen)[0]?.variables.length, 1);
    assert.equal((await theirs.dashboardsV2List())[0]?.id, id);
    assert.match(await refused(theirs.dashboardsV2Patch(id, { name: "mine" }), 403), /forbidden/);
    await refused(theirs.dashboardsV2RequestAccess(id, {}), 400);
    await dashboards.dashboardsV2DeleteShare(id, guest.id);
    await refused(theirs.dashboardsV2Show(id), 404);
    assert.equal(await refused(dashboards.dashboardsV2DeleteShare(id, guest.id), 404), "");
    await dashboards.dashboardsV2Share(id, { users: [{ user_id: guest.id }] });
    await theirs.dashboardsV2Show(id);
    for (const bad of [{}, { username: "nobody" }, { user_id: simulator.userId }, { users: [{}] }]) {
      await refused(dashboards.dashboardsV2Share(id, bad), 400);
    }
  });

  it("refuses bad fields with 400 that names them", async () => {
    const wanted = widget([]);
    const page = { id: randomUUID(), name: "p", position: 1 };
    const cases: [object, RegExp][] = [
      [{}, /name/],
      [{ name: "🏠" }, /body\.name/],
      [{ name: "x".repeat(65) }, /body\.name/],
      [{ name: "a", cover_image: "x".repeat(1025) }, /cover_image/],
      [{ name: "a", widgets: [{ ...wanted, width: 1.5 }] }, /widgets\[0\]\.width/],
      [{ name: "a", widgets: [{ ...wanted, id: "1" }] }, /widgets\[0\]\.id/],
      [{ name: "a", widgets: [{ ...wanted, options: [] }] }, /widgets\[0\]\.options/],
      [{ name: "a", widgets: [wanted, wanted] }, /twice/],
      [{ name: "a", widgets: [widget([randomUUID()])] }, /property .* not found/],
      [{ name: "a", widgets: [widget([], { page_id: page.id })] }, /unknown page/],
      [{ name: "a", pages: Array.from({ length: 31 }, () => ({ ...page, id: randomUUID() })) }, /body\.pages/],
    ];
    for (const [body, text] of cases) {
      const answer = await v3("POST", "", body);
      assert.equal(answer.status, 400);
      assert.match(String(answer.body.detail), text);
    }
    assert.equal(await refused(client.dashboards.dashboardsV2Show(randomUUID()), 404), "");
  });
});
