import {
  storedSecret,
  type ClusterAnswer,
  type CreatedDevice,
  type DeviceChoice,
  type NamedChoice,
  type NewDevice,
  type OverviewDevice,
  type OverviewThing,
  type Refusal,
  type RetentionAnswer,
  type ThingChoice,
  type ThingDetail,
  type TypedAccount,
} from "../admin/protocol";

/** Why a list could not be had: a code that `errorText` puts into words. */
export class ListError extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}

/** Returns the code of what a request failed with, to be put into words by `errorText`. */
export function failureCode(reason: unknown): string {
  return reason instanceof ListError ? reason.code : "server_error";
}

/** The settings that an account is tried with. */
export const accountFields = [
  "organization",
  "baseUrl",
  "audience",
  "brokerUrl",
  "deviceBrokerUrl",
  "tls",
  "proxy",
  "demo",
  "requestsPerSecond",
  "messagesPerSecond",
] as const;

/**
 * Returns the account's settings as they stand in the editor's memory. What is stored and was not touched is
 * `__PWRD__`.
 */
export function typedAccount({ id, credentials, ...account }: EditorNode): TypedAccount {
  const secret = (name: string): string => {
    if (credentials === undefined) return storedSecret;
    const typed = credentials[name];
    if (typeof typed === "string" && typed !== "") return typed;
    return credentials[`has_${name}`] === true ? storedSecret : "";
  };
  return {
    id,
    settings: Object.fromEntries(accountFields.map((field) => [field, account[field] ?? ""])),
    credentials: { clientId: secret("clientId"), clientSecret: secret("clientSecret") },
  };
}

/** Everything that can be asked for of an account, by the name of its endpoint. */
interface Answers {
  things: ThingChoice[];
  /** All things with their variables. */
  variables: ThingDetail[];
  /** One thing with its variables. */
  thing: ThingDetail;
  /** How long the plan keeps the history of a thing. */
  retention: RetentionAnswer;
  /** The thing of a device node, with its variables; `null` where it has none. */
  "device-thing": ThingDetail | null;
  devices: DeviceChoice[];
  dashboards: NamedChoice[];
  triggers: NamedChoice[];
  /** A dashboard as the API answers it. */
  dashboard: unknown;
  /** Things with their variables and last values. */
  "overview/things": OverviewThing[];
  /** Devices with their status. */
  "overview/devices": OverviewDevice[];
  /** How the account stands in its cluster; `null` where it has none. */
  cluster: ClusterAnswer | null;
}

interface Question {
  /** Asks the cloud, whatever Node-RED remembers. */
  refresh?: boolean;
  /** For `thing` and `retention`: the id or name. */
  thing?: string;
  /** For `dashboard`: its id. */
  dashboard?: string;
  /** For `device-thing`: the device node, and the device ID that is typed into it. */
  node?: string;
  device?: string;
}

/**
 * Asks for something of an account: of the deployed one by its id, of one with changes with all its settings. Rejects with
 * `ListError`.
 */
export function fetchFrom<Name extends keyof Answers>(
  account: EditorNode,
  name: Name,
  { refresh = false, ...fields }: Question = {},
): Promise<Answers[Name]> {
  if (account.changed === true) return post(`arduino-cloud/${name}`, { ...typedAccount(account), ...fields });
  const { thing, ...query } = fields;
  const path = thing === undefined ? name : `things/${encodeURIComponent(thing)}${name === "thing" ? "" : `/${name}`}`;
  return request({
    url: `arduino-cloud/accounts/${encodeURIComponent(account.id)}/${path}`,
    data: { ...query, ...(refresh && { refresh: "1" }) },
  });
}

/** Writes a value to a variable of a deployed account. Rejects with `ListError`. */
export function writeValue({ id }: EditorNode, thing: string, variable: string, value: unknown): Promise<unknown> {
  return post(`arduino-cloud/accounts/${encodeURIComponent(id)}/write`, { thing, variable, value });
}

/** Has a device created whose key goes straight to a node. Rejects with `ListError`. */
export function createDevice(account: EditorNode, request: NewDevice): Promise<CreatedDevice> {
  return post("arduino-cloud/devices/create", { ...accountSource(account), ...request });
}

/**
 * Returns what tells an endpoint which account is meant: the id of a deployed one, all settings where they have
 * changed.
 */
export function accountSource(account: EditorNode): TypedAccount | { id: string } {
  return account.changed === true ? typedAccount(account) : { id: account.id };
}

/** Posts JSON to an admin endpoint. Rejects with `ListError`. */
export function post<T>(path: string, body: object): Promise<T> {
  return request<T>({ url: path, method: "POST", contentType: "application/json", data: JSON.stringify(body) });
}

function request<T>(settings: JQuery.AjaxSettings): Promise<T> {
  return new Promise((resolve, reject) => {
    $.ajax({ ...settings, dataType: "json" }).then(
      (answer: T) => resolve(answer),
      (xhr: unknown) => reject(new ListError(codeOf(xhr as JQuery.jqXHR<unknown>))),
    );
  });
}

function codeOf({ status, responseJSON }: JQuery.jqXHR<unknown>): string {
  if (status === 0) return "no-node-red";
  if (status === 401 || status === 403) return "no-permission";
  const refusal = (responseJSON ?? {}) as Partial<Refusal>;
  return refusal.code ?? "server_error";
}
