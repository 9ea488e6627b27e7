import type { Node, NodeAPI, NodeDef } from "node-red";
import { toCloudError } from "../cloud/errors";
import { findAccount } from "./common/account-node";
import { onClose } from "./common/input";
import { type RawSettings, readChoice, readFlag, readNumber, readText } from "./common/settings";
import { NodeStatus } from "./common/status";
import { PropertyListener, type PropertyInSettings } from "./property-listener";

export default function (RED: NodeAPI): void {
  function construct(this: Node, config: NodeDef): void {
    RED.nodes.createNode(this, config);
    const status = new NodeStatus(RED, this);
    try {
      const settings = readSettings(config as unknown as RawSettings);
      const accountNode = findAccount(RED, settings.account);
      const listener = new PropertyListener(this, status, settings, accountNode.account);
      accountNode.register(this);
      listener.start();
      onClose(this, (removed) => {
        listener.stop();
        accountNode.deregister(this);
        if (removed) this.status({});
        return Promise.resolve();
      });
    } catch (reason) {
      const error = toCloudError(reason);
      status.failed(error);
      // Catch nodes listen only when all nodes have been constructed.
      setImmediate(() => this.error(error, {}));
    }
  }
  RED.nodes.registerType("arduino-cloud-property-in", construct);
}

function readSettings(raw: RawSettings): PropertyInSettings {
  return {
    account: readText(raw, "account"),
    thing: readText(raw, "thing"),
    property: readText(raw, "property"),
    thingName: readText(raw, "thingName"),
    direction: readChoice(raw, "direction", ["reported", "requested", "both"]),
    emit: readChoice(raw, "emit", ["all", "changed"]),
    deadband: readNumber(raw, "deadband", 0, 0),
    initial: readFlag(raw, "initial"),
  };
}
