import type { Node } from "node-red";
import type { CloudError } from "../../cloud/core/errors";
import type { NodeStatus } from "../runtime/status";
import type { Destination } from "./destination";
import { systemClock } from "../../cloud/core/clock";

/** A node's status changes no more often than this. */
const statusIntervalMs = 250;

/** The status of a node that writes. */
interface StatusReport {
  /** Shows how things stand, soon; with an error, shows that until the next call. */
  show: (failure?: CloudError) => void;
  /** Shows that the thing or variable of the settings is not there, until that is known to be otherwise. */
  misses: (missing?: CloudError) => void;
  stop: () => void;
}

/**
 * Keeps the status of a node: what waits or went wrong, or else how the connection stands; not more often than an editor
 * can follow.
 */
export function reportStatus(node: Node, status: NodeStatus, destination: Destination): StatusReport {
  let failure: CloudError | undefined;
  let missing: CloudError | undefined;
  let stopTimer: (() => void) | undefined;
  let isStopped = false;
  const showNow = (): void => {
    stopTimer = undefined;
    const { outbox } = destination;
    const count = outbox.pending(node.id);
    const wrong = failure ?? missing;
    if (wrong !== undefined) status.failed(wrong);
    else if (count > 0 && !outbox.isOnline) status.queued(count);
    else if (count > 1) status.sending(count);
    else destination.showConnectionState(status);
  };
  const show = (outcome?: CloudError): void => {
    failure = outcome;
    if (!isStopped) stopTimer ??= systemClock.after(statusIntervalMs, showNow);
  };
  const unobserve = destination.observe(() => show());
  const misses = (fault?: CloudError): void => {
    if (fault === missing) return;
    missing = fault;
    show(failure);
  };
  const stop = (): void => {
    isStopped = true;
    unobserve();
    stopTimer?.();
  };
  return { show, misses, stop };
}
