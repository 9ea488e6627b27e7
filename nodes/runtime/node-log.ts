import type { Node, NodeAPI } from "node-red";
import type { ActivityLog } from "../../cloud/core/activity-log";

/** The levels at which Node-RED's loggers pass on what is told at `trace`. */
const traceLevels: readonly unknown[] = ["trace", "audit", "metric"];

/**
 * Returns what tells the activity of an account or device in the node's log, at the levels `debug` and `trace`. Where no
 * logger is set to `trace`, its lines are not even made: Node-RED captures a stack for each.
 */
export function activityLogOf(RED: NodeAPI, node: Node): ActivityLog {
  const { logging } = RED.settings as { logging?: Record<string, { level?: unknown } | null> };
  const isTraced = Object.values(logging ?? {}).some((logger) => traceLevels.includes(logger?.level));
  return {
    debug: (line) => node.debug(line),
    ...(isTraced && { trace: (line) => node.trace(line) }),
  };
}
