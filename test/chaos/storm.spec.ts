import { stormOf } from "./plan";
import { describeRun } from "./run";
import { stormLoad } from "./traffic";

/** `npm run test:chaos -- --seed N --restarts N` says which storm this is. */
const seed = Number(process.env["CHAOS_STORM_SEED"] ?? process.env["CHAOS_SEED"] ?? 1);
const restarts = Number(process.env["CHAOS_RESTARTS"] ?? 10);

describeRun(`a flow through a storm of restarts, seed ${seed}, ${restarts} restarts`, {
  plan: stormOf(seed, restarts),
  load: stormLoad,
  timeoutMs: (restarts * 10 + 400) * 1_000,
});
