/** What asks the service: plain requests and connections, so that everything it does can be seen. */
import { setTimeout as sleep } from "node:timers/promises";
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";

/** Milliseconds between two looks for what comes late. */
const lookMs = 20;

/** The account that is asked, and how. */
export interface ProbeSettings {
  clientId: string;
  clientSecret: string;
  /** A shared space; blank for the account's own. */
  organization: string;
  baseUrl: string;
  brokerUrl: string;
  /** Where devices with a key connect. */
  deviceBrokerUrl: string;
  /** Where TLS is spoken: by the API and the broker for users, by that for devices with a key, and by that for certificates. */
  tls: { open: readonly string[]; keys: string; certificates: string };
  /** Milliseconds between two requests: a free plan takes one a second. */
  gapMs: number;
  /** How long is waited for what comes late, in milliseconds. */
  patienceMs: number;
  signal: AbortSignal;
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** Undefined where the answer is no JSON. */
  json: unknown;
}

export interface GivenToken {
  answer: Answer;
  value: string;
  /** Seconds. */
  expiresIn: number;
  userId: string;
}

/** A token, and until when it is used, in milliseconds since 1970. */
interface CloudProbeToken extends GivenToken {
  until: number;
}

/** A connection to the broker, and all that came over it. */
export interface Connection {
  client: MqttClient;
  received: { topic: string; payload: Buffer; qos: number }[];
  isClosed(): boolean;
}

/** Asks the service as one account. */
export class CloudProbe {
  readonly settings: ProbeSettings;
  #token: CloudProbeToken | undefined;
  readonly #clients: MqttClient[] = [];
  #nextAt = 0;

  constructor(settings: ProbeSettings) {
    this.settings = settings;
  }

  /** Asks for a new token. */
  async askToken(
    audience = "https://api2.arduino.cc/iot",
    organization = this.settings.organization,
  ): Promise<GivenToken> {
    const { clientId, clientSecret, baseUrl } = this.settings;
    const form = new URLSearchParams({
      ...{ grant_type: "client_credentials", client_id: clientId, client_secret: clientSecret, audience },
      ...(organization !== "" && { organization_id: organization }),
    });
    const answer = await this.#fetch(`${baseUrl}/iot/v1/clients/token`, { method: "POST", body: form });
    const { access_token: value = "", expires_in: expiresIn = 0 } = fieldsOf(answer.json) as {
      access_token?: string;
      expires_in?: number;
    };
    return { answer, value, expiresIn, userId: userOf(value) };
  }

  /** Returns a token that lives for a while yet. */
  async token(): Promise<GivenToken> {
    if (this.#token === undefined || Date.now() > this.#token.until) {
      const token = await this.askToken();
      if (token.value === "") throw new Error(`The token was refused (${token.answer.status}): check the key.`);
      this.#token = { ...token, until: Date.now() + token.expiresIn * 700 };
    }
    return this.#token;
  }

  /** Sends a request of the API, at the pace that a free plan takes. */
  async call(
    method: string,
    path: string,
    body?: unknown,
    { gapMs = this.settings.gapMs, token }: { gapMs?: number; token?: GivenToken } = {},
  ): Promise<Answer> {
    const { baseUrl, organization, signal } = this.settings;
    const { value } = token ?? (await this.token());
    const waitMs = Math.max(0, this.#nextAt - Date.now());
    this.#nextAt = Date.now() + waitMs + gapMs;
    await sleep(waitMs, undefined, { signal });
    return this.#fetch(`${baseUrl}/iot${path}`, {
      method,
      headers: {
        authorization: `Bearer ${value}`,
        ...(organization !== "" && { "x-organization": organization }),
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  /**
   * Waits until `look` finds something; undefined where it does not in time. Looks are counted, not the clock asked: what came
   * while the computer did something else is found.
   */
  async wait<T>(
    look: () => T | undefined | Promise<T | undefined>,
    timeoutMs = this.settings.patienceMs,
  ): Promise<T | undefined> {
    for (let waitedMs = 0; ; waitedMs += lookMs) {
      const found = await look();
      if (found !== undefined || waitedMs > timeoutMs) return found;
      await sleep(lookMs, undefined, { signal: this.settings.signal });
    }
  }

  /** Opens a connection to the broker as a user. */
  async connect(token?: GivenToken): Promise<Connection> {
    const { value, userId } = token ?? (await this.token());
    const clientId = `${userId}:check-${Date.now()}-${this.#clients.length}`;
    return this.#connect(this.settings.brokerUrl, { clientId, username: userId, password: value });
  }

  /** Opens a connection to the broker as a device with a key. */
  connectDevice(id: string, key: string): Promise<Connection> {
    return this.#connect(this.settings.deviceBrokerUrl, { clientId: id, username: id, password: key });
  }

  /** Ends all connections. */
  close(): void {
    for (const client of this.#clients) client.end(true);
  }

  async #connect(url: string, login: Pick<IClientOptions, "clientId" | "username" | "password">): Promise<Connection> {
    const options: IClientOptions = { ...login, protocolVersion: 4, keepalive: 10, reconnectPeriod: 0 };
    const client = await mqtt.connectAsync(url, options);
    this.#clients.push(client);
    const received: Connection["received"] = [];
    let isClosed = false;
    client.on("message", (topic, payload, { qos }) => received.push({ topic, payload, qos }));
    client.on("close", () => (isClosed = true)).on("error", () => undefined);
    return { client, received, isClosed: () => isClosed };
  }

  async #fetch(url: string, options: RequestInit): Promise<Answer> {
    const response = await fetch(url, { ...options, redirect: "manual", signal: this.settings.signal });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: parsed(text) };
  }
}

/** Returns the fields of what may be an object. */
export function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Returns the user's id in a token; blank where there is none. */
function userOf(token: string): string {
  const claims = fieldsOf(parsed(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()));
  const id = claims["http://arduino.cc/id"];
  return typeof id === "string" ? id : "";
}
