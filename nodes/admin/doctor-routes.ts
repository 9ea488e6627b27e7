import type { NodeAPI } from "node-red";
import type { AccountSettings } from "../../cloud/rest/account-settings";
import type { DeviceSettings } from "../../cloud/device-protocol/device-settings";
import type { DeviceCase, Finding } from "../../cloud/doctor/index";
import { toCloudError } from "../../cloud/core/errors";
import { createRest, parseEndpoints, type Rest } from "../../cloud/rest/index";
import { type AccountNode, findAccount } from "../runtime/account-node";
import { answer, fieldsOf, mapValues, filledIn, typedSettings } from "./routes";
import type { DoctorReport } from "./protocol";
import { findDeployed, requireDeployedVariables, SecretNeeded, withStored } from "./stored-secrets";
import { withCreatedKey } from "../runtime/device-credentials";
import { type DeviceNode, findDeviceNode } from "../runtime/device-node";
import { readDeviceSettings } from "../runtime/device-settings";
import { type RawSettings, readText } from "../runtime/settings";
import { forumText, doctorTimeoutMs } from "./doctor-report";
import { usesOf } from "./flow-uses";
import { loadDoctor } from "./load-doctor";
import { trimmedText } from "../../cloud/core/text";

const { deviceBrokerUrl: standardBroker } = parseEndpoints({});

/**
 * Registers `POST arduino-cloud/doctor`, which takes a `DoctorRequest` and answers a `DoctorReport`. Needs
 * `arduino-cloud.write`, since it uses credentials that may be only typed. Answers hold no secret.
 */
export function registerDoctorRoutes(RED: NodeAPI): void {
  RED.httpAdmin.post(
    "/arduino-cloud/doctor",
    RED.auth.needsPermission("arduino-cloud.write"),
    answer(async (request): Promise<DoctorReport> => {
      const { account, device, checks } = fieldsOf(request.body);
      const findings =
        device === undefined
          ? await findingsOnAccount(RED, fieldsOf(account), checks)
          : await findingsOnDevice(RED, fieldsOf(device), fieldsOf(account));
      return { findings, text: forumText(RED, findings) };
    }),
  );
}

/**
 * Settings that cannot be read are a finding too.
 * @param checks the names of those that are asked for; anything but an array: all
 */
async function findingsOnAccount(RED: NodeAPI, given: Record<string, unknown>, checks: unknown): Promise<Finding[]> {
  const id = trimmedText(given.id);
  let settings: AccountSettings | undefined;
  let node: AccountNode | null | undefined;
  try {
    settings = given.settings === undefined ? undefined : typedSettings(RED, given);
    node = settings === undefined ? findAccount(RED, id) : (RED.nodes.getNode(id) as AccountNode | null | undefined);
  } catch (reason) {
    return [findingOn(reason)];
  }
  const subject = node?.caseOf?.(settings) ?? (settings && { settings });
  if (subject === undefined) return [];
  const { checkIds, examineAccount } = loadDoctor();
  const only = Array.isArray(checks) ? checkIds.filter((name) => checks.includes(name)) : undefined;
  return examineAccount(
    { ...subject, uses: usesOf(RED, "account", id) },
    { signal: AbortSignal.timeout(doctorTimeoutMs), ...(only !== undefined && { only }) },
  );
}

/** Returns the only finding where settings could not even be read. */
function findingOn(reason: unknown): Finding {
  const finding = loadDoctor().unusableSettings(toCloudError(reason));
  return reason instanceof SecretNeeded ? { ...finding, code: "secret-needed" } : finding;
}

async function findingsOnDevice(
  RED: NodeAPI,
  given: Record<string, unknown>,
  account: Record<string, unknown>,
): Promise<Finding[]> {
  let rest: Rest | undefined;
  const isTyped = account.settings !== undefined;
  try {
    const accountId = trimmedText(account.id);
    // One request a second, since no plan takes less.
    if (isTyped) rest = createRest({ ...typedSettings(RED, account), requestsPerSecond: 1 });
    else if (accountId !== "") rest = findAccount(RED, accountId).account.rest;
    const subject = {
      ...deviceCase(RED, given, account, isTyped ? rest : undefined),
      ...(rest !== undefined && { rest }),
    };
    return await loadDoctor().examineDevice(subject, { signal: AbortSignal.timeout(doctorTimeoutMs) });
  } catch (reason) {
    return [findingOn(reason)];
  } finally {
    if (isTyped) rest?.close();
  }
}

/**
 * Returns what the doctor needs to examine a device.
 * @param account the account in the request
 * @param typedRest REST of an account that is not deployed: it names the broker where the form leaves it blank
 */
function deviceCase(
  RED: NodeAPI,
  given: Record<string, unknown>,
  account: Record<string, unknown>,
  typedRest: Rest | undefined,
): Omit<DeviceCase, "rest"> {
  const id = trimmedText(given.id);
  const settings =
    given.settings === undefined ? deployedSettings(RED, id) : typedDeviceSettings(RED, given, account, typedRest);
  const same = deviceNodes(RED).filter(({ settingsOf }) => settingsOf().deviceId === settings.deviceId);
  const others = same.filter((node) => node.id !== id && Object.keys(node.users).length > 0);
  const own = same.find((node) => node.id === id);
  const running = (own ?? others[0])?.device.connectionState;
  const label = trimmedText(fieldsOf(given.settings).name) || trimmedText(own?.name) || id;
  return {
    settings,
    ...(running !== undefined && { running }),
    twins: others.length === 0 ? [] : [label, ...others.map((node) => trimmedText(node.name) || node.id)],
    uses: usesOf(RED, "device", id),
  };
}

function deployedSettings(RED: NodeAPI, id: string): DeviceSettings {
  const { settingsOf } = findDeviceNode(RED, id) as Required<DeviceNode>;
  return settingsOf();
}

/** Returns the settings in the body of a request, as `typedSettings`, for a device. */
function typedDeviceSettings(
  RED: NodeAPI,
  { id, settings, credentials }: Record<string, unknown>,
  account: Record<string, unknown>,
  typedRest: Rest | undefined,
): DeviceSettings {
  const { config, stored } = findDeployed(RED, trimmedText(id), "arduino-cloud-device");
  const typed = fieldsOf(settings);
  const typedAccount = account.settings === undefined ? deployedAccount(RED, account.id) : fieldsOf(account.settings);
  const way = deviceWay(typed, typedAccount);
  const mayBeUsed =
    way === deviceWay(config ?? {}, deployedAccount(RED, config === undefined ? account.id : config.account));
  const node = RED.nodes.getNode(trimmedText(id)) as DeviceNode | null | undefined;
  requireDeployedVariables(typed, config);
  const { deviceId } = fieldsOf(credentials);
  const secrets = withStored(fieldsOf(credentials), withCreatedKey(stored, deviceId), mayBeUsed);
  requireDeployedVariables(secrets, config && stored);
  return readTypedDevice(RED, filledIn(RED, node, typed), filledIn(RED, node, secrets), typedRest);
}

function deployedAccount(RED: NodeAPI, id: unknown): RawSettings {
  return findDeployed(RED, trimmedText(id), "arduino-cloud-account").config ?? {};
}

/** Returns where a device's key goes, and how: two that are equal lead to the same place. */
function deviceWay(device: RawSettings, account: RawSettings): string {
  const { brokerUrl, tls, proxy } = mapValues(device, trimmedText);
  return JSON.stringify([brokerUrl || trimmedText(account.deviceBrokerUrl) || standardBroker, tls ?? "", proxy ?? ""]);
}

function readTypedDevice(
  RED: NodeAPI,
  fields: RawSettings,
  secrets: RawSettings,
  typedRest: Rest | undefined,
): DeviceSettings {
  if (typedRest === undefined) return readDeviceSettings(RED, fields, secrets);
  const brokerUrl = readText(fields, "brokerUrl") || typedRest.endpoints.deviceBrokerUrl;
  return readDeviceSettings(RED, { ...fields, account: "", brokerUrl }, secrets);
}

/** Returns the device nodes that run, whatever they are used for. */
function deviceNodes(RED: NodeAPI): Required<DeviceNode>[] {
  const ids: string[] = [];
  RED.nodes.eachNode(({ id, type }) => {
    if (type === "arduino-cloud-device") ids.push(id);
  });
  const nodes = ids.map((id) => RED.nodes.getNode(id) as DeviceNode | null | undefined);
  return nodes.filter((node) => node?.settingsOf !== undefined) as Required<DeviceNode>[];
}
