import type { Node, NodeAPI } from "node-red";
import type { ActivityLog } from "../../cloud/core/activity-log";
import type { Session } from "../../cloud/mqtt/session";
import { type CloudError, toCloudError } from "../../cloud/core/errors";
import { onClose } from "./input";
import { activityLogOf } from "./node-log";

/** How long the session outlives its last user, so that a redeploy of a single node does not close it. */
const closeDelayMs = 2_000;
/** Malformed messages are told of once, then at most so often. */
const malformedPauseMs = 60_000;

/** A config node that has one session with the broker, as the nodes that use it see it. */
export interface SessionNode extends Node {
  /** Why its settings are not usable. */
  fault?: CloudError;
  /**
   * The nodes that use it, by id. Node-RED itself reads this property: it passes the errors and statuses of the config
   * node on to the Catch and Status nodes of the flows in it.
   */
  users: Record<string, Node>;
  /** Opens the session if it is not open; it stays open while there are users. */
  register(user: Node): void;
  deregister(user: Node): void;
}

/** The owner of the session: an account or a device. */
interface SessionOwner {
  readonly session: Session;
  close(): Promise<void>;
}

/** Connects with the first user, and disconnects when the last one has been gone for a while. */
export function keepSession(node: SessionNode, owner: SessionOwner | undefined): void {
  let stopTimer: NodeJS.Timeout | undefined;
  node.users = {};
  node.register = (user) => {
    clearTimeout(stopTimer);
    node.users[user.id] = user;
    owner?.session.start();
  };
  node.deregister = (user) => {
    // A successor may have registered under the same id already.
    if (node.users[user.id] !== user) return;
    Reflect.deleteProperty(node.users, user.id);
    if (Object.keys(node.users).length > 0) return;
    stopTimer = setTimeout(() => void owner?.session.stop(), closeDelayMs);
  };
  onClose(node, async () => {
    clearTimeout(stopTimer);
    await owner?.close();
  });
}

/** Tells of what an account or device does, and of what it could not use or do, in the node's log. */
export function noticesTo(
  RED: NodeAPI,
  node: Node,
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
    onFault: (reason) => node.error(toCloudError(reason), {}),
    onNotice: (message) => node.warn(message),
  };
}

/** The state of a session, as far as people are told. */
interface ShownState {
  readonly name: string;
  readonly error?: CloudError;
}

/** Returns a function that tells once per outage why there is no connection, and when it is back. */
export function outageReport(node: Node): (standing: ShownState) => void {
  let warned = "";
  return ({ name, error }) => {
    if (name === "online") {
      node.log(warned === "" ? "Connected to the Arduino Cloud." : "Connected to the Arduino Cloud again.");
      warned = "";
    } else if (error !== undefined && error.code !== warned) {
      warned = error.code;
      if (name === "waiting") node.warn(`${error.message} It is tried again until it works.`);
      else node.error(error, {});
    }
  };
}
