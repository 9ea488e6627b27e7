import assert from "node:assert/strict";
import { errorCodes } from "../../cloud/core/errors";
import { type House, startHouse } from "../support/simulated-account";
import { randomSource } from "../support/random-source";
import { type NodeRed, startNodeRed } from "../support/node-red";
import { until } from "../support/wait";
import type { MessageEvent } from "./checker";
import { mutate, type Mutation, mutationsOf } from "./mutations";
import { type Probe, probesFlow, probesOf } from "./probes";

const seed = Number(process.env["CHAOS_SEED"] ?? 1);
/** At least so many answers of a run are wrong; CHAOS_MUTATIONS=5000 has all of them. */
const wanted = Number(process.env["CHAOS_MUTATIONS"] ?? 1_000);
/** Mutations in one place tend to end alike. */
const minPerProbe = 12;

/** What JavaScript says by itself of a value that it did not expect: words of ours say more. */
const engineWords =
  /Cannot (read|convert|destructure)|is not (a function|iterable)|undefined|Invalid array length|call stack/;

type End = MessageEvent & { text?: string };

describe(`answers with mutations, seed ${seed}`, function () {
  this.timeout(600_000);
  let house: House;
  let red: NodeRed;
  const random = randomSource(seed);
  /** What nodes said of a mutation that should not be said so. */
  const wrong: string[] = [];
  let [count, failed, sent] = [0, 0, 0];
  let probes: Probe[];

  before(async () => {
    house = await startHouse();
    const { simulator, thingId } = house;
    for (let index = 0; index < 5; index++) {
      const time = Date.now() - 600_000 + index * 1_000;
      for (const [variable, value] of Object.entries({
        counter: index,
        temperature: 20.5 + index,
        relay: true,
        message: "a",
      }))
        simulator.store.record(thingId, variable, value, time);
    }
    red = await startNodeRed({ follows: true, env: { LOG_LEVEL: "warn" } });
    await red.deploy(probesFlow(house));
    probes = probesOf(house, await makeObjects(house));
    // What every node learns at first is not under test.
    for (const probe of probes) {
      const { code, text = "" } = await ask(probe);
      assert.equal(code, undefined, `${probe.name}: ${text}`);
    }
  });
  after(async () => {
    await red.stop();
    await house.stop();
  });

  /** Sends a probe's message; resolves to its end. */
  async function ask({ node, message, before }: Probe): Promise<End> {
    before?.(house);
    const number = `probe ${sent++}`;
    red.send(node, { ...structuredClone(message), number });
    const ends = (): End[] => red.received("ended") as unknown as End[];
    let end: End | undefined;
    await until(`the end of ${node}`, () => {
      red.check();
      return (end = ends().findLast((one) => one.number === number)) !== undefined;
    });
    return end as End;
  }

  /** Returns what the cloud answers to a probe. */
  async function learn(probe: Probe): Promise<unknown> {
    let answer: string | undefined;
    const { rest } = house.simulator.faults;
    rest.push({ ...orderOf(probe), alter: (body) => (answer = body) });
    await ask(probe);
    rest.length = 0;
    assert.ok(answer !== undefined, `${probe.name} asks for ${probe.match}`);
    return answer === "" ? {} : (JSON.parse(answer) as unknown);
  }

  /** Asks with a wrong answer, and again with the right one. */
  async function meet(probe: Probe, answer: unknown, mutation: Mutation): Promise<void> {
    const { rest } = house.simulator.faults;
    const what = `${probe.name}: ${mutation.kind} at ${mutation.place.join(".") || "the root"} (${mutation.choice})`;
    rest.push({ ...orderOf(probe), alter: () => mutate(answer, mutation) });
    const { code, text = "" } = await ask(probe);
    rest.length = 0;
    count++;
    if (code !== undefined) failed++;
    if (code !== undefined && !errorCodes.some((known) => known === code))
      wrong.push(`${what}: code "${code}" (${text})`);
    if (engineWords.test(text)) wrong.push(`${what}: ${text}`);
    const { code: after } = await ask(probe);
    if (after !== undefined) wrong.push(`${what}: then ${after}, though the answer was right again`);
  }

  it(`leave Node-RED alive and the node at work, and each failure has a code`, async () => {
    const planned: [Probe, unknown, Mutation[]][] = [];
    for (const probe of probes) {
      const answer = await learn(probe);
      planned.push([probe, answer, shuffled(mutationsOf(answer, random))]);
    }
    const all = planned.reduce((sum, [, , { length }]) => sum + length, 0);
    const share = Math.min(1, (wanted * 1.05) / all);
    for (const [probe, answer, mutations] of planned) {
      const taken = mutations.slice(0, Math.max(minPerProbe, Math.ceil(mutations.length * share)));
      for (const mutation of taken) await meet(probe, answer, mutation);
    }
    process.stdout.write(`        ${count} of ${all} mutations, ${failed} of them failures\n`);
    assert.deepEqual(wrong, []);
    assert.ok(count >= wanted || count === all, `${count} mutations`);
  });

  function shuffled<T>(list: readonly T[]): T[] {
    const keyed = list.map((item) => ({ item, key: random() }));
    return keyed.sort((one, other) => one.key - other.key).map(({ item }) => item);
  }
});

const orderOf = ({ match, method }: Probe): { match: RegExp; method?: string } => ({
  match,
  ...(method !== undefined && { method }),
});

/** Makes a dashboard and a trigger to ask for. */
async function makeObjects({ simulator, propertyIds }: House): Promise<{ trigger: string; dashboard: string }> {
  const { accessToken } = await simulator.tokens.mint({ userId: simulator.userId });
  const make = async (path: string, body: unknown): Promise<string> => {
    const headers = { "content-type": "application/json", authorization: `Bearer ${accessToken}` };
    const method = path.includes("dashboards") ? "POST" : "PUT";
    const answer = await fetch(simulator.restUrl + path, { method, headers, body: JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path} was answered with ${answer.status} ${text}`);
    return (JSON.parse(text) as { id: string }).id;
  };
  const widget = {
    id: "0b5a2ad4-6f2c-4f59-9a3f-1f6f6f2d7c11",
    type: "Gauge",
    name: "Counter",
    ...{ x: 0, y: 0, width: 4, height: 4, has_unlinked_variable: false },
    options: { min: 0, max: 100 },
    variables: [propertyIds.counter],
  };
  const dashboard = await make("/iot/v2/dashboards", { name: "Board", widgets: [widget] });
  const trigger = await make("/iot/v1/triggers", { name: "Trigger", property_id: propertyIds.relay });
  return { trigger, dashboard };
}
