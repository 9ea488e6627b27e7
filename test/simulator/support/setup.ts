import { once, type EventEmitter } from "node:events";
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import { startBroker, type Broker } from "../../../simulator/broker/broker";
import { noFaults, type Faults } from "../../../simulator/behaviour/faults";
import { nothingObserved, type Observed } from "../../../simulator/behaviour/recorder";
import { Store, type Device, type Thing, type User } from "../../../simulator/store/store";
import { Tokens } from "../../../simulator/store/tokens";

/** A broker with one user, and one thing with a device. */
export interface Setup {
  store: Store;
  tokens: Tokens;
  faults: Faults;
  observed: Observed;
  broker: Broker;
  user: User;
  thing: Thing;
  device: Device & { secret_key: string };
  /** Connects as the user. */
  user1(options?: IClientOptions & { url?: string }): Promise<MqttClient>;
  /** Connects as the device. */
  device1(options?: IClientOptions & { url?: string }): Promise<MqttClient>;
  stop(): Promise<void>;
}

/** What the client's next event of that name brings; an error where none comes. */
export function event(client: MqttClient, name: string): Promise<unknown[]> {
  return once(client as unknown as EventEmitter, name, { signal: AbortSignal.timeout(45_000) });
}

/** The client once it is connected; an error with the CONNACK code or the socket's fault otherwise. */
export async function connected(url: string, options: IClientOptions): Promise<MqttClient> {
  const client = mqtt.connect(url, { reconnectPeriod: 0, connectTimeout: 45_000, ...options });
  const failed = new Promise<never>((_, reject) => {
    client.once("error", reject);
    client.once("close", () => reject(new Error("closed")));
  });
  failed.catch(() => undefined);
  try {
    await Promise.race([event(client, "connect"), failed]);
  } catch (error) {
    client.end(true);
    throw error;
  }
  client.on("error", () => undefined);
  return client;
}

/** Starts everything on free ports. */
export async function setUp(): Promise<Setup> {
  const store = new Store();
  const faults = noFaults();
  const tokens = new Tokens(() => faults.tokenLifetime);
  const observed = nothingObserved();
  const user = store.createUser();
  const scope = { userId: user.id };
  const device = Object.assign(store.createDevice({ name: "Board", secret_key: "SECRET" }, scope), {
    secret_key: "SECRET",
  });
  const thing = store.createThing({ name: "Thing", device_id: device.id, timezone: "Europe/Rome" }, scope);
  store.createProperty(thing.id, { name: "temperature", type: "TEMPERATURE_C" });
  store.createProperty(thing.id, { name: "count", type: "INT" });
  store.createProperty(thing.id, { name: "on", type: "STATUS" });
  store.createProperty(thing.id, { name: "lamp", type: "HOME_COLORED_LIGHT" });
  const broker = await startBroker({ store, tokens, faults, observed });
  const clients: MqttClient[] = [];
  const keep = async (client: Promise<MqttClient>): Promise<MqttClient> => {
    clients.push(await client);
    return client;
  };
  return {
    store,
    tokens,
    faults,
    observed,
    broker,
    user,
    thing,
    device,
    user1: async ({ url = broker.brokerUrl, ...options } = {}) => {
      const { accessToken } = await tokens.mint(scope);
      const clientId = `${user.id}:${clients.length}`;
      return keep(connected(url, { clientId, username: user.id, password: accessToken, ...options }));
    },
    device1: ({ url = broker.deviceBrokerUrl, ...options } = {}) =>
      keep(connected(url, { clientId: device.id, username: device.id, password: device.secret_key, ...options })),
    stop: async () => {
      for (const client of clients) client.end(true);
      await broker.stop();
    },
  };
}

/** The next `count` messages, on whatever topic. */
export async function messages(client: MqttClient, count: number): Promise<{ topic: string; hex: string }[]> {
  const got: { topic: string; hex: string }[] = [];
  while (got.length < count) {
    const [topic, payload] = (await event(client, "message")) as [string, Buffer];
    got.push({ topic, hex: payload.toString("hex") });
  }
  return got;
}

/**
 * Waits for the answer to a packet that says nothing: what the broker sent the client before has arrived by then, and the
 * connection lives.
 */
export async function roundTrip(client: MqttClient): Promise<void> {
  await client.unsubscribeAsync("nothing");
}

/** Gathers messages from now on. */
export function gather(client: MqttClient): { topic: string; hex: string }[] {
  const got: { topic: string; hex: string }[] = [];
  client.on("message", (topic, payload) => got.push({ topic, hex: payload.toString("hex") }));
  return got;
}
