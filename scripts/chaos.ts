/**
 * Lets a flow in a real Node-RED through random faults, a storm of restarts, and answers with mutations: `npm run test:chaos
 * -- --seed N --seconds N`; with `--restarts N` through a storm of so many alone. Without a seed it takes a new one and says
 * which. A seed decides the faults and their order; what they meet depends on the machine, so a seed that fails may have to be
 * tried again.
 */
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { runProcess } from "./test/process";

const defaultSeconds = 60;
const storm = "test/chaos/storm.spec.ts";
const text = { type: "string" } as const;

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { seed: text, seconds: text, restarts: text } });
  const seed = numberOf(values.seed ?? String(randomInt(1_000_000)), "seed");
  const seconds = numberOf(values.seconds ?? String(defaultSeconds), "seconds");
  const restarts = values.restarts === undefined ? undefined : numberOf(values.restarts, "restarts");
  const [long, specs] = restarts === undefined ? [`seconds ${seconds}`, "chaos"] : [`restarts ${restarts}`, storm];
  console.log(`Chaos: --seed ${seed} --${long}`);
  const env: NodeJS.ProcessEnv = { ...process.env, CHAOS_SEED: String(seed), CHAOS_SECONDS: String(seconds) };
  if (restarts !== undefined) env["CHAOS_RESTARTS"] = String(restarts);
  return runProcess(process.execPath, ["--import", "tsx", "scripts/test.ts", "--jobs=1", specs], env);
}

function numberOf(text: string, name: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`--${name} takes a whole number, not "${text}".`);
  return Number(text);
}

main().then(
  (status) => {
    process.exitCode = status;
  },
  (reason: unknown) => {
    console.error(reason instanceof Error ? reason.message : String(reason));
    process.exitCode = 1;
  },
);
