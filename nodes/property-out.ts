import type { Node, NodeAPI, NodeDef } from "node-red";
import { isPlainObject } from "../cloud/core/json";
import type { WhenOffline } from "../cloud/live-values/queued-message";
import type { ValueLimit } from "../cloud/property-types/value-limits";
import { CloudError, isMissing, toCloudError } from "../cloud/core/errors";
import { inBackground } from "../cloud/core/guard";
import { findAccount } from "./runtime/account-node";
import { findDeviceNode } from "./runtime/device-node";
import { type Message, onClose, onInput } from "./runtime/input";
import { messageProperty, messageThing } from "./runtime/message";
import { failMisconfigured } from "./runtime/misconfigured";
import type { SessionNode } from "./runtime/session-node";
import { cancelParked, delivered, RedeployQueue, type WaitingMessage } from "./runtime/redeploy-queue";
import { type RawSettings, readChoice, readFlag, readNumber, readText, settingsOf } from "./runtime/settings";
import { NodeStatus } from "./runtime/status";
import { WarnOnce } from "./runtime/warn-once";
import { type Destination, toAccount, toDevice } from "./property-out/destination";
import { reportStatus } from "./property-out/status-report";

interface PropertyOutSettings {
  account: string;
  device: string;
  thing: string;
  property: string;
  as: "user" | "device";
  whenOffline: WhenOffline;
  queueLimit: number;
  /** Milliseconds within which the board has to report the value back; absent: the broker's word will do. */
  confirmWithinMs: number | undefined;
  /** Messages that wait survive a restart of Node-RED, where the user has a persistent context store. */
  keepQueue: boolean;
}

/** Registers the node `arduino-cloud-property-out`, which writes values. */
export default function (RED: NodeAPI): void {
  function construct(this: Node, config: NodeDef): void {
    RED.nodes.createNode(this, config);
    const status = new NodeStatus(this);
    try {
      const settings = readSettings(settingsOf(RED, config));
      const { sessionNode, destination } = findDestination(RED, settings);
      writeThrough(this, status, settings, sessionNode, destination);
    } catch (reason) {
      failMisconfigured(this, status, toCloudError(reason));
      cancelParked(this);
    }
  }
  RED.nodes.registerType("arduino-cloud-property-out", construct);
}

function readSettings(raw: RawSettings): PropertyOutSettings {
  return {
    account: readText(raw, "account"),
    device: readText(raw, "device"),
    thing: readText(raw, "thing"),
    property: readText(raw, "property"),
    as: readChoice(raw, "as", ["user", "device"]),
    whenOffline: readChoice(raw, "whenOffline", ["queue", "latest", "reject"]),
    queueLimit: readNumber(raw, "queueLimit", 1000, 1),
    confirmWithinMs:
      readChoice(raw, "confirm", ["broker", "device"]) === "device"
        ? readNumber(raw, "confirmTimeout", 10, 0.1) * 1000
        : undefined,
    keepQueue: readFlag(raw, "keepQueue"),
  };
}

/** Finds where a node writes to. If both a device and an account are set, the device wins. */
function findDestination(
  RED: NodeAPI,
  settings: PropertyOutSettings,
): { sessionNode: SessionNode; destination: Destination } {
  if (settings.device === "") {
    const sessionNode = findAccount(RED, settings.account);
    return { sessionNode, destination: toAccount(sessionNode.account, settings) };
  }
  const sessionNode = findDeviceNode(RED, settings.device);
  return { sessionNode, destination: toDevice(sessionNode.device, sessionNode.account, sessionNode.relay) };
}

/** Writes what messages ask for; a message goes on when its values are delivered. */
function writeThrough(
  node: Node,
  status: NodeStatus,
  settings: PropertyOutSettings,
  sessionNode: SessionNode,
  destination: Destination,
): void {
  const { account, device, thing, property, as, keepQueue } = settings;
  const waiting = new RedeployQueue(node, JSON.stringify([account, device, thing, property, as]), keepQueue);
  const report = reportStatus(node, status, destination);
  const write = writerOf(node, settings, destination);
  sessionNode.register(node);
  report.show();
  const stopChecking = checkTarget(settings, destination, report.misses);

  onInput(node, async (message, send) => {
    const request = readRequest(settings, message, destination.needsThing);
    try {
      await waiting.during(message, async (entry) => {
        const outcome = write(request, entry);
        report.show();
        await outcome;
      });
    } catch (reason) {
      report.show(toCloudError(reason));
      throw reason;
    }
    report.show();
    send(message);
  });

  onClose(node, async (removed) => {
    stopChecking();
    report.stop();
    await destination.outbox.withdraw(node.id);
    sessionNode.deregister(node);
    await waiting.close(removed);
  });
  waiting.takeUp();
}

/**
 * Looks up what the settings name, at the start and whenever something new is known: what is misspelt shows before a
 * message fails of it. Returns the function that ends it.
 */
function checkTarget(
  { thing, property }: PropertyOutSettings,
  destination: Destination,
  tell: (missing?: CloudError) => void,
): () => void {
  if (thing === "" || !destination.needsThing) return () => undefined;
  let isOver = false;
  const look = (): void => {
    const found = (): void => {
      if (!isOver) tell();
    };
    const failed = (reason: unknown): void => {
      const error = toCloudError(reason);
      if (!isOver && isMissing(error)) tell(error);
    };
    inBackground(destination.check(thing, property).then(found, failed));
  };
  const unfollow = destination.onRefresh(look);
  look();
  return () => {
    isOver = true;
    unfollow();
  };
}

/** Values that a message asks to be written, and the thing that has the variables. */
interface WriteTarget {
  thing: string;
  values: ReadonlyMap<string, unknown>;
}

/** Returns the function that writes for a node: it resolves when all is delivered, and lets the entry end it sooner. */
function writerOf(
  node: Node,
  { whenOffline, queueLimit }: PropertyOutSettings,
  destination: Destination,
): (request: WriteTarget, entry: WaitingMessage) => Promise<void> {
  const warnings = new WarnOnce((warning) => node.warn(warning));
  const onLimit = ({ kind, variable, warning }: ValueLimit): void =>
    warnings.note(JSON.stringify([kind, variable]), warning);
  return (request, entry) =>
    delivered(entry, (settle) =>
      destination.write({ ...request, owner: node.id, whenOffline, queueLimit, settle, onLimit }),
    );
}

/** Reads what a message asks to be written, and where. */
function readRequest(settings: PropertyOutSettings, message: Message, needsThing: boolean): WriteTarget {
  const thing = settings.thing === "" ? messageThing(message) : settings.thing;
  if (thing === "" && needsThing) {
    throw new CloudError(
      "invalid_input",
      "No thing is given: choose one in the node's settings, or set msg.thingId to its id or name.",
    );
  }
  const property = settings.property === "" ? messageProperty(message) : settings.property;
  const { payload } = message;
  if (property !== "") return { thing, values: new Map([[property, payload]]) };
  if (!isPlainObject(payload) || Object.keys(payload).length === 0) {
    throw new CloudError(
      "invalid_input",
      "No variable is given: choose one in the node's settings, set msg.property or msg.topic to its name, " +
        "or let the payload be {variable: value}.",
    );
  }
  return { thing, values: new Map(Object.entries(payload)) };
}
