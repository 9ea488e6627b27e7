import { rm } from "node:fs/promises";
import { decodeSenml } from "../../simulator/codec/senml";
import { again, type FlowNode } from "../support/flows";
import { type House, startHouse } from "../support/simulated-account";
import { type NodeRed, type Received, startNodeRed } from "../support/node-red";
import { until } from "../support/wait";
import {
  type CreationsVerdict,
  type Given,
  judgeCreations,
  judgeMessages,
  judgeStream,
  judgeWrites,
  type MessageEvent,
  type MessagesVerdict,
  type StreamVerdict,
  type Write,
} from "./checker";
import { begin, type FaultTarget } from "./faults";
import { chaosFlow, keepsMessages, reported, variables, written } from "./flow";
import type { PlannedFault } from "./plan";
import { type Load, Traffic } from "./traffic";

/** What became of everything, by what it is. */
export interface ChaosVerdict {
  streams: Record<string, StreamVerdict>;
  messages: MessagesVerdict;
  creations: CreationsVerdict;
  /** How much there was, for a reader. */
  figures: Record<string, number>;
}

/** Time for all to come to rest after the last fault, in milliseconds: waits between attempts grow to 20 s. */
const restTimeoutMs = 120_000;

/** A simulated cloud, a real Node-RED with a flow, traffic between them, and faults. */
export class ChaosWorld implements FaultTarget {
  readonly kills: number[] = [];
  readonly traffic: Traffic;
  readonly #isBusy: boolean;
  #red: NodeRed | undefined;
  readonly #userDir: string;
  /** What the lives of Node-RED before this one told, by label. */
  readonly #told = new Map<string, Received[]>();
  /** How often nodes and tabs were changed, by their ids. */
  readonly #versions = new Map<string, number>();
  readonly #heals = new Set<() => Promise<void>>();

  private constructor(
    readonly house: House,
    load: Load,
    red: NodeRed,
  ) {
    this.#isBusy = load.isBusy;
    this.#red = red;
    this.#userDir = red.userDir;
    this.traffic = new Traffic(house, load, (node, message) => {
      this.#red?.send(node, message);
      return this.#red !== undefined;
    });
  }

  /** Starts everything; resolves when the flow listens. */
  static async start(load: Load): Promise<ChaosWorld> {
    const house = await startHouse({ variables });
    const red = await startNodeRed({ keeps: "at once", follows: true });
    const world = new ChaosWorld(house, load, red);
    await red.deploy(world.#flow());
    await until("the subscription", () =>
      house.simulator.observed.connections.some(
        ({ kind, subscriptions }) => kind === "user" && subscriptions.length > 0,
      ),
    );
    return world;
  }

  /** Lets a fault come, and waits until it is over, unless the next one is to meet it. */
  async suffer(fault: PlannedFault, sleep: (milliseconds: number) => Promise<void>): Promise<void> {
    const end = await begin(this, fault);
    const heal = async (): Promise<void> => {
      if (this.#heals.delete(heal)) await end();
    };
    this.#heals.add(heal);
    const healed = sleep(fault.holdMs).then(heal);
    if (!fault.isOverlapped) await healed;
  }

  readonly deploy = async (type: "full" | "flows" | "nodes", changed: string): Promise<void> => {
    this.#versions.set(changed, (this.#versions.get(changed) ?? 0) + 1);
    await this.#red?.deploy(again(this.#flow()), undefined, type);
  };

  readonly restart = async (): Promise<void> => {
    const red = this.#away();
    await red.stop();
    await this.#begin(red);
  };

  readonly kill = async (): Promise<void> => {
    const red = this.#away();
    red.check();
    this.kills.push(Date.now());
    await red.kill();
    await this.#begin(red);
  };

  /** Ends all faults, and waits until all that there was has come, or never will. */
  async comeToRest(): Promise<void> {
    for (const heal of this.#heals) await heal();
    Object.assign(this.house.simulator.faults, { rest: [], dropUnacked: 0 });
    this.traffic.report();
    this.traffic.write();
    const last = (variable: string): unknown => this.traffic.reports.get(variable)?.at(-1)?.value;
    await this.#patiently(() =>
      Object.entries(this.#streams()).every(([name, { given }]) => {
        const variable = name.split(" ").at(-1) ?? "";
        return name.startsWith("rows") || given.some(({ value }) => value === last(variable));
      }),
    );
    await this.#patiently(() => this.#verdictOfMessages().unheard.length === 0);
    // What the archive has not had yet, it gets from one more run that ends well.
    await this.#patiently(async () => {
      const number = this.traffic.archive() ?? "";
      await until("the end of the archive's run", () => this.#endOf(number) !== undefined, restTimeoutMs);
      return this.#endOf(number) === "done";
    });
    this.#red?.check();
  }

  async stop(): Promise<void> {
    this.traffic.stop();
    try {
      await this.#red?.stop();
    } finally {
      await this.house.stop();
      await rm(this.#userDir, { recursive: true, force: true });
    }
  }

  /** Judges all that has been so far. */
  verdict(): ChaosVerdict {
    const { traffic, kills } = this;
    const streams = Object.entries(this.#streams()).map(([name, { sent, given }]): [string, StreamVerdict] => [
      name,
      judgeStream(sent, given, kills),
    ]);
    const asked = traffic.writes.map(({ number, value, at }) => ({ number, value, at }));
    const delivered = asked.filter(({ number }) => this.#endOf(number) === "done");
    const writes = judgeWrites(delivered, asked, this.#writes(), kills);
    const creations = traffic.creations(this.#received("answers"), (number) => this.#endOf(number));
    const failed = this.#events("ended").filter(({ code }) => code !== undefined);
    return {
      streams: { ...Object.fromEntries(streams), writes },
      messages: this.#verdictOfMessages(),
      creations: judgeCreations(creations, traffic.madeNames()),
      figures: {
        reported: [...traffic.reports.values()].reduce((sum, { length }) => sum + length, 0),
        written: delivered.length,
        messages: new Set(this.#events("taken").map(({ number }) => number)).size,
        failed: failed.length,
        kills: kills.length,
      },
    };
  }

  /** The log of the present Node-RED, for a run that fails. */
  log(): string {
    return this.#red?.log() ?? "";
  }

  #streams(): Record<string, { sent: Given[]; given: Given[] }> {
    const sentOf = (variable: string): Given[] => this.traffic.reports.get(variable) ?? [];
    const valuesOf = (label: string, variable: string): Given[] =>
      (this.#received(label) as unknown as (Given & { variable: string })[]).filter((one) => one.variable === variable);
    const rows = this.#received("rows").flatMap(({ rows, at }) =>
      (rows as (Given & { variable: string })[]).map((row) => ({ ...row, at: Number(at) })),
    );
    const names = [...reported.map((variable) => ["every", variable] as const), ["one", "counter"], ["late", "word"]];
    return Object.fromEntries([
      ...names.map(([label = "", variable = ""]) => [
        `${label} ${variable}`,
        { sent: sentOf(variable), given: valuesOf(label, variable) },
      ]),
      ...reported.map((variable) => [
        `rows ${variable}`,
        { sent: sentOf(variable), given: rows.filter((row) => row.variable === variable) },
      ]),
    ]) as Record<string, { sent: Given[]; given: Given[] }>;
  }

  #writes(): Write[] {
    const { thingId, simulator } = this.house;
    return simulator.observed.publishes
      .filter(({ topic }) => topic === `/a/t/${thingId}/e/i`)
      .flatMap(({ payload, clientId, at, isSwallowed }) =>
        decodeSenml(payload)
          .filter(({ variable }) => variable === written)
          .map(({ value }) => ({ value, at, connection: clientId, ...(isSwallowed && { isSwallowed }) })),
      );
  }

  #verdictOfMessages(): MessagesVerdict {
    return judgeMessages(this.#events("taken"), this.#events("ended"), this.kills, keepsMessages);
  }

  #endOf(number: string): string | undefined {
    const end = this.#events("ended").find((event) => event.number === number);
    return end && (end.code ?? "done");
  }

  #events(label: "taken" | "ended"): MessageEvent[] {
    return this.#received(label) as unknown as MessageEvent[];
  }

  #received(label: string): Received[] {
    return [...(this.#told.get(label) ?? []), ...(this.#red?.received(label) ?? [])];
  }

  #flow(): FlowNode[] {
    return chaosFlow(this.house, this.#versions, this.#isBusy);
  }

  /** Takes Node-RED out of reach of the traffic. */
  #away(): NodeRed {
    const red = this.#red;
    if (red === undefined) throw new Error("There is no Node-RED now.");
    this.#red = undefined;
    return red;
  }

  /** Keeps what a Node-RED told, and starts the next one in its folder. */
  async #begin(before: NodeRed): Promise<void> {
    for (const label of ["every", "one", "late", "rows", "answers", "taken", "ended"])
      this.#told.set(label, [...(this.#told.get(label) ?? []), ...before.received(label)]);
    this.#red = await startNodeRed({ keeps: "at once", follows: true, userDir: this.#userDir });
  }

  /** Waits as long as it may take; what has not come by then is for the verdict to tell. */
  async #patiently(condition: () => boolean | Promise<boolean>): Promise<void> {
    await until("rest", condition, restTimeoutMs).catch(() => undefined);
  }
}
