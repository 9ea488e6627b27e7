import { randomBytes, randomUUID } from "node:crypto";
import type { PropertyFields, Scope } from "../store/models";
import type { Store } from "../store/store";

export type HouseKind = "weather" | "light" | "door" | "tank";

/** One thing of the house and what its board needs to connect. */
export interface HouseBoard {
  kind: HouseKind;
  /** The dialect its board speaks. */
  profile: "cpp" | "python";
  thingId: string;
  deviceId: string;
  secretKey: string;
}

export type House = HouseBoard[];

interface Plan {
  kind: HouseKind;
  name: string;
  board: string;
  profile: HouseBoard["profile"];
  properties: PropertyFields[];
}

const readOnly = (name: string, variable_name: string, type: string): PropertyFields => ({
  name,
  variable_name,
  type,
  permission: "READ_ONLY",
});

const readWrite = (name: string, variable_name: string, type: string): PropertyFields => ({
  name,
  variable_name,
  type,
  permission: "READ_WRITE",
});

const plans: readonly Plan[] = [
  {
    kind: "weather",
    name: "Weather station",
    board: "Roof board",
    profile: "python",
    properties: [
      readOnly("Temperature", "temperature", "TEMPERATURE_C"),
      readOnly("Humidity", "humidity", "PERCENTAGE_RELATIVE_HUMIDITY"),
      readOnly("Pressure", "pressure", "PRESSURE"),
      readOnly("Location", "location", "LOCATION"),
      readOnly("Condition", "condition", "CHARSTRING"),
      readOnly("Rain", "rain", "STATUS"),
      readWrite("Reporting interval", "interval", "INT"),
    ],
  },
  {
    kind: "light",
    name: "Living room light",
    board: "Light board",
    profile: "cpp",
    properties: [
      readWrite("Light", "light", "HOME_COLORED_LIGHT"),
      readWrite("Desk lamp", "desk_lamp", "HOME_DIMMED_LIGHT"),
    ],
  },
  {
    kind: "door",
    name: "Front door",
    board: "Door board",
    profile: "cpp",
    properties: [
      readOnly("Door", "door", "HOME_CONTACT_SENSOR"),
      readWrite("Lock", "lock", "HOME_SWITCH"),
      readOnly("Times opened", "open_count", "COUNT"),
      readOnly("Last opened", "last_opened", "TIME"),
    ],
  },
  {
    kind: "tank",
    name: "Water tank",
    board: "Tank board",
    profile: "cpp",
    properties: [
      readOnly("Level", "level", "PERCENTAGE"),
      readWrite("Pump", "pump", "STATUS"),
      readWrite("Watering", "schedule", "SCHEDULE"),
    ],
  },
];

interface HouseOptions {
  /** The owner of the house; the store's first user by default. */
  scope?: Scope;
  /** Returns the id of a thing, variable or board by its place, as "Water tank/level"; any id by default. */
  idOf?: (place: string) => string;
}

/**
 * Puts a small house into the store: a weather station, a light, a door and a tank, each with its device.
 * @returns what `startBoards` needs
 */
export function seedHouse(store: Store, options: HouseOptions = {}): House {
  const { scope = firstUser(store), idOf = () => randomUUID() } = options;
  return plans.map(({ kind, name, board, profile, properties }) => {
    const secretKey = randomBytes(16).toString("hex");
    const device = store.createDevice({ id: idOf(board), name: board, secret_key: secretKey }, scope);
    const place = { device_id: device.id, timezone: "Europe/Rome" };
    const thing = store.createThing({ id: idOf(name), name, ...place }, scope);
    for (const property of properties) {
      store.createProperty(thing.id, { id: idOf(`${name}/${String(property.variable_name)}`), ...property });
    }
    return { kind, profile, thingId: thing.id, deviceId: device.id, secretKey };
  });
}

function firstUser(store: Store): Scope {
  const [user] = store.users;
  if (!user) throw new Error("A house needs an owner, but the store has no user.");
  return { userId: user.id };
}
