import type { Node, NodeAPI, NodeDef } from "node-red";
import type { CloudAccount } from "../cloud/account";
import { systemClock } from "../cloud/clock";
import { isPlainObject } from "../cloud/data/render";
import type { Outbox } from "../cloud/data/outbox";
import type { WhenOffline } from "../cloud/data/outgoing";
import { CloudError, toCloudError } from "../cloud/errors";
import { findAccount } from "./common/account-node";
import { type Message, onClose, onInput } from "./common/input";
import { propertyOf, thingOf } from "./common/message";
import { type RawSettings, readChoice, readNumber, readText } from "./common/settings";
import { NodeStatus } from "./common/status";

interface PropertyOutSettings {
  account: string;
  thing: string;
  property: string;
  as: "user" | "device";
  whenOffline: WhenOffline;
  queueLimit: number;
  /** Milliseconds within which the board has to report the value back; absent: the broker's word will do. */
  confirmWithin: number | undefined;
}

/** A message under way. */
interface Pending {
  message: Message;
  fail: (error: CloudError) => void;
  /** Ends what still waits for the board. */
  forget: () => void;
}

/** Messages that a node left when it was redeployed, for its successor. */
interface Parked {
  /** Where they were bound for: a successor that writes elsewhere must not send them there. */
  target: string;
  messages: Message[];
}

/**
 * Node-RED builds the successor of a node from nothing, so what waits is left here, by node id. Each entry is taken up
 * by the next node of that id, within the same deploy.
 */
const parked = new Map<string, Parked>();

export default function (RED: NodeAPI): void {
  function construct(this: Node, config: NodeDef): void {
    RED.nodes.createNode(this, config);
    const status = new NodeStatus(RED, this);
    try {
      const settings = readSettings(config as unknown as RawSettings);
      const accountNode = findAccount(RED, settings.account);
      writeThrough(this, status, settings, accountNode);
    } catch (reason) {
      refuseAll(this, status, toCloudError(reason));
    }
  }
  RED.nodes.registerType("arduino-cloud-property-out", construct);
}

function readSettings(raw: RawSettings): PropertyOutSettings {
  return {
    account: readText(raw, "account"),
    thing: readText(raw, "thing"),
    property: readText(raw, "property"),
    as: readChoice(raw, "as", ["user", "device"]),
    whenOffline: readChoice(raw, "whenOffline", ["queue", "latest", "reject"]),
    queueLimit: readNumber(raw, "queueLimit", 1000, 1),
    confirmWithin:
      readChoice(raw, "confirm", ["broker", "device"]) === "device"
        ? readNumber(raw, "confirmTimeout", 10, 0.1) * 1000
        : undefined,
  };
}

/** A node that can't work says why, on its status and to every message. */
function refuseAll(node: Node, status: NodeStatus, error: CloudError): void {
  status.failed(error);
  onInput(node, () => Promise.reject(error));
  returnParked(node, undefined);
}

function writeThrough(
  node: Node,
  status: NodeStatus,
  settings: PropertyOutSettings,
  accountNode: ReturnType<typeof findAccount>,
): void {
  const { account } = accountNode;
  const outbox = settings.as === "device" ? account.reports.outbox : account.outbox;
  /** Messages that are neither delivered nor failed, in order. */
  const pending = new Set<Pending>();
  const report = reportStatus(node, status, account, outbox);
  accountNode.register(node);
  report.show();

  onInput(node, async (message, send) => {
    const request = readRequest(settings, message);
    const entry: Pending = { message, fail: () => undefined, forget: () => undefined };
    pending.add(entry);
    try {
      await new Promise<void>((resolve, reject) => {
        entry.fail = reject;
        const settle = (error?: CloudError): void => (error === undefined ? resolve() : reject(error));
        entry.forget = account.writer.write({ ...settings, ...request, owner: node.id, settle });
        report.show();
      });
    } catch (reason) {
      report.show(toCloudError(reason));
      throw reason;
    } finally {
      pending.delete(entry);
    }
    report.show();
    send(message);
  });

  onClose(node, async (removed) => {
    report.stop();
    await outbox.withdraw(node.id);
    accountNode.deregister(node);
    // What the broker has and the board has not confirmed yet is among what is left, too.
    const left = [...pending];
    for (const { forget } of left) forget();
    if (removed) for (const { fail } of left) fail(cancelledByRemoval());
    else if (left.length > 0)
      parked.set(node.id, { target: targetOf(settings), messages: left.map(({ message }) => message) });
  });
  returnParked(node, targetOf(settings));
}

/** What a message asks to be written, and where. */
function readRequest(
  settings: PropertyOutSettings,
  message: Message,
): { thing: string; values: ReadonlyMap<string, unknown> } {
  const thing = settings.thing === "" ? thingOf(message) : settings.thing;
  if (thing === "") {
    throw new CloudError(
      "invalid_input",
      "No thing is given: choose one in the node's settings, or set msg.thingId to its id or name.",
    );
  }
  const property = settings.property === "" ? propertyOf(message) : settings.property;
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

function cancelledByRemoval(): CloudError {
  return new CloudError("cancelled", "The node was removed before the message was delivered.");
}

function targetOf({ account, thing, property, as }: PropertyOutSettings): string {
  return JSON.stringify([account, thing, property, as]);
}

/**
 * Takes up what a predecessor left, as if the messages had just come: they are checked again, and end in `done` here.
 * What was bound for another place is cancelled.
 */
function returnParked(node: Node, target: string | undefined): void {
  const left = parked.get(node.id);
  if (left === undefined) return;
  parked.delete(node.id);
  // The flow is complete only when all nodes have been constructed.
  setImmediate(() => {
    for (const message of left.messages) {
      if (left.target === target) node.receive(message);
      else node.error(new CloudError("cancelled", "The node was changed before the message was delivered."), message);
    }
  });
}

/** How often a node's status may change at the most, in milliseconds. */
const statusPause = 250;

interface StatusReport {
  /** Shows how things stand, soon; with an error, shows that until the next call. */
  show: (failure?: CloudError) => void;
  stop: () => void;
}

/** Shows what waits or went wrong, or else the state of the session; not more often than an editor can follow. */
function reportStatus(node: Node, status: NodeStatus, account: CloudAccount, outbox: Outbox): StatusReport {
  let failure: CloudError | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const showNow = (): void => {
    timer = undefined;
    const count = outbox.pending(node.id);
    const { state } = account.session;
    if (failure !== undefined) status.failed(failure);
    else if (count > 0 && !outbox.isOnline && state.name !== "refused") status.queued(count);
    else if (count > 1) status.sending(count);
    else status.session(state, systemClock.now());
  };
  const show = (outcome?: CloudError): void => {
    failure = outcome;
    if (!isStopped) timer ??= setTimeout(showNow, statusPause);
  };
  const unobserve = account.session.observe(() => show());
  const stop = (): void => {
    isStopped = true;
    unobserve();
    clearTimeout(timer);
  };
  return { show, stop };
}
