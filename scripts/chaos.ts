/**
 * Lets a flow in a real Node-RED through random faults, and answers with mutations: `npm run test:chaos -- --seed N
 * --seconds N`. Without a seed it takes a new one and says which. A seed decides the faults and their order; what they meet
 * depends on the machine, so a seed that fails may have to be tried again.
 */
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { runProcess } from "./test/process";

const defaultSeconds = 60;

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { seed: { type: "string" }, seconds: { type: "string" } } });
  const seed = numberOf(values.seed ?? String(randomInt(1_000_000)), "seed");
  const seconds = numberOf(values.seconds ?? String(defaultSeconds), "seconds");
  console.log(`Chaos: --seed ${seed} --seconds ${seconds}`);
  const env = { ...process.env, CHAOS_SEED: String(seed), CHAOS_SECONDS: String(seconds) };
  return runProcess(process.execPath, ["--import", "tsx", "scripts/test.ts", "--jobs=1", "chaos"], env);
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
