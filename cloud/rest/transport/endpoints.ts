import { CloudError } from "../../core/errors";

/** Where an account's services are. */
export interface Endpoints {
  /**
   * REST base without a trailing slash; paths such as `/iot/v2/things` are put behind it (docs/protocol.md#addresses).
   */
  baseUrl: string;
  /** Where tokens are asked for (docs/protocol.md#tokens). */
  tokenUrl: string;
  audience: string;
  /** Broker for users (docs/protocol.md#addresses). */
  brokerUrl: string;
  /** Broker for devices that log in with a secret key (docs/protocol.md#addresses). */
  deviceBrokerUrl: string;
}

/** The endpoints as typed into a form; blank or absent fields mean Arduino's own. */
export type EndpointSettings = Partial<Record<Exclude<keyof Endpoints, "tokenUrl">, string>>;

/** Returns where the services are now: those of this computer, which are somewhere else each time they start. */
export type Locate = () => Promise<EndpointSettings>;

const tokenPath = "/iot/v1/clients/token";

const web = { schemes: ["https", "http"], example: "https://api2.arduino.cc" };
const broker = { schemes: ["wss", "ws", "mqtts", "mqtt"], example: "wss://wss.iot.arduino.cc:8443/mqtt" };

const fields = {
  baseUrl: { ...web, standard: "https://api2.arduino.cc" },
  audience: { ...web, example: "https://api2.arduino.cc/iot", standard: "https://api2.arduino.cc/iot" },
  brokerUrl: { ...broker, standard: "wss://wss.iot.arduino.cc:8443/mqtt" },
  deviceBrokerUrl: {
    ...broker,
    example: "mqtts://mqtts-up.iot.arduino.cc:8884",
    standard: "mqtts://mqtts-up.iot.arduino.cc:8884",
  },
};

type EndpointField = keyof typeof fields;

/**
 * Checks the addresses of an account and fills in the blank ones.
 * @throws CloudError `invalid_input` that names the field, what was given and what is expected
 */
export function parseEndpoints(settings: EndpointSettings): Endpoints {
  const baseUrl = parseUrl("baseUrl", settings.baseUrl).replace(/\/+$/, "");
  // Arduino's clients of before October 2024 had the "/iot" in the base (docs/protocol.md#addresses), so it is often
  // pasted.
  if (/\/iot$/.test(baseUrl)) {
    throw invalid("baseUrl", baseUrl, `it must not end in "/iot", since every path starts with it`);
  }
  return {
    baseUrl,
    tokenUrl: baseUrl + tokenPath,
    audience: parseUrl("audience", settings.audience),
    brokerUrl: parseUrl("brokerUrl", settings.brokerUrl),
    deviceBrokerUrl: parseUrl("deviceBrokerUrl", settings.deviceBrokerUrl),
  };
}

/**
 * Returns a function that puts the present addresses into `endpoints`, and tells whether they are others than before.
 */
export function follow(endpoints: Endpoints, locate: Locate): () => Promise<boolean> {
  return async () => {
    const present = parseEndpoints(await locate());
    const hasMoved = JSON.stringify(present) !== JSON.stringify(endpoints);
    Object.assign(endpoints, present);
    return hasMoved;
  };
}

function parseUrl(field: EndpointField, given: unknown): string {
  const { schemes, standard } = fields[field];
  const text = typeof given === "string" ? given.trim() : (given ?? "");
  if (text === "") return standard;
  if (typeof text !== "string") throw invalid(field, typeof text, "it must be a text");
  const scheme = /^([a-z][a-z0-9+.-]*):\/\/./i.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) throw invalid(field, text, "the scheme is missing");
  if (!schemes.includes(scheme))
    throw invalid(field, text, `the scheme "${scheme}" is not one of ${schemes.join(", ")}`);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url?.hostname || /\s/.test(text)) throw invalid(field, text, "it is not a well-formed address");
  if (url.username || url.password) throw invalid(field, text, "a user name or password does not belong in an address");
  if (/[?#]/.test(text)) throw invalid(field, text, "an address has no query and no fragment");
  return text;
}

function invalid(field: EndpointField, given: string, reason: string): CloudError {
  return new CloudError(
    "invalid_input",
    `${field}: "${withoutSecrets(given)}" cannot be used: ${reason}. Expected is an address such as ${fields[field].example}.`,
  );
}

/** Returns what may be shown of an address: nothing before an "@" (that is where passwords are) and no query. */
function withoutSecrets(address: string): string {
  const shown = address.replace(/^.*@/s, "…@").replace(/[?#].*$/s, "?…");
  return shown.length > 200 ? `${shown.slice(0, 200)}…` : shown;
}
