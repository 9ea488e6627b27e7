import type { Node, NodeAPI, NodeDef } from "node-red";
import type * as DeviceParts from "../cloud/device";
import type { CloudDevice } from "../cloud/device";
import { toCloudError } from "../cloud/core/errors";
import type * as RelayParts from "../cloud/relay/index";
import { findAccount, type UsableAccountNode } from "./runtime/account-node";
import { registerDeviceRoutes } from "./admin/device-routes";
import { takeCreatedKey } from "./runtime/device-credentials";
import type { DeviceNode } from "./runtime/device-node";
import { readDeviceSettings } from "./runtime/device-settings";
import { DeviceVariableTypes } from "./runtime/device-variable-types";
import { inTurns } from "./runtime/in-turns";
import { keepSession, noticesTo, outageReport, type SessionOwner } from "./runtime/session-node";
import { storedCredentials, readText, settingsOf } from "./runtime/settings";
import { SharedFaults } from "./runtime/shared-faults";

/** Loads the code of devices with the first one. */
const deviceParts = (): typeof DeviceParts =>
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would load it with Node-RED
  require("../cloud/device") as typeof DeviceParts;

/** Loads the code of devices in a cluster with the first of them. */
const relayParts = (): typeof RelayParts =>
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would load it with Node-RED
  require("../cloud/relay/index") as typeof RelayParts;

/** Registers the node `arduino-cloud-device`, which makes Node-RED a device of its own. */
export default function (RED: NodeAPI): void {
  function construct(this: DeviceNode, config: NodeDef): void {
    RED.nodes.createNode(this, config);
    this.faults = new SharedFaults(this);
    let owner: SessionOwner | undefined;
    let now = (): number => Date.now();
    try {
      const secrets = takeCreatedKey(RED, config, storedCredentials(RED, this, config));
      const raw = settingsOf(RED, config);
      const settings = readDeviceSettings(RED, raw, secrets);
      this.device = new (deviceParts().CloudDevice)(settings, noticesTo(RED, this), { now: () => now() });
      this.device.observe(outageReport(this));
      owner = this.device;
      this.settingsOf = () => settings;
      const account = readText(raw, "account");
      if (account !== "") {
        const accountNode = findAccount(RED, account);
        this.account = accountNode.account;
        // What is reported has the cloud's time, which only an account knows.
        now = () => accountNode.account.rest.client.now();
        this.showsValues = accountNode.showsValues ?? true;
        owner = shareDevice(this, this.device, settings.deviceId, accountNode);
      }
    } catch (reason) {
      this.fault = toCloudError(reason);
      this.faults.own(this.fault);
    }
    keepSession(this, owner, this.settingsOf?.());
  }
  RED.nodes.registerType("arduino-cloud-device", construct as (this: Node, config: NodeDef) => void, {
    credentials: { deviceId: { type: "text" }, secretKey: { type: "password" } },
  });
  registerDeviceRoutes(RED);
}

/** Returns the owner of a device's session: where its account is in a cluster, the copies take turns with it. */
function shareDevice(
  node: DeviceNode,
  device: CloudDevice,
  deviceId: string,
  { account }: UsableAccountNode,
): SessionOwner {
  const { cluster, turns } = account;
  if (cluster === undefined || turns === undefined) return device;
  const types = new DeviceVariableTypes(device, account);
  node.relay = new (relayParts().DeviceRelay)({
    ...{ cluster, deviceId, outbox: device.outbox },
    report: (write) => device.report(types.reportOf(write)),
  });
  return inTurns(device, turns, node.relay);
}
