import type { Node, NodeAPI, NodeDef } from "node-red";
import type { CloudAccount } from "../cloud/account";
import { systemClock } from "../cloud/core/clock";
import { DeviceStatusChanges, deviceStatus, type Watched } from "../cloud/polling/device-status";
import { type CloudError, toCloudError } from "../cloud/core/errors";
import { type Device, findDevice } from "../cloud/rest";
import { findAccount, type UsableAccountNode } from "./runtime/account-node";
import { RepeatedErrors } from "./runtime/repeated-errors";
import { type Message, onClose } from "./runtime/input";
import { failMisconfiguredAloud } from "./runtime/misconfigured";
import { type RawSettings, readNumber, readText, settingsOf } from "./runtime/settings";
import { NodeStatus } from "./runtime/status";

interface DeviceStatusSettings {
  account: string;
  /** Id or exact name; blank for all devices. */
  device: string;
  /** Between two looks. */
  intervalMs: number;
  /** Without a new value for so long a device is stale; 0: never. */
  staleAfterMs: number;
}

/** Registers the node `arduino-cloud-device-status`, which tells when devices come and go. */
export default function (RED: NodeAPI): void {
  function construct(this: Node, config: NodeDef): void {
    RED.nodes.createNode(this, config);
    const status = new NodeStatus(this);
    try {
      const settings = readSettings(settingsOf(RED, config));
      const stop = watch(this, status, settings, findAccount(RED, settings.account));
      onClose(this, () => {
        stop();
        return Promise.resolve();
      });
    } catch (reason) {
      failMisconfiguredAloud(this, status, toCloudError(reason));
    }
  }
  RED.nodes.registerType("arduino-cloud-device-status", construct);
}

function readSettings(raw: RawSettings): DeviceStatusSettings {
  return {
    account: readText(raw, "account"),
    device: readText(raw, "device"),
    intervalMs: readNumber(raw, "interval", 60, 0.1) * 1_000,
    staleAfterMs: readNumber(raw, "staleAfter", 0, 0) * 1_000,
  };
}

/** Looks again and again, and sends what has changed. Needs REST only, so the account's session is left alone. */
function watch(
  node: Node,
  status: NodeStatus,
  settings: DeviceStatusSettings,
  { account, faults: shared }: UsableAccountNode,
): () => void {
  const changes = new DeviceStatusChanges();
  const faults = new RepeatedErrors(node, status, shared);
  // By the cloud's time, which its first answer tells.
  let since: number | undefined;
  const now = (): number => account.rest.client.now();
  status.connecting();
  return account.polling.repeat(settings.intervalMs, async (signal) => {
    try {
      const { present, missing } = await look(
        account,
        settings,
        () => ({ now: now(), since: (since ??= now()) }),
        signal,
      );
      if (signal.aborted) return;
      for (const watched of changes.update(present)) node.send(messageOf(watched));
      if (missing !== undefined) throw missing;
      faults.passed();
      showStates(status, settings, present);
    } catch (reason) {
      if (!signal.aborted) faults.failed(reason);
    }
  });
}

/** Reads how the chosen devices stand now; `missing` says why the one that was chosen is not among them. */
async function look(
  account: CloudAccount,
  { device: reference, staleAfterMs }: DeviceStatusSettings,
  times: () => { now: number; since: number },
  signal: AbortSignal,
): Promise<{ present: Watched[]; missing?: CloudError }> {
  const [devices, things] = await Promise.all([
    account.polling.devices(signal),
    staleAfterMs > 0 ? account.polling.things(signal) : [],
  ]);
  const silence = { staleAfterMs, ...times() };
  const watched = (device: Device): Watched => ({ device, state: deviceStatus(device, things, silence) });
  if (reference === "") return { present: devices.map(watched) };
  try {
    return { present: [watched(findDevice(devices, reference))] };
  } catch (reason) {
    return { present: [], missing: toCloudError(reason) };
  }
}

function messageOf({ device: { id, name, type, thing }, state }: Watched): Message {
  return {
    payload: state,
    topic: name,
    device: { id, name, type, thing: thing === undefined ? null : { id: thing.id, name: thing.name } },
    timestamp: systemClock.now(),
  };
}

function showStates(status: NodeStatus, { device }: DeviceStatusSettings, present: readonly Watched[]): void {
  const [first] = present;
  if (device !== "" && first !== undefined) status.done(`device-${first.state.toLowerCase()}`);
  else status.portion(present.filter(({ state }) => state === "ONLINE").length, present.length);
}
