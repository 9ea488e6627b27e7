import type { Node, NodeAPI, NodeDef } from "node-red";
import type * as DeviceParts from "../cloud/device";
import type { Turns } from "../cloud/cluster/turns";
import { toCloudError } from "../cloud/core/errors";
import { findAccount } from "./runtime/account-node";
import { registerDeviceRoutes } from "./admin/device-routes";
import { takeCreatedKey } from "./runtime/device-credentials";
import type { DeviceNode } from "./runtime/device-node";
import { readDeviceSettings } from "./runtime/device-settings";
import { inTurns } from "./runtime/in-turns";
import { keepSession, noticesTo, outageReport } from "./runtime/session-node";
import { storedCredentials, readText, settingsOf } from "./runtime/settings";
import { SharedFaults } from "./runtime/shared-faults";

/** Loads the code of devices with the first one. */
const deviceParts = (): typeof DeviceParts =>
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would load it with Node-RED
  require("../cloud/device") as typeof DeviceParts;

/** Registers the node `arduino-cloud-device`, which makes Node-RED a device of its own. */
export default function (RED: NodeAPI): void {
  function construct(this: DeviceNode, config: NodeDef): void {
    RED.nodes.createNode(this, config);
    this.faults = new SharedFaults(this);
    let turns: Turns | undefined;
    try {
      const secrets = takeCreatedKey(RED, config, storedCredentials(RED, this, config));
      const raw = settingsOf(RED, config);
      const settings = readDeviceSettings(RED, raw, secrets);
      this.device = new (deviceParts().CloudDevice)(settings, noticesTo(RED, this));
      this.device.observe(outageReport(this));
      this.settingsOf = () => settings;
      const account = readText(raw, "account");
      if (account !== "") {
        const accountNode = findAccount(RED, account);
        this.account = accountNode.account;
        turns = accountNode.account.turns;
        this.showsValues = accountNode.showsValues ?? true;
      }
    } catch (reason) {
      this.fault = toCloudError(reason);
      this.faults.own(this.fault);
    }
    const owner = this.device && turns ? inTurns(this.device, turns) : this.device;
    keepSession(this, owner, this.settingsOf?.());
  }
  RED.nodes.registerType("arduino-cloud-device", construct as (this: Node, config: NodeDef) => void, {
    credentials: { deviceId: { type: "text" }, secretKey: { type: "password" } },
  });
  registerDeviceRoutes(RED);
}
