import type { Node, NodeAPI, NodeDef } from "node-red";
import { isTransient, toCloudError } from "../cloud/core/errors";
import { AccountListener, type ListenerSettings, type SubscriptionFacts } from "./property-in/account-listener";
import { findAccount } from "./runtime/account-node";
import { findDeviceNode } from "./runtime/device-node";
import { onClose } from "./runtime/input";
import { failMisconfiguredAloud } from "./runtime/misconfigured";
import { type RawSettings, readChoice, readFlag, readNumber, readText, settingsOf } from "./runtime/settings";
import { type EditorPresence, editorPresence } from "./runtime/editor-presence";
import { NodeStatus } from "./runtime/status";
import { FollowedFlow } from "./property-in/followed-flow";
import { DeviceListener, type DeviceListenerSettings } from "./property-in/device-listener";
import { directions, noSubscription, handleActions } from "./property-in/input-actions";
import type { SubscriptionTarget } from "./property-in/thing-subscription";

/** Registers the node `arduino-cloud-property-in`, which sends values as they come. */
export default function (RED: NodeAPI): void {
  const presence = editorPresence(RED);
  function construct(this: Node, config: NodeDef): void {
    RED.nodes.createNode(this, config);
    const status = new NodeStatus(this);
    const raw = settingsOf(RED, config);
    try {
      // If both are set, the device wins.
      if (readText(raw, "device") === "") listenWithAccount(RED, this, status, { raw, presence });
      else listenWithDevice(RED, this, status, { raw, presence });
    } catch (reason) {
      failMisconfiguredAloud(this, status, toCloudError(reason));
    }
  }
  RED.nodes.registerType("arduino-cloud-property-in", construct);
}

/** All that a node begins with. */
interface Beginning {
  raw: RawSettings;
  presence: EditorPresence;
}

function listenWithAccount(RED: NodeAPI, node: Node, status: NodeStatus, { raw, presence }: Beginning): void {
  const settings = readAccountListenerSettings(raw);
  const accountNode = findAccount(RED, readText(raw, "account"));
  if (accountNode.showsValues) status.showValues(presence);
  const { cluster } = accountNode.account;
  const isFollowed = readChoice(raw, "ack", ["sent", "done"]) === "done" && cluster !== undefined;
  // What is older than that no copy keeps any more.
  const flow = isFollowed ? new FollowedFlow(RED, node, cluster.holdMs) : undefined;
  const listener = new AccountListener(node, status, settings, accountNode, flow);
  accountNode.register(node);
  listener.start();
  if (settings.isDynamic) {
    handleActions(node, accountNode, settings.direction, {
      subscribe: (target) => subscribe(listener, target),
      unsubscribe: (target) => {
        if (!listener.unsubscribe(target)) throw noSubscription(target);
      },
      subscriptions: () => listener.subscriptions(),
      needsThing: true,
    });
  }
  onClose(node, async (removed) => {
    status.stop();
    await listener.stop(removed, () => areWiredNodesOpen(RED, node));
    accountNode.deregister(node);
  });
}

/** Returns whether all nodes that are wired to this one are open: to one that is closed Node-RED hands nothing more. */
function areWiredNodesOpen(RED: NodeAPI, node: Node): boolean {
  const { wires = [] } = node as Node & { wires?: string[][] };
  return wires.flat().every((id) => (RED.nodes.getNode(id) as Node | null | undefined) != null);
}

async function subscribe(listener: AccountListener, target: SubscriptionTarget): Promise<void> {
  const error = await listener.subscribe(target, true);
  if (error === undefined || isTransient(error)) return;
  listener.unsubscribe(target);
  throw error;
}

function listenWithDevice(RED: NodeAPI, node: Node, status: NodeStatus, { raw, presence }: Beginning): void {
  const settings = readDeviceListenerSettings(raw);
  const deviceNode = findDeviceNode(RED, readText(raw, "device"));
  const { device, account, relay } = deviceNode;
  if (deviceNode.showsValues !== false) status.showValues(presence);
  const listener = new DeviceListener(node, status, settings, device, account, relay);
  deviceNode.register(node);
  listener.start();
  if (settings.isDynamic) {
    handleActions(node, deviceNode, "requested", {
      subscribe: ({ property }) => {
        listener.subscribe(property);
        return Promise.resolve();
      },
      unsubscribe: (target) => {
        if (!listener.unsubscribe(target.property)) throw noSubscription(target);
      },
      subscriptions: (): SubscriptionFacts[] => listener.subscriptions(),
      needsThing: false,
    });
  }
  onClose(node, async () => {
    status.stop();
    listener.stop();
    await device.outbox.withdraw(node.id);
    deviceNode.deregister(node);
  });
}

function readAccountListenerSettings(raw: RawSettings): ListenerSettings {
  return {
    thing: readText(raw, "thing"),
    thingName: readText(raw, "thingName"),
    direction: readChoice(raw, "direction", directions),
    initialMs: readNumber(raw, "initialHours", 0, 0) * 3_600_000,
    catchUp: readChoice(raw, "catchUp", ["none", "last", "all"]),
    catchUpDelayMs: readNumber(raw, "catchUpDelay", 15, 0) * 1000,
    ...readCommonSettings(raw),
  };
}

function readDeviceListenerSettings(raw: RawSettings): DeviceListenerSettings {
  return { echo: readFlag(raw, "echo", true), ...readCommonSettings(raw) };
}

function readCommonSettings(raw: RawSettings): Omit<DeviceListenerSettings, "echo"> {
  return {
    property: readText(raw, "property"),
    propertyName: readText(raw, "propertyName"),
    emit: readChoice(raw, "emit", ["all", "changed"]),
    deadband: readNumber(raw, "deadband", 0, 0),
    initial: readFlag(raw, "initial"),
    compatible: readFlag(raw, "compatible"),
    isDynamic: readNumber(raw, "inputs", 0, 0) > 0,
  };
}
