import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { startSimulator, type Simulator } from "../../simulator";
import { arduinoClient, refused, request, tokenOf, type ArduinoClient, type Model } from "./support/arduino-client";

const variable = (variable_name: string, type: string): object => ({
  ...{ name: variable_name, variable_name, type, permission: "READ_WRITE", update_strategy: "ON_CHANGE" },
});

const [owner, guest] = [randomUUID(), randomUUID()];

const email = (more: object = {}): object => ({
  name: "Mail",
  kind: "NOTIFY-EMAIL",
  email: {
    subject: { expression: "Door" },
    body: { expression: "It is {{state}}" },
    delivery: { to: [{ id: owner }], cc: [{ id: guest }] },
  },
  ...more,
});

const push = (more: object = {}): object => ({
  name: "Push",
  kind: "NOTIFY-PUSH",
  push_notification: {
    title: { expression: "Door" },
    body: { expression: "Open" },
    delivery: { to: [{ id: owner }, { id: guest }] },
  },
  ...more,
});

/** What the API said, without the classes of Arduino's client. */
const plain = (model: unknown): Model => JSON.parse(JSON.stringify(model)) as Model;
const idsOf = (models: unknown): string[] => (models as Model[]).map(({ id }) => id);

describe("simulator REST: triggers and actions", () => {
  let simulator: Simulator;
  let client: ArduinoClient;
  let device: Model;
  let thing: Model;
  let door: string;
  let level: string;

  before(async () => {
    simulator = await startSimulator({ faults: { requestsPerSecond: null } });
    client = await arduinoClient(simulator);
  });
  after(() => simulator.stop());
  beforeEach(async () => {
    simulator.store.triggers.clear();
    simulator.store.actions.clear();
    device = await client.devices.devicesV2Create({ type: "giga" });
    const properties = [variable("door", "HOME_CONTACT_SENSOR"), variable("level", "FLOAT")];
    thing = await client.things.thingsV2Create({ name: "Front door", device_id: device.id, properties });
    door = thing.properties[0]!.id;
    level = thing.properties[1]!.id;
  });

  it("creates with actions, reads with what is linked, and tells the variable", async () => {
    const { triggers } = client;
    const made = await triggers.triggersV1Create({
      name: "Door opens",
      description: "d",
      property_id: door,
      actions: [email(), push()],
    });
    assert.deepEqual([made.name, made.active, made.property_id], ["Door opens", true, door]);
    assert.deepEqual(
      (made.actions as Model[]).map(({ kind, trigger_id: trigger }) => [kind, trigger]),
      [
        ["NOTIFY-EMAIL", made.id],
        ["NOTIFY-PUSH", made.id],
      ],
    );
    const shown = plain(await triggers.triggersV1Show(made.id));
    const linked = shown.linked_property as { property: Model; status: string };
    assert.deepEqual([linked.property.id, linked.status, linked.property.linked_to_trigger], [door, "OK", true]);
    assert.equal((await client.properties.propertiesV2Show(thing.id, door)).linked_to_trigger, true);
    assert.equal((await client.properties.propertiesV2Show(thing.id, level)).linked_to_trigger, false);
  });

  it("shows what is wrong with the linked variable", async () => {
    const { triggers } = client;
    const status = async (id: string): Promise<unknown> =>
      (plain(await triggers.triggersV1Show(id)).linked_property as Model | undefined)?.status;
    const wrong = await triggers.triggersV1Create({ name: "Wrong", property_id: level });
    assert.equal(await status(wrong.id), "WRONG_TYPE");
    const right = await triggers.triggersV1Create({ name: "Right", property_id: door });
    await client.properties.propertiesV2Delete(thing.id, door);
    assert.equal(await status(right.id), "DELETED");
    await client.properties.propertiesV2Delete(thing.id, door, { force: true });
    assert.equal(await status(right.id), undefined);
  });

  it("watches devices, the listed or all others", async () => {
    const { triggers } = client;
    const source = { criteria: "INCLUDE", device_ids: [device.id], grace_period_offline: 60 };
    const listed = await triggers.triggersV1Create({ name: "In", device_status_source: source });
    const others = await triggers.triggersV1Create({
      name: "Ex",
      device_status_source: { ...source, criteria: "EXCLUDE" },
    });
    const ofVariable = await triggers.triggersV1Create({ name: "Var", property_id: door });
    const shown = plain(await triggers.triggersV1Show(listed.id)).device_status_source as Record<string, unknown>;
    assert.deepEqual([shown.criteria, shown.grace_period_offline, shown.device_ids], ["INCLUDE", 60, undefined]);
    const [link] = shown.linked_devices as { device: Model; status: string }[];
    assert.deepEqual([link?.device.id, link?.status], [device.id, "OK"]);
    const ids = async (options: Record<string, unknown>): Promise<string[]> =>
      idsOf(await triggers.triggersV1List(options));
    assert.deepEqual(await ids({}), [listed.id, others.id, ofVariable.id]);
    assert.deepEqual(await ids({ deviceId: device.id }), [listed.id]);
    assert.deepEqual(await ids({ propertyId: door }), [ofVariable.id]);
    assert.deepEqual(await ids({ sourceType: "DEVICE_EXCLUDE" }), [others.id]);
    assert.deepEqual(await ids({ sourceType: "PROPERTY" }), [ofVariable.id]);
    await refused(triggers.triggersV1List({ deviceId: device.id, propertyId: door }), 400);
    await client.devices.devicesV2Delete(device.id);
    const { linked_devices: after } = plain(await triggers.triggersV1Show(listed.id)).device_status_source as Model;
    assert.equal((after as Model[])[0]?.status, "DELETED");
  });

  it("updates, hides, restores and removes with the actions", async () => {
    const { triggers } = client;
    const { id } = await triggers.triggersV1Create({ name: "One", property_id: door, actions: [email()] });
    const patched = await triggers.triggersV1Patch(id, { active: false });
    assert.deepEqual([patched.name, patched.active, (patched.actions as Model[]).length], ["One", false, 1]);
    const source = { criteria: "EXCLUDE" };
    const updated = await triggers.triggersV1Update(id, {
      name: "Two",
      device_status_source: source,
      actions: [push()],
    });
    assert.deepEqual([updated.name, updated.property_id], ["Two", undefined]);
    assert.deepEqual(
      (await triggers.actionsV1List()).map(({ name }) => name),
      ["Push"],
    );
    await triggers.triggersV1Delete(id);
    assert.match(await refused(triggers.triggersV1Show(id), 404), /not_found/);
    assert.equal(await refused(triggers.triggersV1Delete(id), 404), "");
    assert.equal((await triggers.triggersV1List()).length, 0);
    assert.ok((await triggers.triggersV1List({ showDeleted: true }))[0]?.deleted_at);
    await triggers.triggersV1Patch(id, { soft_deleted: false });
    assert.equal((await triggers.triggersV1List()).length, 1);
    await triggers.triggersV1Delete(id, { force: true });
    await refused(triggers.triggersV1Patch(id, { soft_deleted: false }), 404);
    assert.equal((await triggers.actionsV1List()).length, 0);
  });

  it("exports a template with names instead of ids", async () => {
    const { triggers } = client;
    const state = { entity: "PROPERTY", attribute: "VALUE", placeholder: "state", id: door };
    const body = { expression: "It is {{state}}", variables: [state] };
    const { email: content } = email() as { email: object };
    const { id } = await triggers.triggersV1Create({
      name: "Door opens",
      property_id: door,
      actions: [email({ email: { ...content, body } })],
    });
    const template = plain(await triggers.triggersV1Template(id));
    assert.deepEqual([template.id, template.name, template.active], ["door-opens", "Door opens", true]);
    const names = { thing_id: "front-door", property_id: "door" };
    assert.deepEqual(template.linked_property, names);
    const [action] = template.actions as { id?: string; email: { body: { variables: object[] } } }[];
    const { entity, attribute, placeholder } = state;
    assert.equal(action?.id, undefined);
    assert.deepEqual(action?.email.body.variables, [{ entity, attribute, placeholder, ...names }]);
    const source = { criteria: "INCLUDE", device_ids: [device.id] };
    const other = await triggers.triggersV1Create({ name: "Offline", device_status_source: source });
    const { criteria, linked_devices: devices } = plain(await triggers.triggersV1Template(other.id));
    assert.deepEqual([criteria, devices], ["INCLUDE", [{ thing_id: "front-door" }]]);
  });

  it("creates, reads, updates and deletes actions", async () => {
    const { triggers } = client;
    const { id: trigger } = await triggers.triggersV1Create({ name: "T", property_id: door });
    const made = await triggers.actionsV1Create(email({ trigger_id: trigger }));
    assert.deepEqual(idsOf((await triggers.triggersV1Show(trigger)).actions), [made.id]);
    const { email: content } = plain(await triggers.actionsV1Show(made.id));
    assert.deepEqual(content, (email() as { email: object }).email);
    assert.equal((await triggers.actionsV1Update(made.id, { name: "Renamed" })).name, "Renamed");
    assert.equal((await triggers.actionsV1List())[0]?.name, "Renamed");
    await triggers.actionsV1Delete(made.id);
    assert.match(await refused(triggers.actionsV1Show(made.id), 404), /not_found/);
    assert.equal(await refused(triggers.actionsV1Delete(made.id), 404), "");
    assert.equal(await refused(triggers.actionsV1Create(email({ trigger_id: randomUUID() })), 404), "");
  });

  it("takes recipients off, and what nobody gets any more", async () => {
    const { triggers } = client;
    const token = await tokenOf(simulator);
    const trigger = await triggers.triggersV1Create({ name: "T", property_id: door, actions: [email(), push()] });
    const [mail, message] = idsOf(trigger.actions) as [string, string];
    const send = async (method: string, path: string, recipients: string[]): Promise<[number, string]> => {
      const { status, text } = await request(simulator, method, `/iot/v1${path}`, { token, body: { recipients } });
      return [status, text];
    };
    assert.deepEqual(await send("POST", `/triggers/${trigger.id}/unsubscribe`, [guest]), [200, ""]);
    const deliveries = async (): Promise<unknown[]> =>
      (plain(await triggers.triggersV1Show(trigger.id)).actions as Model[]).map(
        (action) => ((action.email ?? action.push_notification) as { delivery: unknown } | undefined)?.delivery,
      );
    assert.deepEqual(await deliveries(), [{ to: [{ id: owner }], cc: [] }, { to: [{ id: owner }] }]);
    const [status, text] = await send("PUT", `/actions/${message}/unsubscribe`, [owner]);
    assert.equal(status, 200);
    assert.equal((JSON.parse(text) as Model).push_notification, undefined);
    assert.deepEqual((await deliveries())[1], undefined);
    assert.equal((await send("PUT", `/actions/${randomUUID()}/unsubscribe`, []))[0], 404);
    assert.equal((await send("PUT", `/actions/${mail}/unsubscribe`, ["me"]))[0], 400);
  });

  it("refuses bad fields with 400 that names them", async () => {
    const { triggers } = client;
    const source = { criteria: "INCLUDE", device_ids: [device.id] };
    const cases: [object, RegExp][] = [
      [{ property_id: door }, /name/],
      [{ name: "", property_id: door }, /name/],
      [{ name: "x".repeat(257), property_id: door }, /name/],
      [{ name: "a" }, /property_id/],
      [{ name: "a", property_id: door, device_status_source: source }, /exclude/],
      [{ name: "a", device_status_source: { ...source, criteria: "SOME" } }, /criteria/],
      [{ name: "a", device_status_source: { ...source, grace_period_online: 1_209_601 } }, /grace_period_online/],
      [{ name: "a", property_id: door, actions: [{ name: "b", kind: "NOTIFY-EMAIL" }] }, /email/],
      [{ name: "a", property_id: door, actions: [push({ kind: "NOTIFY-SMS" })] }, /actions\[0\]\.kind/],
    ];
    for (const [body, text] of cases) assert.match(await refused(triggers.triggersV1Create(body), 400), text);
    const long = { expression: "x".repeat(101) };
    const { push_notification: content } = push() as { push_notification: object };
    for (const bad of [{ title: long }, { delivery: { to: [] } }, { body: { expression: "x".repeat(1001) } }]) {
      const action = push({ push_notification: { ...content, ...bad } });
      assert.match(await refused(triggers.actionsV1Create(action), 400), /push_notification/);
    }
    const unknown = { name: "a", property_id: randomUUID() };
    assert.equal(await refused(triggers.triggersV1Create(unknown), 404), "");
    const stranger = { name: "a", device_status_source: { ...source, device_ids: [randomUUID()] } };
    assert.equal(await refused(triggers.triggersV1Create(stranger), 404), "");
  });

  it("answers 412, or 403 when so chosen, for more than the plan allows", async () => {
    const { triggers } = client;
    Object.assign(simulator.choices, { planLimits: { triggers: 1, actions: 0 } });
    await triggers.triggersV1Create({ name: "One", property_id: door });
    const two = { name: "Two", property_id: door };
    assert.match(await refused(triggers.triggersV1Create(two), 412), /precondition_failed.*plan allows 1 triggers/);
    await refused(triggers.actionsV1Create(email()), 412);
    simulator.choices.planLimitStatus = 403;
    await refused(triggers.triggersV1Create(two), 403);
    Object.assign(simulator.choices, { planLimits: {}, planLimitStatus: 412 });
  });
});
