import type { Node, NodeAPI } from "node-red";
import type { ActivityLog } from "../../cloud/core/activity-log";

/** The levels at which Node-RED's loggers pass on what is told at `trace`, and at `debug`. */
const traceLevels: readonly unknown[] = ["trace", "audit", "metric"];
const debugLevels: readonly unknown[] = ["debug", ...traceLevels];

/**
 * Returns what tells the activity of an account or device in the node's log, at the levels `debug` and `trace`. Where no
 * logger is set to a level, its lines are not even made: Node-RED captures a stack for each.
 */
export function activityLogOf(RED: NodeAPI, node: Node): ActivityLog {
  const { logging } = RED.settings as { logging?: Record<string, { level?: unknown } | null> };
  const isSetTo = (levels: readonly unknown[]): boolean =>
    Object.values(logging ?? {}).some((logger) => levels.includes(logger?.level));
  return {
    ...(isSetTo(debugLevels) && { debug: (line) => node.debug(line) }),
    ...(isSetTo(traceLevels) && { trace: (line) => node.trace(line) }),
  };
}
