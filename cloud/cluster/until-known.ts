import { abortable } from "../core/abort";
import type { Cluster } from "./cluster";

/**
 * Joins, and resolves as soon as it is known how this copy stands.
 * @throws CloudError `cancelled`
 */
export async function untilKnown(
  cluster: Pick<Cluster, "start" | "state" | "observe">,
  signal: AbortSignal,
  what: string,
): Promise<void> {
  cluster.start();
  let unobserve: () => void = () => undefined;
  const known = new Promise<void>((resolve) => {
    const look = (): void => {
      if (cluster.state.name !== "joining" && cluster.state.name !== "idle") resolve();
    };
    unobserve = cluster.observe(look);
    look();
  });
  await abortable(known, signal, what).finally(unobserve);
}
