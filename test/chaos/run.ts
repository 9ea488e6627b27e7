import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { PlannedFault } from "./plan";
import type { Load } from "./traffic";
import { type ChaosVerdict, ChaosWorld } from "./world";

/** A run: what goes wrong, and what goes on meanwhile. */
interface ChaosRun {
  plan: readonly PlannedFault[];
  load: Load;
  /** The longest time that it may take, in milliseconds. */
  timeoutMs: number;
}

/** Describes a run: lets all come, and holds what the flow got against what there was. */
export function describeRun(title: string, { plan, load, timeoutMs }: ChaosRun): void {
  describe(title, function () {
    this.timeout(timeoutMs);
    let world: ChaosWorld | undefined;
    let verdict: ChaosVerdict;

    before(async () => {
      world = await ChaosWorld.start(load);
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
}

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
