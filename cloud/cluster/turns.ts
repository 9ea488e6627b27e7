import type { Cluster } from "./cluster";

/** Says whether it is this copy's turn to do what only one of several copies shall do. */
export interface Turns {
  /** Tells at once and whenever it changes whether it is; returns the function that ends it. */
  follow(told: (isOurs: boolean) => void): () => void;
}

/** Returns the turns of a copy: they are ours while it leads. */
export function turnsOf(cluster: Pick<Cluster, "start" | "observe" | "leads">): Turns {
  return {
    follow: (told) => {
      cluster.start();
      let isOurs = cluster.leads;
      const unobserve = cluster.observe(() => {
        if (cluster.leads === isOurs) return;
        isOurs = !isOurs;
        told(isOurs);
      });
      told(isOurs);
      return unobserve;
    },
  };
}
