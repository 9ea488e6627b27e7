import type { Board } from "../../simulator/boards/board";
import { accountOf, flowTab, type FlowNode, propertyIn, sink, tab } from "./flows";
import { type NodeRed, startNodeRed } from "./node-red";
import { type RedisServer, startRedis } from "./redis";
import { type House, startHouse } from "./simulated-account";
import { stopLater } from "./stop";
import { until } from "./wait";

/** Several real Node-REDs with the same flow, a real Redis, and a simulated cloud whose board reports. */
export interface RunningCluster {
  redis: RedisServer;
  house: House;
  board: Board;
  copies: NodeRed[];
  /** Starts one more copy. */
  join(): Promise<NodeRed>;
  /** Deploys the whole flow once more in a copy. */
  deploy(copy: NodeRed): Promise<void>;
  /** Returns the copy that speaks, as far as its status says. */
  speaker(): NodeRed | undefined;
  /** Waits until one copy speaks and all others stand by. */
  settled(): Promise<NodeRed>;
  /** Reports the numbers from one to another, so many a second. */
  report(from: number, to: number, perSecond: number): Promise<void>;
  /** What has come out of all flows together, as they handed it over. */
  outcome(): Outcome;
}

/** What a flow got, over all copies. */
interface Outcome {
  /** In the order of arrival. */
  values: number[];
  doubled: number;
  missing: (from: number, to: number) => number[];
  /** The longest time without a value, between the first and the last. */
  silenceMs: number;
  isInOrder: boolean;
}

interface ClusterOptions {
  copies?: number;
  redis?: RedisServer;
  ttl?: number;
  hold?: number;
  whenEngineDown?: "hold" | "speak";
  /** More settings of property in. */
  listens?: Record<string, unknown>;
  /** The code of the function that gets the values. */
  work?: string;
  /** Returns more nodes of the flow. */
  more?: (house: House) => FlowNode[];
}

const tellValue = `global.get("tell")("values", { payload: msg.payload, cluster: msg.cluster, at: Date.now() });`;

/** A cluster node, as an editor deploys it. */
function clusterNode(redis: RedisServer, more: Record<string, unknown> = {}): FlowNode {
  return { id: "cluster", type: "arduino-cloud-cluster", name: "test", url: redis.url, ttl: 2, hold: 60, ...more };
}

/** Starts it; all of it ends with the test. The package must be built. */
export async function startCluster(options: ClusterOptions = {}): Promise<RunningCluster> {
  const { copies: count = 2, redis = await startRedis(), more = () => [], listens = {}, work, ...settings } = options;
  const house = await startHouse();
  const board = await house.board();
  const flow: FlowNode[] = [
    flowTab,
    accountOf(house, { cluster: "cluster" }),
    clusterNode(redis, { ...settings }),
    propertyIn(house, "values", { property: "counter", ...listens }),
    sink("values", { func: `${tellValue} ${work ?? ""}` }),
    { id: "status", type: "status", z: tab, x: 1, y: 1, scope: ["in-values"], wires: [["statuses"]] },
    sink("statuses", { func: `global.get("tell")("statuses", { payload: msg.status.fill, at: Date.now() });` }),
    ...more(house),
  ];
  const copies: NodeRed[] = [];
  const join = async (): Promise<NodeRed> => {
    const copy = await startNodeRed();
    stopLater(() => copy.stop().catch(() => undefined));
    copies.push(copy);
    await copy.deploy(flow);
    return copy;
  };
  for (let made = 0; made < count; made++) await join();
  const colour = (copy: NodeRed): unknown => copy.received("statuses").at(-1)?.payload;
  const speaker = (): NodeRed | undefined => copies.find((copy) => copy.isRunning() && colour(copy) === "green");
  return {
    redis,
    house,
    board,
    copies,
    join,
    deploy: (copy) => copy.deploy(flow),
    speaker,
    settled: async () => {
      await until("one speaker, and all others standing by", () => {
        const running = copies.filter((copy) => copy.isRunning());
        const speaking = running.filter((copy) => colour(copy) === "green");
        return speaking.length === 1 && running.every((copy) => copy === speaking[0] || colour(copy) === "grey");
      });
      const found = speaker();
      if (found === undefined) throw new Error("Nobody speaks any more.");
      return found;
    },
    report: async (from, to, perSecond) => {
      const began = performance.now();
      for (let value = from; value <= to; value++) {
        await board.report({ counter: value });
        const dueAt = began + ((value - from + 1) * 1_000) / perSecond;
        if (performance.now() < dueAt) await until("the next value's turn", () => performance.now() >= dueAt);
      }
    },
    outcome: () => outcomeOf(copies),
  };
}

function outcomeOf(copies: readonly NodeRed[]): Outcome {
  const all = copies
    .flatMap((copy) => copy.received("values"))
    .map(({ payload, at }) => ({ value: Number(payload), at: Number(at) }))
    .sort((a, b) => a.at - b.at || a.value - b.value);
  const values = all.map(({ value }) => value);
  const firsts = [...new Set(values)];
  const pauses = all.slice(1).map(({ at }, index) => at - (all[index]?.at ?? at));
  return {
    values,
    doubled: values.length - firsts.length,
    missing: (from, to) => {
      const given = new Set(values);
      return Array.from({ length: to - from + 1 }, (_none, index) => from + index).filter((value) => !given.has(value));
    },
    silenceMs: Math.max(0, ...pauses),
    isInOrder: firsts.every((value, index) => index === 0 || value > (firsts[index - 1] ?? value)),
  };
}
