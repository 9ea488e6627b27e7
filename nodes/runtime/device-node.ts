import type { NodeAPI } from "node-red";
import type { CloudDevice } from "../../cloud/device";
import type { DeviceSettings } from "../../cloud/device-protocol/device-settings";
import type { DeviceRelay } from "../../cloud/relay/device-relay";
import type { ThingKnowledge } from "./device-variable-types";
import { notRunning, wrongType } from "./not-running";
import type { SessionNode } from "./session-node";

/** The config node `arduino-cloud-device`, as other nodes see it. */
export interface DeviceNode extends SessionNode {
  /** Absent where the settings are not usable. */
  device?: CloudDevice;
  /** Its account, where it has one: names and types of variables. */
  account?: ThingKnowledge;
  /** Takes what nodes write, where only one of several copies may have the device. */
  relay?: DeviceRelay;
  /** Whether its nodes show the last value under them; absent: yes. */
  showsValues?: boolean;
  /** For the doctor. A function, so that nobody who looks at the node sees the key. Absent as `device` is. */
  settingsOf?: () => DeviceSettings;
}

/**
 * Returns the device node of a node's setting.
 * @throws CloudError `not_configured` where it is disabled or deleted, or its settings are wrong; `invalid_input` too
 */
export function findDeviceNode(RED: NodeAPI, id: string): DeviceNode & { device: CloudDevice } {
  const node = RED.nodes.getNode(id) as DeviceNode | null | undefined;
  if (!node) throw notRunning(RED, id, "device");
  if (!hasDevice(node)) throw node.fault ?? wrongType("device");
  return node;
}

function hasDevice(node: DeviceNode): node is DeviceNode & { device: CloudDevice } {
  return node.device !== undefined;
}
