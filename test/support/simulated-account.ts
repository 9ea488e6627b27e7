import mqtt, { type MqttClient } from "mqtt";
import { type Board, type BoardOptions, connectBoard } from "../../simulator/boards/board";
import { decodeSenml, type SenmlReading } from "../../simulator/codec/senml";
import type { ObservedRequest } from "../../simulator/behaviour/recorder";
import { type Simulator, type SimulatorOptions, startSimulator } from "../../simulator";
import { stopLater } from "./stop";

/** A simulated cloud with one thing, its device, and whatever variables a spec names. */
export interface House {
  simulator: Simulator;
  thingId: string;
  deviceId: string;
  secretKey: string;
  /** Property ids by variable name. */
  propertyIds: Record<string, string>;
  /** The settings of an account of this cloud, as the account node takes them. */
  account: {
    clientId: string;
    clientSecret: string;
    organization: string;
    baseUrl: string;
    audience: string;
    brokerUrl: string;
    deviceBrokerUrl: string;
    requestsPerSecond: number;
    messagesPerSecond: number;
  };
  /** Connects the thing's board. */
  board(options?: Partial<BoardOptions>): Promise<Board>;
  /** Connects a bare MQTT client as the device, for bytes of one's own. */
  device(): Promise<MqttClient>;
  /** What has been written to the thing so far, oldest first, whether or not its board was there to see it. */
  writes(): Pick<SenmlReading, "variable" | "value">[];
  /** Adds another thing without a device; gives its id. */
  addThing(name: string, variables: Record<string, string>): string;
  stop(): Promise<void>;
}

export const usualVariables: Record<string, string> = {
  temperature: "FLOAT",
  counter: "INT",
  relay: "STATUS",
  message: "CHARSTRING",
  lamp: "HOME_COLORED_LIGHT",
  sensor: "TEMPERATURE",
};

/** Starts a house, which ends with the test or file. Variables are READ_WRITE, except those named in `readOnly`. */
export async function startHouse(
  options: { variables?: Record<string, string>; readOnly?: string[]; simulator?: SimulatorOptions } = {},
): Promise<House> {
  const variables = options.variables ?? usualVariables;
  const simulator = await startSimulator(options.simulator);
  // The account's own pace is what most specs are about; the service's limit has specs of its own.
  simulator.faults.requestsPerSecond = null;
  const scope = { userId: simulator.userId };
  const secretKey = "a secret key";
  const device = simulator.store.createDevice({ name: "Board", secret_key: secretKey }, scope);
  const addThing = (name: string, types: Record<string, string>, deviceId?: string): string => {
    const fields = deviceId === undefined ? { name } : { name, device_id: deviceId };
    const { id } = simulator.store.createThing(fields, scope);
    for (const [variable, type] of Object.entries(types)) {
      const permission = options.readOnly?.includes(variable) ? "READ_ONLY" : "READ_WRITE";
      simulator.store.createProperty(id, { name: variable, variable_name: variable, type, permission });
    }
    return id;
  };
  const thingId = addThing("House", variables, device.id);
  const boards: Board[] = [];
  const clients: MqttClient[] = [];
  const properties = simulator.store.things.get(thingId)?.properties ?? [];
  return {
    simulator,
    thingId,
    deviceId: device.id,
    secretKey,
    propertyIds: Object.fromEntries(properties.map(({ variable_name, id }) => [variable_name, id])),
    account: {
      clientId: simulator.clientId,
      clientSecret: simulator.clientSecret,
      organization: "",
      baseUrl: simulator.restUrl,
      audience: "",
      brokerUrl: simulator.brokerUrl,
      deviceBrokerUrl: simulator.deviceBrokerUrl,
      requestsPerSecond: 10,
      messagesPerSecond: 25,
    },
    board: async (more) => {
      const board = await connectBoard({
        url: simulator.deviceBrokerUrl,
        deviceId: device.id,
        secretKey,
        variables,
        reconnectMs: 100,
        ...more,
      });
      boards.push(board);
      return board;
    },
    device: async () => {
      const client = await mqtt.connectAsync(simulator.deviceBrokerUrl, {
        clientId: device.id,
        username: device.id,
        password: secretKey,
        protocolVersion: 4,
        reconnectPeriod: 0,
      });
      clients.push(client);
      return client;
    },
    writes: () =>
      simulator.observed.publishes
        .filter(({ topic }) => topic === `/a/t/${thingId}/e/i`)
        .flatMap(({ payload }) => decodeSenml(payload).map(({ variable, value }) => ({ variable, value }))),
    addThing: (name, types) => addThing(name, types),
    stop: stopLater(async () => {
      await Promise.all(boards.map((board) => board.close()));
      for (const client of clients) client.end(true);
      await simulator.stop();
    }),
  };
}

/**
 * Returns what lists the requests of those accounts that have asked already, without those of their successors. What they
 * had under way has come by then.
 */
export async function presentRequests({ simulator }: Pick<House, "simulator">): Promise<() => ObservedRequest[]> {
  const { requests } = simulator.observed;
  // What was sent before this is read before it.
  await fetch(simulator.restUrl);
  const tokens = new Set(requests.flatMap(({ headers }) => headers.authorization ?? []));
  return () => requests.filter(({ headers }) => tokens.has(String(headers.authorization)));
}

/** A dashboard's write, over REST. */
export async function dashboardWrites(
  house: Pick<House, "simulator" | "thingId" | "propertyIds">,
  variable: string,
  value: unknown,
): Promise<void> {
  const { accessToken } = await house.simulator.tokens.mint({ userId: house.simulator.userId });
  const path = `/iot/v2/things/${house.thingId}/properties/${house.propertyIds[variable]}/publish`;
  const { status } = await fetch(house.simulator.restUrl + path, {
    method: "PUT",
    headers: { "content-type": "application/json", authorization: `Bearer ${accessToken}` },
    body: JSON.stringify({ value }),
  });
  if (status !== 200) throw new Error(`The write of ${variable} was answered with ${status}.`);
}
