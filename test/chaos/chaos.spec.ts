import { planOf } from "./plan";
import { describeRun } from "./run";
import { usualLoad } from "./traffic";

/** `npm run test:chaos -- --seed N --seconds N` says which run this is. */
const seed = Number(process.env["CHAOS_SEED"] ?? 1);
const seconds = Number(process.env["CHAOS_SECONDS"] ?? 20);

describeRun(`a flow through random faults, seed ${seed}, ${seconds} s`, {
  plan: planOf(seed, seconds),
  load: usualLoad,
  timeoutMs: (seconds + 400) * 1_000,
});
