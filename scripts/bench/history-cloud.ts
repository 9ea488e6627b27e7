/** The far side of the benchmark of history, in a process of its own. */
import { startSimulator } from "../../simulator";
import { fill, type RunOptions, runs } from "../../simulator/seeds/year";
import type { HistoryCloud } from "./history-protocol";

async function main(history: RunOptions): Promise<void> {
  const simulator = await startSimulator({
    choices: { retentionDays: 36_500 },
    faults: { tokenLifetime: 3_600, requestsPerSecond: null },
  });
  const { store, userId, observed } = simulator;
  const { id } = store.createThing({ name: "Runs" }, { userId });
  const property = store.createProperty(id, { name: "runs", variable_name: "runs", type: "INT" });
  fill(property, runs(history));
  const cloud: HistoryCloud = {
    baseUrl: simulator.restUrl,
    brokerUrl: simulator.brokerUrl,
    clientId: simulator.clientId,
    clientSecret: simulator.clientSecret,
    token: (await simulator.tokens.mint({ userId })).accessToken,
    thingId: id,
    propertyId: property.id,
    history,
  };
  process.send?.(cloud);
  // Asked for the queries since the last time.
  process.on("message", () => {
    const queries = observed.requests.flatMap(({ path, body }) =>
      path.endsWith("/batch_query_raw") ? (body as { requests: unknown[] }).requests : [],
    );
    observed.requests.length = 0;
    process.send?.(queries.length);
  });
}

// Whoever started it is gone.
process.once("disconnect", () => process.exit(0));
process.once("message", (history: RunOptions) => {
  main(history).catch((reason: unknown) => {
    console.error(reason);
    process.exit(1);
  });
});
