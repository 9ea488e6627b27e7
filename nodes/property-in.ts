import type { Node, NodeAPI, NodeDef } from "node-red";
import { CloudError, mayPass, toCloudError } from "../cloud/errors";
import { AccountListener, type ListenerSettings } from "./account-listener";
import { type AccountNode, findAccount } from "./common/account-node";
import { type Message, onClose, onInput, type Send } from "./common/input";
import { namedPropertyOf, textOf, thingOf } from "./common/message";
import { type RawSettings, readChoice, readFlag, readNumber, readText } from "./common/settings";
import { NodeStatus } from "./common/status";
import type { Target } from "./thing-subscription";

const directions = ["reported", "requested", "both"] as const;

export default function (RED: NodeAPI): void {
  function construct(this: Node, config: NodeDef): void {
    RED.nodes.createNode(this, config);
    const status = new NodeStatus(RED, this);
    const raw = config as unknown as RawSettings;
    try {
      const settings = readSettings(raw);
      const accountNode = findAccount(RED, readText(raw, "account"));
      const listener = new AccountListener(this, status, settings, accountNode.account);
      accountNode.register(this);
      listener.start();
      if (settings.isDynamic) takeOrders(this, listener, accountNode, settings.direction);
      onClose(this, () => {
        listener.stop();
        accountNode.deregister(this);
        return Promise.resolve();
      });
    } catch (reason) {
      refuse(this, status, toCloudError(reason));
    }
  }
  RED.nodes.registerType("arduino-cloud-property-in", construct);
}

function readSettings(raw: RawSettings): ListenerSettings {
  return {
    thing: readText(raw, "thing"),
    property: readText(raw, "property"),
    thingName: readText(raw, "thingName"),
    direction: readChoice(raw, "direction", directions),
    emit: readChoice(raw, "emit", ["all", "changed"]),
    deadband: readNumber(raw, "deadband", 0, 0),
    initial: readFlag(raw, "initial"),
    isDynamic: readNumber(raw, "inputs", 0, 0) > 0,
  };
}

/** A node that can't work says why: on its status, once to Catch nodes, and to every message. */
function refuse(node: Node, status: NodeStatus, error: CloudError): void {
  status.failed(error);
  onInput(node, () => Promise.reject(error));
  // Catch nodes listen only when all nodes have been constructed.
  setImmediate(() => node.error(error, {}));
}

/** What `msg.action` may be, with the words of Node-RED's own MQTT nodes. */
const actions = ["subscribe", "unsubscribe", "getSubscriptions", "connect", "disconnect"] as const;

function takeOrders(
  node: Node,
  listener: AccountListener,
  accountNode: AccountNode,
  direction: Target["direction"],
): void {
  onInput(node, async (message, send) => {
    const action = readAction(message);
    if (action === "subscribe") await subscribe(listener, readTarget(message, direction));
    else if (action === "unsubscribe") unsubscribe(listener, readTarget(message, direction));
    else if (action === "getSubscriptions") answer(message, send, listener);
    else if (action === "connect") accountNode.account?.session.start();
    else await accountNode.account?.session.stop();
  });
}

async function subscribe(listener: AccountListener, target: Target): Promise<void> {
  const error = await listener.subscribe(target, true);
  if (error === undefined || mayPass(error)) return;
  listener.unsubscribe(target);
  throw error;
}

function unsubscribe(listener: AccountListener, target: Target): void {
  if (listener.unsubscribe(target)) return;
  const what = `${target.property === "" ? "every variable" : `"${target.property}"`} of "${target.thing}"`;
  throw new CloudError("not_found", `There is no subscription to ${what} (${target.direction}) to be removed.`);
}

function answer(message: Message, send: Send, listener: AccountListener): void {
  message.payload = listener.subscriptions();
  send(message);
}

function readAction(message: Message): (typeof actions)[number] {
  const given = textOf(message, "action");
  const action = actions.find((candidate) => candidate === given);
  if (action !== undefined) return action;
  throw new CloudError(
    "invalid_input",
    `msg.action is "${given.slice(0, 80)}", but one of ${actions.join(", ")} is expected.`,
  );
}

function readTarget(message: Message, fallback: Target["direction"]): Target {
  const thing = thingOf(message);
  if (thing === "")
    throw new CloudError("invalid_input", "msg.thingId is missing: the id or name of a thing is expected.");
  const given = textOf(message, "direction");
  const direction = given === "" ? fallback : directions.find((candidate) => candidate === given);
  if (direction === undefined) {
    const shown = given.slice(0, 80);
    throw new CloudError(
      "invalid_input",
      `msg.direction is "${shown}", but one of ${directions.join(", ")} is expected.`,
    );
  }
  return { thing, property: namedPropertyOf(message), direction };
}
