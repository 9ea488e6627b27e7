import { createRest, type Rest } from "../../cloud/rest/index";
import { ensure, type EnsureOptions, type EnsureResult } from "../../cloud/desired-state/index";
import { startSimulator, type Simulator } from "../../simulator/index";

/** An account on a simulator of its own. */
export interface Account {
  simulator: Simulator;
  rest: Rest;
  /** Ensures, without waiting long after a failure. */
  ensure(kind: EnsureOptions["kind"], wanted: unknown, options?: Partial<EnsureOptions>): Promise<EnsureResult>;
  /** The requests since the last call that write, as `METHOD path`. */
  writes(): string[];
  stop(): Promise<void>;
}

export async function startAccount(): Promise<Account> {
  const simulator = await startSimulator();
  simulator.faults.requestsPerSecond = null;
  const { restUrl, clientId, clientSecret } = simulator;
  const rest = createRest({ baseUrl: restUrl, clientId, clientSecret, requestsPerSecond: 1_000 });
  let seen = 0;
  return {
    simulator,
    rest,
    ensure: (kind, wanted, options = {}) => ensure({ rest, kind, wanted, ...options }),
    writes: () => {
      const fresh = simulator.observed.requests.slice(seen);
      seen = simulator.observed.requests.length;
      return fresh
        .filter(({ method, path }) => method !== "GET" && !path.endsWith("/token"))
        .map(({ method, path }) => `${method} ${path}`);
    },
    stop: async () => {
      rest.close();
      await simulator.stop();
    },
  };
}
