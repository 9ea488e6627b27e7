import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { startSimulator, type Simulator } from "../../simulator";
import type { Template } from "../../simulator/store/templates";
import { arduinoClient, refused, type ArduinoClient, type Model } from "./support/arduino-client";

const variable = (variable_name: string, type: string): object => ({
  ...{ name: `The ${variable_name}`, variable_name, type, permission: "READ_WRITE" },
  ...{ update_strategy: "TIMED", update_parameter: 30 },
});

/** What the API said, without the classes of Arduino's client. */
const plain = (model: unknown): Model => JSON.parse(JSON.stringify(model)) as Model;

describe("simulator REST: templates and sketches", () => {
  let simulator: Simulator;
  let client: ArduinoClient;
  let thing: Model;
  let device: Model;

  before(async () => {
    simulator = await startSimulator({ faults: { requestsPerSecond: null } });
    client = await arduinoClient(simulator);
    device = await client.devices.devicesV2Create({ type: "giga", fqbn: "arduino:mbed_giga:giga" });
    thing = await client.things.thingsV2Create({
      name: "Pump house",
      timezone: "Europe/Rome",
      device_id: device.id,
      tags: [{ key: "floor", value: "0" }],
      properties: [variable("pump", "STATUS"), variable("level", "FLOAT")],
    });
  });
  after(() => simulator.stop());

  it("exports a thing with names instead of ids", async () => {
    const template = plain(await client.things.thingsV2Template(thing.id));
    const rest = { permission: "READ_WRITE", update_strategy: "TIMED", update_parameter: 30 };
    assert.deepEqual(template, {
      id: "pump-house",
      name: "Pump house",
      timezone: "Europe/Rome",
      tags: [{ key: "floor", value: "0" }],
      device_metadata: { name: "giga", fqbn: "arduino:mbed_giga:giga" },
      variables: [
        { id: "the-pump", name: "The pump", variable_name: "pump", type: "STATUS", ...rest },
        { id: "the-level", name: "The level", variable_name: "level", type: "FLOAT", ...rest },
      ],
    });
    assert.equal(await refused(client.things.thingsV2Template(randomUUID()), 404), "");
  });

  it("builds Arduino's own template", async () => {
    const { things, dashboards, triggers } = plain(
      await client.templates.templatesApply({ template_name: "remote-controlled-lights", prefix_name: "Attic" }),
    ) as unknown as { things: Model[]; dashboards: string[]; triggers: string[] };
    assert.deepEqual([things.length, dashboards.length, triggers.length], [1, 1, 0]);
    const made = await client.things.thingsV2Show(things[0]!.id);
    assert.deepEqual([made.name, made.properties.length], ["Attic Remote controlled lights", 2]);
    assert.equal(made.sketch_id, things[0]!.sketch_id);
    const { widgets } = await client.dashboards.dashboardsV2Show(dashboards[0]!);
    assert.deepEqual(
      (widgets as { variables: Model[] }[]).map(({ variables }) => variables[0]?.id),
      made.properties.map(({ id }) => id),
    );
  });

  it("builds a copy of what was exported, linked among itself", async () => {
    const pump = thing.properties[0]!.id;
    const widget = { id: randomUUID(), type: "Switch", options: {}, x: 0, y: 0, width: 1, height: 1 };
    const dashboard = await client.dashboards.dashboardsV2Create({
      name: "Pumps",
      widgets: [{ ...widget, variables: [pump] }],
    });
    const text = { expression: "{{x}}" };
    const state = { entity: "PROPERTY", attribute: "VALUE", placeholder: "x", id: pump };
    const content = { title: { ...text, variables: [state] }, body: text, delivery: { to: [{ id: randomUUID() }] } };
    const trigger = await client.triggers.triggersV1Create({
      name: "Pump runs",
      property_id: pump,
      actions: [{ name: "Push", kind: "NOTIFY-PUSH", push_notification: content }],
    });
    const offline = await client.triggers.triggersV1Create({
      name: "Offline",
      device_status_source: { criteria: "INCLUDE", device_ids: [device.id], grace_period_offline: 30 },
    });
    const template = {
      things: [await client.things.thingsV2Template(thing.id)],
      dashboards: [await client.dashboards.dashboardsV2Template(dashboard.id)],
      triggers: [
        await client.triggers.triggersV1Template(trigger.id),
        await client.triggers.triggersV1Template(offline.id),
      ],
    };
    simulator.store.templates.set("pumps", plain(template) as unknown as Template);
    const free = await client.devices.devicesV2Create({ type: "giga" });
    const made = plain(
      await client.templates.templatesApply({
        template_name: "",
        custom_template_id: "pumps",
        things_options: { "pump-house": { device_id: free.id, secrets: { SECRET_SSID: "net" } } },
      }),
    ) as unknown as { things: Model[]; dashboards: string[]; triggers: string[] };
    const copy = await client.things.thingsV2Show(made.things[0]!.id);
    const copied = copy.properties[0]!.id;
    assert.notEqual(copied, pump);
    assert.match(copied, /^[0-9a-f-]{36}$/);
    assert.deepEqual([copy.device_id, made.things[0]!.device_id, copy.tags], [free.id, free.id, { floor: "0" }]);
    const { widgets } = await client.dashboards.dashboardsV2Show(made.dashboards[0]!);
    assert.equal((widgets as { variables: Model[] }[])[0]?.variables[0]?.id, copied);
    const [runs, goes] = await client.triggers.triggersV1List().then((all) => made.triggers.map((id) => find(all, id)));
    assert.equal(runs?.property_id, copied);
    const [action] = plain(runs).actions as { push_notification: { title: { variables: object[] } } }[];
    assert.deepEqual(action?.push_notification.title.variables, [{ ...state, id: copied }]);
    assert.deepEqual(plain(goes).device_status_source, {
      criteria: "INCLUDE",
      device_ids: [free.id],
      grace_period_offline: 30,
    });
  });

  const find = (all: Model[], id: string): Model | undefined => all.find((each) => each.id === id);

  it("builds nothing where something is wrong", async () => {
    const before = simulator.store.things.size;
    const name = { template_name: "remote-controlled-lights" };
    const { templates } = client;
    assert.match(await refused(templates.templatesApply({ template_name: "nothing" }), 404), /not_found/);
    await refused(templates.templatesApply({}), 400);
    await refused(templates.templatesApply({ ...name, prefix_name: "x".repeat(46) }), 400);
    await refused(templates.templatesApply({ ...name, prefix_name: "a/b" }), 400);
    await refused(templates.templatesApply({ ...name, things_options: { garage: {} } }), 400);
    const using = (id: string): object => ({ ...name, things_options: { lights: { device_id: id } } });
    assert.match(await refused(templates.templatesApply(using(device.id)), 409), /already bound/);
    assert.match(await refused(templates.templatesApply(using(randomUUID())), 404), /device not found/);
    simulator.choices.planLimits = { things: before };
    await refused(templates.templatesApply(name), 400);
    await refused(client.things.thingsV2Create({ name: "one more" }), 412);
    await refused(client.things.thingsV2Clone(thing.id, { name: "copy" }), 403);
    simulator.choices.planLimits = { properties: 1 };
    await refused(client.properties.propertiesV2Create(thing.id, variable("more", "INT")), 412);
    simulator.choices.planLimits = {};
    assert.equal(simulator.store.things.size, before);
  });

  it("makes, renews and deletes a sketch", async () => {
    const { things } = client;
    const made = await things.thingsV2CreateSketch(thing.id, { sketch_version: "v2" });
    const sketch = String(made.sketch_id);
    assert.match(await refused(things.thingsV2CreateSketch(thing.id, {}), 412), /precondition_failed/);
    assert.equal((await things.thingsV2UpdateSketch(thing.id, sketch)).sketch_id, sketch);
    assert.equal((await things.thingsV2Template(thing.id)).sketch_template, sketch);
    assert.match(await refused(things.thingsV2UpdateSketch(thing.id, randomUUID()), 404), /not_found/);
    assert.equal((await things.thingsV2DeleteSketch(thing.id)).sketch_id, undefined);
    assert.equal(await refused(things.thingsV2DeleteSketch(thing.id), 404), "");
    await refused(things.thingsV2CreateSketch(thing.id, { sketch_version: "v9" }), 400);
  });
});
