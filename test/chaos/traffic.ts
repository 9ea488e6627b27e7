/** What goes on in a flow and around it while faults come: values, writes, runs of an archive, things made. */
import { encodeSenml } from "../../simulator/codec/senml";
import type { House } from "../support/simulated-account";
import type { Received } from "../support/node-red";
import type { Creation, Sent } from "./checker";
import { reported } from "./flow";

/** A message as the flow gets it. */
type Message = Record<string, unknown> & { number: string };

/** How often something goes on, in milliseconds, and whether Node-RED has other work too. */
export type Load = Record<"report" | "write" | "archive" | "manage" | "read", number> & { isBusy: boolean };

export const usualLoad: Load = { report: 100, write: 150, archive: 2_500, manage: 700, read: 1_000, isBusy: false };
/** So much that each restart meets something of each kind under way, and most meet values in their very turn. */
export const stormLoad: Load = { report: 10, write: 50, archive: 700, manage: 300, read: 300, isBusy: true };

/** The prefix of the names of the things that a run makes. */
const madeName = "Chaos";

/** Makes the traffic of a run by its own counters, so that nothing depends on how fast the machine is. */
export class Traffic {
  /** What the board reported, by variable. */
  readonly reports = new Map<string, Sent[]>(reported.map((variable) => [variable, []]));
  /** What the flow was asked to write, with the numbers of the messages. */
  readonly writes: (Sent & { number: string })[] = [];
  /** The things that messages were to make, by number. */
  readonly toMake = new Map<string, string[]>();
  readonly #house: House;
  readonly #load: Load;
  readonly #send: (node: string, message: Message) => boolean;
  readonly #timers: NodeJS.Timeout[] = [];
  #count = 0;

  /** @param send hands a message to a node of the flow; returns whether there is a flow now */
  constructor(house: House, load: Load, send: (node: string, message: Message) => boolean) {
    this.#house = house;
    this.#load = load;
    this.#send = send;
  }

  start(): void {
    const every = (milliseconds: number, work: () => void): void =>
      void this.#timers.push(setInterval(work, milliseconds));
    const load = this.#load;
    every(load.report, () => this.report());
    every(load.write, () => this.write());
    every(load.archive, () => this.archive());
    every(load.manage, () => this.#manage());
    every(load.read, () => this.#send("get", { number: `get ${this.#count++}` }));
  }

  stop(): void {
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
  }

  /** Reports a value of each variable: the cloud stores it, and tells whoever listens. */
  report(): void {
    const { simulator, thingId } = this.#house;
    const count = this.#count++;
    const values = { counter: count, level: count + 0.5, word: `word ${count}` };
    for (const variable of reported) {
      const [value, at] = [values[variable], Date.now()];
      simulator.store.record(thingId, variable, value, at);
      this.reports.get(variable)?.push({ value, at });
      simulator.inject(`/a/t/${thingId}/e/o`, Buffer.from(encodeSenml([{ variable, value }], "cpp")));
    }
  }

  /** Has the flow write a value. */
  write(): void {
    const [value, at] = [this.#count++, Date.now()];
    const number = `write ${value}`;
    if (this.#send("out", { number, payload: value })) this.writes.push({ number, value, at });
  }

  /** Has the archive read what is new; returns the message's number, unless there is no flow now. */
  archive(): string | undefined {
    const number = `archive ${this.#count++}`;
    return this.#send("archive", { number }) ? number : undefined;
  }

  #manage(): void {
    const count = this.#count++;
    const number = `manage ${count}`;
    const names = Array.from({ length: 1 + (count % 3) }, (_, index) => `${madeName} ${count} ${index}`);
    const bodies = names.map((name) => ({ name }));
    const [kind] = (["create", "list", "create many", "missing"] as const).slice(count % 4);
    if (kind === "list") this.#send("manage", { number, operation: "list" });
    else if (kind === "missing")
      this.#send("manage", { number, operation: "get", thingId: "0b5a2ad4-6f2c-4f59-9a3f-1f6f6f2d7c11" });
    else {
      const payload = kind === "create" ? bodies[0] : bodies;
      if (this.#send("manage", { number, operation: "create", payload }))
        this.toMake.set(number, kind === "create" ? names.slice(0, 1) : names);
    }
  }

  /** The names of all things that were ever made here. */
  madeNames(): string[] {
    const names = [...this.#house.simulator.store.things.values()].map(({ name }) => name);
    return names.filter((name) => name.startsWith(madeName));
  }

  /**
   * Returns how the making of each thing ended.
   * @param endOf gives the code with which a message ended, "done", or undefined where it did not end
   */
  creations(answers: readonly Received[], endOf: (number: string) => string | undefined): Creation[] {
    const payloads = new Map(answers.map(({ number, payload }) => [number, payload]));
    return [...this.toMake].flatMap(([number, names]) => {
      const payload = payloads.get(number);
      if (Array.isArray(payload)) {
        const items = payload as { ok: boolean; error?: { code: string } }[];
        return names.map((name, index): Creation => ({ name, outcome: outcomeOf(codeOf(items[index])) }));
      }
      return names.map((name): Creation => ({ name, outcome: outcomeOf(endOf(number)) }));
    });
  }
}

function codeOf(item: { ok: boolean; error?: { code: string } } | undefined): string | undefined {
  return item?.ok ? "done" : item?.error?.code;
}

/** Codes of what the cloud has certainly not carried out. */
const refusals = ["rate_limited", "unauthorized", "forbidden", "invalid_input", "conflict"];

function outcomeOf(code: string | undefined): Creation["outcome"] {
  if (code === "done") return "made";
  return code !== undefined && refusals.includes(code) ? "refused" : "unknown";
}
