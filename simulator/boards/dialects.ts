/** How the two kinds of board find their thing and their last values (docs/protocol.md#discovery, #last-values). */
import { decodeCommand, encodeCommand } from "../codec/commands";
import { decodeSenml, encodeSenml, type SenmlReading } from "../codec/senml";
import type { BoardProfile } from "./values";

/** Acts of a dialect on its board's connection. */
export interface DialectPort {
  readonly deviceId: string;
  /** "" = none. */
  readonly thingId: string;
  /** Some variable has no value yet. */
  readonly lacksValues: boolean;
  publish: (topic: string, payload: Uint8Array) => Promise<void>;
  subscribe: (topic: string, qos: 0 | 1) => Promise<void>;
  unsubscribe: (topic: string) => Promise<void>;
  /** The cloud said which thing the board belongs to ("" = none). */
  associate: (thingId: string) => Promise<void>;
  /** The cloud's last values are here; `[]` where the board did not ask. */
  synchronize: (readings: SenmlReading[]) => Promise<void>;
}

/** One kind of board. */
export interface Dialect {
  /** QoS of its values. */
  readonly qos: 0 | 1;
  /** Seconds. */
  readonly keepalive: number;
  /** Accepted writes are reported back (docs/protocol.md#boards). */
  readonly echo: boolean;
  /** Wait before reconnecting, in milliseconds (docs/protocol.md#connections). */
  readonly reconnect: { first: number; factor: number; most: number };
  /** Milliseconds until it asks again: for its thing (doubling), without or with the answer "none"; for last values. */
  readonly askAgain: { thing: number; unattached: number; values: number };
  /** Sends the first packets on a new connection. */
  begin(port: DialectPort): Promise<void>;
  /** Asks (again) for the thing. */
  askThing(port: DialectPort): Promise<void>;
  /** Asks for the last values of its thing. */
  askValues(port: DialectPort): Promise<void>;
  /** Takes a message that is not a write. Throws on bytes it does not understand. */
  take(port: DialectPort, topic: string, payload: Uint8Array): Promise<void>;
}

const cpp: Dialect = {
  qos: 0,
  keepalive: 30,
  echo: true,
  reconnect: { first: 2000, factor: 2, most: 32_000 },
  askAgain: { thing: 4000, unattached: 80_000, values: 30_000 },
  async begin(port) {
    await port.subscribe(`/a/d/${port.deviceId}/c/dw`, 0);
    await cpp.askThing(port);
  },
  async askThing({ deviceId, publish }) {
    const up = `/a/d/${deviceId}/c/up`;
    await publish(up, encodeCommand("DeviceBegin", ["2.9.3"]));
    await publish(up, encodeCommand("DeviceNetConfig", [1, "house"]));
    await publish(up, encodeCommand("ThingBegin", [""]));
  },
  askValues: ({ deviceId, publish }) => publish(`/a/d/${deviceId}/c/up`, encodeCommand("LastValuesBegin")),
  async take(port, topic, payload) {
    if (!topic.endsWith("/c/dw")) return;
    const { name, parameters } = decodeCommand(payload);
    if (name === "ThingUpdate") await port.associate(String(parameters[0]));
    if (name === "ThingDetach" && parameters[0] === port.thingId) await port.associate("");
    if (name === "LastValuesUpdate") await port.synchronize(decodeSenml(parameters[0] as Uint8Array));
  },
};

const python: Dialect = {
  qos: 1,
  keepalive: 10,
  echo: false,
  reconnect: { first: 1000, factor: 1.2, most: 5000 },
  askAgain: { thing: 4000, unattached: 80_000, values: 30_000 },
  async begin(port) {
    await port.publish(`/a/d/${port.deviceId}/c/up`, encodeCommand("DeviceBegin", ["1.4.1-sync"]));
    await port.subscribe(`/a/d/${port.deviceId}/e/i`, 1);
  },
  async askThing(port) {
    await port.unsubscribe(`/a/d/${port.deviceId}/e/i`);
    await port.subscribe(`/a/d/${port.deviceId}/e/i`, 1);
  },
  async askValues({ thingId, lacksValues, publish, subscribe, synchronize }) {
    if (!lacksValues) {
      await synchronize([]);
      return;
    }
    await subscribe(`/a/t/${thingId}/shadow/i`, 1);
    const request = { variable: "r", value: { m: "getLastValues" } };
    await publish(`/a/t/${thingId}/shadow/o`, encodeSenml([request], "python"));
  },
  async take(port, topic, payload) {
    const readings = decodeSenml(payload, { wholeFloats: true });
    if (topic.endsWith("/shadow/i")) await port.synchronize(readings);
    if (!topic.startsWith("/a/d/")) return;
    const thingId = readings.find(({ variable }) => variable === "thing_id")?.value;
    if (typeof thingId === "string") await port.associate(thingId);
  },
};

export const dialects: Readonly<Record<BoardProfile, Dialect>> = { cpp, python };
