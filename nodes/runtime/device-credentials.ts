import type { NodeAPI, NodeDef } from "node-red";
import type { RawSettings } from "./settings";
import { inBackground } from "../../cloud/core/guard";

/**
 * Fields that a device that was just created adds to the stored credentials of its node, beside those that the node has
 * now. Node-RED stores the credentials of a node by its id, deployed or not, never shows the editor fields that the
 * node type does not declare, and leaves them alone when a deploy changes others. So the key waits here, unseen, until
 * the user deploys the id that goes with it; and nothing has changed if he cancels the form.
 */
interface CreatedCredentials {
  createdDeviceId: string;
  createdSecretKey: string;
}

/** Puts the key of a new device beside the credentials of the node, which may not be deployed yet. */
export function keepCreatedKey(RED: NodeAPI, nodeId: string, deviceId: string, secretKey: string): void {
  const created: CreatedCredentials = { createdDeviceId: deviceId, createdSecretKey: secretKey };
  const present = RED.nodes.getCredentials(nodeId) as object | undefined;
  inBackground(RED.nodes.addCredentials(nodeId, { ...present, ...created }));
}

/**
 * Returns the credentials of a node, with the key of the device that was created for it if that device is the one it is
 * deployed with. From then on this is an ordinary key, which the user may replace.
 */
export function takeCreatedKey(RED: NodeAPI, config: NodeDef, stored: RawSettings): RawSettings {
  const taken = withCreatedKey(stored, stored.deviceId);
  if (taken === stored) return stored;
  // In a subflow, credentials are stored under the id that the node has in the editor.
  const { _alias: editorId = config.id } = config as NodeDef & { _alias?: string };
  inBackground(RED.nodes.addCredentials(editorId, taken));
  return taken;
}

/** Returns the credentials of a node as they would be with this device id; nothing is stored. */
export function withCreatedKey(stored: RawSettings, deviceId: unknown): RawSettings {
  const { createdDeviceId, createdSecretKey, ...credentials } = stored;
  if (createdDeviceId === undefined || createdDeviceId !== deviceId) return stored;
  return { ...credentials, secretKey: createdSecretKey };
}
