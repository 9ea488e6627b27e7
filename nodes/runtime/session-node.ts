import { createHash } from "node:crypto";
import type { Node, NodeAPI } from "node-red";
import type { ActivityLog } from "../../cloud/core/activity-log";
import type { Session } from "../../cloud/mqtt/session";
import { type CloudError, toCloudError } from "../../cloud/core/errors";
import { onClose } from "./input";
import { activityLogOf } from "./node-log";
import { SharedFaults } from "./shared-faults";
import { systemClock } from "../../cloud/core/clock";

/** How long the session outlives its last user, so that a redeploy of a single node does not close it. */
const closeDelayMs = 2_000;
/** Malformed messages are told of once, then at most so often. */
const malformedPauseMs = 60_000;

/** A config node that has one session with the broker, as the nodes that use it see it. */
export interface SessionNode extends Node {
  /** Why its settings are not usable. */
  fault?: CloudError;
  /** Tells of what is wrong with it, once to each Catch node that is concerned. */
  faults: SharedFaults;
  /**
   * The nodes that use it, by id. Node-RED itself reads this property: it passes the errors and statuses of the config
   * node on to the Catch and Status nodes of the flows in it.
   */
  users: Record<string, Node>;
  /** Opens the session if it is not open, unless it was disconnected; it stays open while there are users. */
  register(user: Node): void;
  deregister(user: Node): void;
  /** Opens the session, also after `disconnect`. */
  connect(): void;
  /** Closes the session for all users, until `connect`, a restart of Node-RED, or a change of the settings. */
  disconnect(): Promise<void>;
}

/** The owner of the session: an account or a device. */
export interface SessionOwner {
  readonly session: Pick<Session, "start" | "stop">;
  close(): Promise<void>;
}

/**
 * The nodes whose session a flow has closed, by id, with what tells their settings from others: a full deploy builds all
 * nodes anew, also those that nobody has changed.
 */
const disconnected = new Map<string, string>();

/**
 * Connects with the first user, and disconnects when the last one has been gone for a while.
 * @param settings what the owner was made of: while it is the same, a `disconnect` outlives deploys
 */
export function keepSession(node: SessionNode, owner: SessionOwner | undefined, settings: unknown): void {
  let keepOpen: () => void = () => undefined;
  const print = digestOf(settings);
  if (disconnected.get(node.id) !== print) disconnected.delete(node.id);
  node.users = {};
  node.register = (user) => {
    keepOpen();
    node.users[user.id] = user;
    if (!disconnected.has(node.id)) owner?.session.start();
  };
  node.connect = () => {
    disconnected.delete(node.id);
    owner?.session.start();
  };
  node.disconnect = async () => {
    disconnected.set(node.id, print);
    await owner?.session.stop();
  };
  node.deregister = (user) => {
    // A successor may have registered under the same id already.
    if (node.users[user.id] !== user) return;
    Reflect.deleteProperty(node.users, user.id);
    if (Object.keys(node.users).length > 0) return;
    keepOpen = systemClock.after(closeDelayMs, () => owner?.session.stop());
  };
  onClose(node, async (removed) => {
    keepOpen();
    if (removed) disconnected.delete(node.id);
    await owner?.close();
  });
}

/** Returns what tells settings from others, without the secrets among them. */
function digestOf(settings: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify(settings ?? null))
    .digest("base64url");
}

/** Tells of what an account or device does, and of what it could not use or do, in the node's log. */
export function noticesTo(
  RED: NodeAPI,
  node: SessionNode,
): {
  log: ActivityLog;
  onMalformed: (topic: string, error: CloudError) => void;
  onFault: (reason: unknown) => void;
  onNotice: (message: string) => void;
} {
  let count = 0;
  let toldAt = -Infinity;
  return {
    log: activityLogOf(RED, node),
    onMalformed: (topic, error) => {
      count++;
      if (performance.now() - toldAt < malformedPauseMs) return;
      toldAt = performance.now();
      node.warn(`A malformed message on ${topic} was dropped (${count} so far): ${error.message}`);
    },
    onFault: (reason) => new SharedFaults(node).tell(toCloudError(reason), Object.values(node.users)),
    onNotice: (message) => node.warn(message),
  };
}

/** The state of a session, as far as people are told. */
interface ShownState {
  readonly name: string;
  readonly error?: CloudError;
}

/** Returns a function that tells once per outage why there is no connection, and when it is back. */
export function outageReport(node: SessionNode): (standing: ShownState) => void {
  let warned = "";
  return ({ name, error }) => {
    if (name === "online") {
      node.log(warned === "" ? "Connected to the Arduino Cloud." : "Connected to the Arduino Cloud again.");
      warned = "";
      node.faults.recovered();
    } else if (error !== undefined && error.code !== warned) {
      warned = error.code;
      if (name === "waiting") node.warn(`${error.message} It is tried again until it works.`);
      else node.faults.tell(error, Object.values(node.users));
    }
  };
}
