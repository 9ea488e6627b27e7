import mqtt, { type MqttClient } from "mqtt";
import { floatParts } from "../store/property-types";
import { decodeSenml, type SenmlReading, type SenmlValue } from "../codec/senml";
import { dialects, type Dialect, type DialectPort } from "./dialects";
import { PythonVariables } from "./python-variables";
import { BoardCrash, entryOf, pack, takeWrite, type BoardProfile } from "./values";

/** A variable of a board: its type as the REST API names it, and its value at start. */
export interface BoardVariable {
  type: string;
  /** Without one the board takes the cloud's last value. */
  value?: SenmlValue;
  /** The script of a Python board gives that value as floats, `21.0`, even where it is whole. */
  float?: boolean;
}

export interface BoardOptions {
  /** `mqtt://…` or `ws://…/mqtt`, of any broker that speaks the protocol. */
  url: string;
  deviceId: string;
  secretKey: string;
  /** `cpp` by default. */
  profile?: BoardProfile;
  /** By variable name; a text is the type. */
  variables: Record<string, BoardVariable | string>;
  /** Reports accepted writes back; by default as the profile does (C++ yes, Python no). */
  echo?: boolean;
  /** Decides about each write; by default all that fit the type are accepted. */
  accept?: (write: BoardWrite) => boolean;
  /** First wait before reconnecting, in milliseconds; by default as the profile does. */
  reconnectMs?: number;
  /** First wait before asking the cloud again, in milliseconds; by default as the profile does. */
  askAgainMs?: number;
}

/** A value that the cloud wrote to the board. */
interface BoardWrite {
  variable: string;
  value: SenmlValue;
}

/** A simulated board. It knows a broker's URL, its id and its key, and speaks to nothing but that broker. */
export interface Board {
  readonly deviceId: string;
  /** The thing that the cloud named; "" = none. */
  readonly thingId: string;
  /** Connected, and told which thing it belongs to. */
  readonly ready: boolean;
  readonly values: Readonly<Record<string, SenmlValue>>;
  /** Seconds that the cloud's local time is ahead of UTC; 0 until it told. */
  readonly timezoneOffset: number;
  /** All writes so far that the board accepted, oldest first. */
  readonly writes: readonly BoardWrite[];
  /** Sets values and reports them; while offline they wait, the newest of each variable, until the board is back. */
  report(values: Record<string, SenmlValue>): Promise<void>;
  /** Publishes raw bytes on the output topic of its thing. */
  publish(payload: Uint8Array): Promise<void>;
  /** Calls back for each accepted write, before it is echoed; returns the function that stops it. */
  onWrite(callback: (write: BoardWrite) => void): () => void;
  /** Destroys the socket; the board reconnects as boards do. */
  drop(): void;
  /** Disconnects for good. */
  close(): Promise<void>;
}

/** Milliseconds that `connectBoard` waits for the board to be ready. */
const readyTimeoutMs = 30_000;

/**
 * Connects a board and waits until it knows its thing and the cloud's last values.
 * @throws Error when that takes more than 30 seconds, or at once when the broker refuses the first CONNECT
 */
export async function connectBoard(options: BoardOptions): Promise<Board> {
  const board = new MqttBoard(options);
  try {
    await board.start();
  } catch (error) {
    await board.close();
    throw error;
  }
  return board;
}

/** Returns the board, connecting in the background for as long as it takes. */
export function runBoard(options: BoardOptions): Board {
  const board = new MqttBoard(options);
  board.start().catch(() => undefined);
  return board;
}

class MqttBoard implements Board {
  readonly #options: BoardOptions;
  readonly deviceId: string;
  readonly values: Record<string, SenmlValue> = {};
  readonly writes: BoardWrite[] = [];
  thingId = "";
  ready = false;
  timezoneOffset = 0;
  readonly #profile: BoardProfile;
  readonly #dialect: Dialect;
  readonly #types: Record<string, string> = {};
  /** Absent on a C++ board. */
  readonly #python: PythonVariables | undefined;
  readonly #callbacks = new Set<(write: BoardWrite) => void>();
  readonly #waiting = new Set<string>();
  #client: MqttClient | undefined;
  #synchronized = false;
  #closed = false;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #settle: (error?: Error) => void = () => undefined;

  constructor(options: BoardOptions) {
    this.#options = options;
    this.deviceId = options.deviceId;
    this.#profile = options.profile ?? "cpp";
    this.#dialect = dialects[this.#profile];
    this.#python = this.#profile === "python" ? new PythonVariables() : undefined;
    for (const [name, variable] of Object.entries(options.variables)) {
      const { type, value, float } = typeof variable === "string" ? { type: variable } : variable;
      this.#types[name] = type;
      if (value === undefined) continue;
      this.values[name] = value;
      this.#python?.set(name, value, float ? floatParts(type) : new Set());
      this.#waiting.add(name);
    }
  }

  /** Resolves once the board is ready; rejects when its first connection fails. */
  start(): Promise<void> {
    this.#connect();
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`Board ${this.deviceId} was not ready in time.`)), readyTimeoutMs);
      this.#settle = (error) => {
        clearTimeout(late);
        if (error) reject(error);
        else resolve();
      };
    });
  }

  async report(values: Record<string, SenmlValue>): Promise<void> {
    for (const [name, value] of Object.entries(values)) {
      const type = this.#types[name];
      if (type === undefined) throw new Error(`Board ${this.deviceId} has no variable ${name}.`);
      this.values[name] = value;
      this.#python?.set(name, value, floatParts(type));
      this.#waiting.add(name);
    }
    await this.#flush();
  }

  async publish(payload: Uint8Array): Promise<void> {
    await this.#send(`/a/t/${this.thingId}/e/o`, payload);
  }

  onWrite(callback: (write: BoardWrite) => void): () => void {
    this.#callbacks.add(callback);
    return () => this.#callbacks.delete(callback);
  }

  drop(): void {
    this.#client?.stream.destroy();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#settle(new Error(`Board ${this.deviceId} was closed.`));
    await this.#client?.endAsync(!this.#client.connected);
  }

  #connect(): void {
    const { url, deviceId, secretKey } = this.#options;
    const client = mqtt.connect(url, {
      clientId: deviceId,
      username: deviceId,
      password: secretKey,
      keepalive: this.#dialect.keepalive,
      reconnectPeriod: 0,
      queueQoSZero: false,
    });
    this.#client = client;
    client.on("connect", () => this.#attempt(() => this.#dialect.begin(this.#port)));
    client.on("connect", () => this.#askAgain(this.#options.askAgainMs ?? this.#dialect.askAgain.thing));
    client.on("message", (topic, payload) => this.#attempt(() => this.#take(topic, payload)));
    client.on("error", (error) => this.#settle(error));
    client.on("close", () => this.#lost());
  }

  #lost(): void {
    this.ready = false;
    this.thingId = "";
    clearTimeout(this.#timer);
    if (this.#closed) return;
    const { factor, most, first: usual } = this.#dialect.reconnect;
    const first = this.#options.reconnectMs ?? usual;
    const wait = Math.min(first * factor ** this.#failures, (most * first) / usual);
    this.#failures += 1;
    this.#timer = setTimeout(() => this.#connect(), wait);
  }

  /** Runs a step of the conversation. What a board can't cope with ends the connection, as it does on boards. */
  #attempt(step: () => Promise<void>): void {
    step().catch((error: unknown) => {
      // C++ ignores bytes that it does not understand; Python dies of them and starts again (docs/protocol.md#boards).
      if (this.#profile === "python" || error instanceof BoardCrash) this.drop();
    });
  }

  #askAgain(wait: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#attempt(() => this.#dialect.askThing(this.#port));
      this.#askAgain(wait * 2);
    }, wait);
  }

  #askValuesAgain(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#attempt(() => this.#dialect.askValues(this.#port));
      this.#askValuesAgain();
    }, this.#options.askAgainMs ?? this.#dialect.askAgain.values);
  }

  get #port(): DialectPort {
    return {
      deviceId: this.deviceId,
      thingId: this.thingId,
      lacksValues: !this.#synchronized && Object.keys(this.#types).some((name) => this.values[name] === undefined),
      publish: (topic, payload) => this.#send(topic, payload),
      subscribe: (topic, qos) => this.#subscribe(topic, qos),
      unsubscribe: (topic) => this.#unsubscribe(topic),
      associate: (thingId) => this.#associate(thingId),
      synchronize: (readings) => this.#synchronize(readings),
    };
  }

  async #send(topic: string, payload: Uint8Array): Promise<void> {
    await this.#client?.publishAsync(topic, Buffer.from(payload), { qos: this.#dialect.qos });
  }

  async #subscribe(topic: string, qos: 0 | 1): Promise<void> {
    await this.#client?.subscribeAsync(topic, { qos });
  }

  async #unsubscribe(topic: string): Promise<void> {
    await this.#client?.unsubscribeAsync(topic);
  }

  async #associate(thingId: string): Promise<void> {
    if (thingId === this.thingId && thingId !== "") return;
    const before = this.thingId;
    this.ready = false;
    this.thingId = thingId;
    if (before !== "") await this.#unsubscribe(`/a/t/${before}/e/i`);
    if (thingId === "") {
      this.#askAgain(this.#dialect.askAgain.unattached);
      this.#settle();
      return;
    }
    this.#askValuesAgain();
    await this.#subscribe(`/a/t/${thingId}/e/i`, 0);
    await this.#dialect.askValues(this.#port);
  }

  /** Takes the cloud's values for variables that have none, then reports what is due. */
  async #synchronize(readings: SenmlReading[]): Promise<void> {
    clearTimeout(this.#timer);
    for (const reading of readings) {
      const { variable, value } = reading;
      if (variable === "tz_offset") this.timezoneOffset = Number(value);
      if (this.values[variable] !== undefined) continue;
      const taken = this.#taken(reading);
      if (taken !== undefined) this.values[variable] = taken;
    }
    this.#synchronized = true;
    this.#failures = 0;
    this.ready = true;
    await this.#flush();
    this.#settle();
  }

  async #take(topic: string, payload: Buffer): Promise<void> {
    if (topic !== `/a/t/${this.thingId}/e/i`) {
      await this.#dialect.take(this.#port, topic, payload);
      return;
    }
    const echoed: Record<string, SenmlValue> = {};
    for (const reading of decodeSenml(payload, { wholeFloats: this.#python !== undefined })) {
      const { variable } = reading;
      const value = this.#taken(reading);
      if (value === undefined || this.#options.accept?.({ variable, value }) === false) continue;
      this.values[variable] = value;
      this.writes.push({ variable, value });
      for (const callback of this.#callbacks) callback({ variable, value });
      echoed[variable] = this.values[variable];
    }
    if (this.#options.echo ?? this.#dialect.echo) await this.report(echoed);
  }

  /** Returns what a variable holds after the cloud's value for it; undefined where the board has no use for that. */
  #taken(reading: SenmlReading): SenmlValue | undefined {
    const { variable, value } = reading;
    const type = this.#types[variable];
    if (type === undefined) return undefined;
    const present = this.values[variable];
    return this.#python === undefined ? takeWrite(type, present, value) : this.#python.take(type, present, reading);
  }

  /** Sends what waits. */
  async #flush(): Promise<void> {
    if (!this.ready) return;
    const names = [...this.#waiting];
    this.#waiting.clear();
    const entries = names.flatMap((name) => {
      const value = this.values[name];
      if (value === undefined) return [];
      const entry = entryOf(name, this.#types[name] ?? "", value);
      return [this.#python === undefined ? entry : { ...entry, float: this.#python.floats(name) }];
    });
    const messages = pack(entries, this.#profile);
    try {
      await Promise.all(messages.map((message) => this.publish(message)));
    } catch {
      for (const name of names) this.#waiting.add(name);
    }
  }
}
