import assert from "node:assert/strict";
import * as arduino from "@arduino/arduino-iot-client";
import type { Simulator } from "../../../simulator/index";

export type { Model } from "@arduino/arduino-iot-client";

/** Arduino's own REST client, logged in to a simulator: a client that nobody here wrote. */
export interface ArduinoClient {
  things: arduino.ThingsV2Api;
  thingTags: arduino.ThingsV2TagsApi;
  properties: arduino.PropertiesV2Api;
  propertyTypes: arduino.PropertyTypesV1Api;
  series: arduino.SeriesV2Api;
  devices: arduino.DevicesV2Api;
  keys: arduino.DevicesV2PassApi;
  certificates: arduino.DevicesV2CertsApi;
  deviceTags: arduino.DevicesV2TagsApi;
  ota: arduino.DevicesV2OtaApi;
  dashboards: arduino.DashboardsV2Api;
  triggers: arduino.TriggersV1Api;
  templates: arduino.TemplatesApi;
  networkCredentials: arduino.NetworkCredentialsV1Api;
  loraDevices: arduino.LoraDevicesV1Api;
  loraPlans: arduino.LoraFreqPlanV1Api;
}

/** Asks the token endpoint as a form, as Arduino's documentation does; gives the status and the parsed answer. */
export async function askToken(
  simulator: Simulator,
  fields: Record<string, string> = {},
  headers: Record<string, string> = {},
): Promise<{ status: number; body: Record<string, unknown> }> {
  const form = {
    grant_type: "client_credentials",
    client_id: simulator.clientId,
    client_secret: simulator.clientSecret,
    audience: "https://api2.arduino.cc/iot",
    ...fields,
  };
  const response = await fetch(`${simulator.restUrl}/iot/v1/clients/token`, {
    method: "POST",
    headers,
    body: new URLSearchParams(form),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** A fresh access token. */
export async function tokenOf(simulator: Simulator, organizationId?: string): Promise<string> {
  const { body } = await askToken(simulator, organizationId === undefined ? {} : { organization_id: organizationId });
  return String(body.access_token);
}

/** Arduino's client with a fresh token. */
export async function arduinoClient(simulator: Simulator, organizationId?: string): Promise<ArduinoClient> {
  const client = new arduino.ApiClient(simulator.restUrl);
  client.authentications.oauth2.accessToken = await tokenOf(simulator, organizationId);
  return {
    things: new arduino.ThingsV2Api(client),
    thingTags: new arduino.ThingsV2TagsApi(client),
    properties: new arduino.PropertiesV2Api(client),
    propertyTypes: new arduino.PropertyTypesV1Api(client),
    series: new arduino.SeriesV2Api(client),
    devices: new arduino.DevicesV2Api(client),
    keys: new arduino.DevicesV2PassApi(client),
    certificates: new arduino.DevicesV2CertsApi(client),
    deviceTags: new arduino.DevicesV2TagsApi(client),
    ota: new arduino.DevicesV2OtaApi(client),
    dashboards: new arduino.DashboardsV2Api(client),
    triggers: new arduino.TriggersV1Api(client),
    templates: new arduino.TemplatesApi(client),
    networkCredentials: new arduino.NetworkCredentialsV1Api(client),
    loraDevices: new arduino.LoraDevicesV1Api(client),
    loraPlans: new arduino.LoraFreqPlanV1Api(client),
  };
}

/** An answer that is not a success, as Arduino's client rejects with it. */
interface Refusal {
  status: number;
  response: { text: string; type: string };
}

/** Waits for a refusal with this status; gives the text of its body. */
export async function refused(call: Promise<unknown>, status: number): Promise<string> {
  const reason: unknown = await call.then(
    () => assert.fail(`expected status ${status}, but the call succeeded`),
    (error: unknown) => error,
  );
  const { response, ...refusal } = reason as Refusal;
  assert.equal(refusal.status, status);
  return response.text;
}

/** A plain request; `body` goes out as JSON. The answer's body comes as text. */
export async function request(
  simulator: Simulator,
  method: string,
  path: string,
  options: { token?: string; headers?: Record<string, string>; body?: unknown } = {},
): Promise<{ status: number; type: string | null; headers: Headers; text: string }> {
  const headers = {
    ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
    ...(options.body === undefined ? {} : { "content-type": "application/json" }),
    ...options.headers,
  };
  const body = typeof options.body === "string" ? options.body : JSON.stringify(options.body);
  const response = await fetch(simulator.restUrl + path, { method, headers, ...(body ? { body } : {}) });
  const { status } = response;
  return { status, type: response.headers.get("content-type"), headers: response.headers, text: await response.text() };
}
