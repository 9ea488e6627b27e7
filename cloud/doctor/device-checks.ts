import { type Clock, systemClock } from "../core/clock";
import { openConnection } from "../mqtt/connection";
import { type DeviceSettings, deviceLogin } from "../device-protocol/device-settings";
import type { DeviceConnectionState } from "../device-protocol/connection-state";
import { attempt, type CloudError, toCloudError } from "../core/errors";
import { type Device, type KnownThing, listDevices, parseEndpoints, type Rest } from "../rest";
import { unusableSettings } from "./account-checks";
import { type Check, runChecks, type ExamineOptions } from "./run-checks";
import { type Answer, type Finding, found, redactFindings } from "./finding";
import { serverChecks, type Servers } from "./server-checks";
import { checkUses, type NodeUse } from "./node-uses";

/** A device identity to be examined. */
export interface DeviceCase {
  settings: DeviceSettings;
  /** REST of its account, where it has one. */
  rest?: Rest;
  /** How a device of this Node-RED stands that is deployed with the same id. */
  running?: DeviceConnectionState;
  /** The labels of the device nodes that have the same id, where they are several. */
  twins: readonly string[];
  /** The variables that nodes of the device name. */
  uses: readonly NodeUse[];
}

/** Facts that the checks of a device gather. */
interface DeviceState extends Servers {
  readonly given: DeviceCase;
  readonly brokerUrl: string;
  /** As the account has it. */
  device?: Device;
}

const deviceChecks: readonly Check<DeviceState>[] = [
  ...serverChecks<DeviceState>("broker"),
  { id: "device", needs: [], run: checkDevice },
  { id: "attachment", needs: ["device"], run: (state) => Promise.resolve(attachmentAnswer(state)) },
  { id: "identity", needs: ["broker-tls", "device"], run: checkIdentity },
  { id: "variables", needs: ["attachment"], run: checkVariables },
];

/**
 * Examines a device identity. Never rejects. It logs in as the device only where nobody else does: a second login would
 * take the connection from the first (docs/protocol.md#takeover).
 */
export async function examineDevice(
  given: DeviceCase,
  options: ExamineOptions & { clock?: Clock },
): Promise<Finding[]> {
  const { settings } = given;
  let brokerUrl: string;
  try {
    deviceLogin(settings);
    ({ brokerUrl } = parseEndpoints({ brokerUrl: settings.brokerUrl }));
  } catch (reason) {
    return [unusableSettings(toCloudError(reason))];
  }
  const { clock = systemClock } = options;
  const { tls, proxy } = settings;
  const state: DeviceState = { given, clock, brokerUrl, addresses: { broker: brokerUrl }, tls, proxy };
  return redactFindings(await runChecks(deviceChecks, state, options), [settings.secretKey]);
}

async function checkDevice(state: DeviceState, signal: AbortSignal): Promise<Answer> {
  const { rest, settings } = state.given;
  if (rest === undefined) return found("device", "no-account");
  const { value: devices, error } = await attempt(listDevices(rest.client, { signal }));
  if (devices === undefined) return found("device", "unlisted", {}, error);
  const id = settings.deviceId;
  const device = devices.find((candidate) => candidate.id.toLowerCase() === id.toLowerCase());
  if (device === undefined) return found("device", "missing", { id });
  state.device = device;
  return found("device", "ok", { device: device.name });
}

function attachmentAnswer({ device, given: { running } }: DeviceState): Answer {
  if (device?.thing !== undefined) return found("attachment", "ok", { thing: device.thing.name });
  if (device !== undefined || running?.name === "no-thing") return found("attachment", "none");
  return running?.name === "online"
    ? found("attachment", "ok", { thing: running.thingId })
    : found("attachment", "unknown");
}

async function checkIdentity({ given, device, brokerUrl }: DeviceState, signal: AbortSignal): Promise<Answer> {
  const { running, twins, rest, settings } = given;
  if (twins.length > 1) return found("identity", "twins", { nodes: twins.join(", ") });
  const { host } = new URL(brokerUrl);
  const standing = standingAnswer(running, host);
  if (standing !== undefined) return standing;
  if (device?.device_status === "ONLINE") return found("identity", "elsewhere");
  if (rest === undefined) return found("identity", "untried");
  const { value: connection, error } = await attempt(
    openConnection({
      url: brokerUrl,
      login: deviceLogin(settings),
      signal,
      onMessage: () => undefined,
      tls: settings.tls,
      proxy: settings.proxy,
    }),
  );
  if (connection === undefined) return refusalAnswer(error, host);
  await connection.close();
  return found("identity", "ok", { host });
}

/**
 * Answers with what a running device tells of itself; `undefined` where it does not hold a connection and wants none.
 */
function standingAnswer(running: DeviceConnectionState | undefined, host: string): Answer | undefined {
  switch (running?.name) {
    case "online":
    case "no-thing":
      return found("identity", "running");
    case "connecting":
      return found("identity", "connecting");
    case "refused":
      return found("identity", "refused", { host }, running.error);
    case "taken-over":
    case "waiting":
      return found("identity", running.name, {}, running.error);
    default:
      return undefined;
  }
}

function refusalAnswer(error: CloudError, host: string): Answer {
  return found("identity", error.code === "unauthorized" ? "refused" : "unreachable", { host }, error);
}

async function checkVariables({ given, device }: DeviceState, signal: AbortSignal): Promise<Answer[]> {
  const { rest, uses } = given;
  const thingId = device?.thing?.id;
  if (rest === undefined || thingId === undefined || uses.length === 0) return [];
  const { value, error } = await attempt<KnownThing>(rest.directory.thing(thingId, { signal, maxAgeMs: 0 }));
  return value === undefined ? [found("device", "unlisted", {}, error)] : checkUses(uses, [], value);
}
