import type {
  CreatedDevice,
  DeviceChoice,
  NamedChoice,
  NewDevice,
  OverviewDevice,
  OverviewThing,
  Refusal,
  RetentionAnswer,
  ThingChoice,
  ThingDetail,
  TypedAccount,
} from "../admin/protocol";

/** Why a list could not be had: a code that `errorText` puts into words. */
export class ListError extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}

/** The settings that an account is tried with. */
export const accountFields = [
  "organization",
  "baseUrl",
  "audience",
  "brokerUrl",
  "deviceBrokerUrl",
  "tls",
  "requestsPerSecond",
  "messagesPerSecond",
] as const;

/**
 * Returns the account's settings as they stand in the editor's memory. What is stored and was not touched is
 * `__PWRD__`.
 */
export function typedAccount({ id, credentials, ...account }: EditorNode): TypedAccount {
  const secret = (name: string): string => {
    if (credentials === undefined) return "__PWRD__";
    const typed = credentials[name];
    if (typeof typed === "string" && typed !== "") return typed;
    return credentials[`has_${name}`] === true ? "__PWRD__" : "";
  };
  return {
    id,
    settings: Object.fromEntries(accountFields.map((field) => [field, account[field] ?? ""])),
    credentials: { clientId: secret("clientId"), clientSecret: secret("clientSecret") },
  };
}

/** Asks for the things of an account. Rejects with `ListError`. */
export function fetchThings(account: EditorNode, refresh: boolean): Promise<ThingChoice[]> {
  if (account.changed === true) return post("arduino-cloud/things", typedAccount(account));
  return get(`arduino-cloud/accounts/${encodeURIComponent(account.id)}/things`, refresh);
}

/** Asks for a thing, by id or name, with its variables. Rejects with `ListError`. */
export function fetchThing(account: EditorNode, thing: string, refresh: boolean): Promise<ThingDetail> {
  if (account.changed === true) return post("arduino-cloud/thing", { ...typedAccount(account), thing });
  const path = `arduino-cloud/accounts/${encodeURIComponent(account.id)}/things/${encodeURIComponent(thing)}`;
  return get(path, refresh);
}

/** Asks for how long the plan keeps the history of a thing, by id or name. Rejects with `ListError`. */
export function fetchRetention(account: EditorNode, thing: string): Promise<RetentionAnswer> {
  if (account.changed === true) return post("arduino-cloud/retention", { ...typedAccount(account), thing });
  const path = `arduino-cloud/accounts/${encodeURIComponent(account.id)}/things/${encodeURIComponent(thing)}/retention`;
  return get(path, false);
}

/** Asks for all things of an account with their variables. Rejects with `ListError`. */
export function fetchVariables(account: EditorNode, refresh: boolean): Promise<ThingDetail[]> {
  if (account.changed === true) return post("arduino-cloud/variables", typedAccount(account));
  return get(`arduino-cloud/accounts/${encodeURIComponent(account.id)}/variables`, refresh);
}

/**
 * Asks for the thing of a device node, with its variables, as the device's account knows it. Rejects with `ListError`,
 * `no-thing` where the device has none.
 */
export async function fetchDeviceThing(account: EditorNode, device: EditorNode): Promise<ThingDetail> {
  const typed = device.credentials?.deviceId;
  const wanted = { node: device.id, device: typeof typed === "string" ? typed : "" };
  const path = `arduino-cloud/accounts/${encodeURIComponent(account.id)}/device-thing`;
  const thing = await (account.changed === true
    ? post<ThingDetail | null>("arduino-cloud/device-thing", { ...typedAccount(account), ...wanted })
    : request<ThingDetail | null>({ url: path, data: wanted }));
  if (thing === null) throw new ListError("no-thing");
  return thing;
}

/** Asks for the devices of an account. Rejects with `ListError`. */
export function fetchDevices(account: EditorNode, refresh: boolean): Promise<DeviceChoice[]> {
  if (account.changed === true) return post("arduino-cloud/devices", typedAccount(account));
  return get(`arduino-cloud/accounts/${encodeURIComponent(account.id)}/devices`, refresh);
}

/** Asks for the dashboards or triggers of an account. Rejects with `ListError`. */
export function fetchNamed(
  account: EditorNode,
  resource: "dashboards" | "triggers",
  refresh: boolean,
): Promise<NamedChoice[]> {
  if (account.changed === true) return post(`arduino-cloud/${resource}`, typedAccount(account));
  return get(`arduino-cloud/accounts/${encodeURIComponent(account.id)}/${resource}`, refresh);
}

/**
 * Asks for the things with their variables and last values, or the devices with their status, of an account. Rejects
 * with `ListError`.
 */
export function fetchOverview<Part extends "things" | "devices">(
  account: EditorNode,
  part: Part,
  refresh: boolean,
): Promise<{ things: OverviewThing[]; devices: OverviewDevice[] }[Part]> {
  if (account.changed === true) return post(`arduino-cloud/overview/${part}`, typedAccount(account));
  return get(`arduino-cloud/accounts/${encodeURIComponent(account.id)}/overview/${part}`, refresh);
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

function get<T>(path: string, refresh: boolean): Promise<T> {
  return request<T>({ url: path, data: refresh ? { refresh: "1" } : {} });
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
