import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { planOf, type PlannedFault } from "./plan";
import { type ChaosVerdict, ChaosWorld } from "./world";

/** `npm run test:chaos -- --seed N --seconds N` says which run this is. */
const seed = Number(process.env["CHAOS_SEED"] ?? 1);
const seconds = Number(process.env["CHAOS_SECONDS"] ?? 20);

describe(`a flow through random faults, seed ${seed}, ${seconds} s`, function () {
  this.timeout((seconds + 400) * 1_000);
  const plan = planOf(seed, seconds);
  let world: ChaosWorld | undefined;
  let verdict: ChaosVerdict;

  before(async () => {
    world = await ChaosWorld.start();
    world.traffic.start();
    const start = performance.now();
    for (const fault of plan) {
      await sleep(fault.waitMs);
      tell(fault, performance.now() - start);
      await world.suffer(fault, (milliseconds) => sleep(milliseconds));
    }
    world.traffic.stop();
    await world.comeToRest();
    verdict = world.verdict();
    tellVerdict(verdict);
  });
  after(async () => {
    if (process.env["CHAOS_LOG"] !== undefined) process.stdout.write(world?.log() ?? "");
    await world?.stop();
  });

  for (const counter of ["lost", "doubled", "disordered", "invented"] as const) {
    it(`has nothing ${counter}`, () => {
      const found = Object.entries(verdict.streams).filter(([, stream]) => stream[counter].length > 0);
      assert.deepEqual(
        found.map(([name, stream]) => [name, stream[counter]]),
        [],
      );
    });
  }

  it("ends each message once, with a code where it fails", () => {
    assert.deepEqual(verdict.messages, { unheard: [], endedTwice: [], codeless: [] });
  });

  it("makes each thing once", () => {
    assert.deepEqual(verdict.creations, { lost: [], doubled: [] });
  });
});

function tell({ kind, holdMs, isOverlapped, choice }: PlannedFault, atMs: number): void {
  const at = (atMs / 1_000).toFixed(1).padStart(6);
  const lasts = holdMs > 0 ? ` for ${holdMs} ms${isOverlapped ? ", meanwhile" : ""}` : "";
  process.stdout.write(`${at} s  ${kind} (${choice.toFixed(3)})${lasts}\n`);
}

function tellVerdict({ streams, messages, creations, figures }: ChaosVerdict): void {
  const count = (lists: object): string =>
    Object.entries(lists)
      .map(([name, list]) => `${(list as unknown[]).length} ${name}`)
      .join(", ");
  const told = Object.entries(figures).map(([name, number]) => `${number} ${name}`);
  const lines = Object.entries(streams).map(([name, stream]) => `${name}: ${count(stream)}`);
  const all = [told.join(", "), ...lines, `messages: ${count(messages)}`, `things made: ${count(creations)}`];
  process.stdout.write(all.map((line) => `        ${line}\n`).join(""));
}
