import { createHash } from "node:crypto";
import { isFiniteNumber, isPlainObject } from "../core/json";
import type { HistoryPlan } from "./history-query";
import type { RawPoint } from "./points";
import { only, type PageReader } from "./page-reader";

/** A point that was given: its time as received, and what tells its value from others. */
type Given = [time: string, print: string];

/** How far the copying of one variable's history has come. Times are in milliseconds since 1970. */
interface Position {
  /** Id of the thing that has the variable. */
  thing: string;
  /** Where the next run begins to read. What is stored from here on, and is not in `given`, has yet to be given. */
  start: number;
  /** Up to here the history has been read. */
  reached: number;
  /** Time of the latest point given; absent where there was none. */
  last?: number;
  /** The points passed on from `start` on, each as often as it was. */
  given: readonly Given[];
}

/** A variable whose history was read before, and up to when, in milliseconds since 1970. */
export interface ReadTo {
  name: string;
  reached: number;
}

/** Most points that are remembered of a variable: it takes 300 s at 33 points a second to fill this. */
const maxGiven = 10_000;
/** A value whose text is longer is remembered by its hash. */
const maxTextLength = 24;

/**
 * Remembers which stored values of an account have been copied, by property id, so that each run goes on where the one
 * before has ended. Values come into the cloud's history late (docs/protocol.md#history), so a run looks back from the
 * last value of each variable, and leaves out what has been given before.
 */
export class Archive {
  readonly #positions = new Map<string, Position>();

  /** Takes over what `toJSON` gave; anything else counts as nothing. */
  restore(json: unknown): void {
    if (!isPlainObject(json)) return;
    for (const [id, entry] of Object.entries(json)) {
      const position = readPosition(entry);
      if (position !== undefined) this.#positions.set(id, position);
    }
  }

  toJSON(): Record<string, Position> {
    return Object.fromEntries(this.#positions);
  }

  /** Forgets everything: the next run is the first one. */
  forget(): void {
    this.#positions.clear();
  }

  /**
   * Begins a run over the raw history of a plan's variables. One run at a time.
   * @param lookBackMs from so long before the last value of a variable on, late values are looked for
   */
  begin(plan: HistoryPlan, lookBackMs: number): ArchiveRun {
    return new ArchiveRun(this.#positions, plan, lookBackMs);
  }
}

/** One run: tells what is new, and is told what has been delivered. */
export class ArchiveRun {
  /** Where the reading of each variable begins, in milliseconds since 1970, by property id. */
  readonly starts: ReadonlyMap<string, number>;
  readonly #positions: Map<string, Position>;
  readonly #plan: HistoryPlan;
  readonly #lookBackMs: number;
  /** How often each point was given before this run, by property id. */
  readonly #before = new Map<string, Map<string, number>>();

  constructor(positions: Map<string, Position>, plan: HistoryPlan, lookBackMs: number) {
    this.#positions = positions;
    this.#plan = plan;
    this.#lookBackMs = lookBackMs;
    const ids = plan.variables.map(({ property }) => property.id);
    this.starts = new Map(ids.map((id) => [id, positions.get(id)?.start ?? plan.from]));
    for (const id of ids) {
      const counts = new Map<string, number>();
      for (const one of positions.get(id)?.given ?? []) {
        const key = one.join(" ");
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
      this.#before.set(id, counts);
    }
  }

  /** The plan's variables that were read before. */
  get readTo(): ReadTo[] {
    return this.#plan.variables.flatMap(({ name, property }) => {
      const reached = this.#positions.get(property.id)?.reached;
      return reached === undefined ? [] : [{ name, reached }];
    });
  }

  /** Returns the points that no run before has given. */
  fresh(reader: PageReader): PageReader {
    return only(reader, (point) => this.#isNew(point));
  }

  /** Notes points, ascending in time, as delivered. */
  commit(points: Iterable<RawPoint>): void {
    const byVariable = new Map<string, RawPoint[]>();
    let last = -Infinity;
    for (const point of points) {
      last = point.timestamp;
      const own = byVariable.get(point.propertyId);
      if (own === undefined) byVariable.set(point.propertyId, [point]);
      else own.push(point);
    }
    this.#reach(last);
    for (const [id, own] of byVariable) {
      const position = this.#positions.get(id);
      if (position !== undefined) this.#positions.set(id, advance(position, own, this.#lookBackMs));
    }
  }

  /** Notes that all there was has been delivered, and forgets the variables that the thing no longer has. */
  finish(): void {
    const { thing, to } = this.#plan;
    this.#reach(to);
    const living = new Set(thing.properties.map(({ id }) => id));
    for (const [id, position] of this.#positions) {
      if (position.thing === thing.id && !living.has(id)) this.#positions.delete(id);
    }
  }

  #isNew(point: RawPoint): boolean {
    const counts = this.#before.get(point.propertyId);
    if (counts === undefined || counts.size === 0) return true;
    const key = givenOf(point).join(" ");
    const count = counts.get(key);
    if (count === undefined) return true;
    if (count === 1) counts.delete(key);
    else counts.set(key, count - 1);
    return false;
  }

  /**
   * Notes how far the reading is: points come ascending over all variables, so what one has been read up to, all have.
   */
  #reach(time: number): void {
    const { thing, from, variables } = this.#plan;
    for (const { property } of variables) {
      const position = this.#positions.get(property.id) ?? { thing: thing.id, start: from, reached: from, given: [] };
      this.#positions.set(property.id, { ...position, reached: Math.max(position.reached, time) });
    }
  }
}

/** Returns the position after some more points, ascending, of its variable. */
function advance(position: Position, points: readonly RawPoint[], lookBackMs: number): Position {
  const last = Math.max(position.last ?? -Infinity, points.at(-1)?.timestamp ?? -Infinity);
  let start = Math.max(position.start, last - lookBackMs);
  const more = points.filter(({ timestamp }) => timestamp >= start).map(givenOf);
  let given = [...position.given.filter(([time]) => Date.parse(time) >= start), ...more];
  if (given.length > maxGiven) {
    // Rather late values are lost than any come twice; what has the last time of all may still be coming in.
    const times = given.map(([time]) => Date.parse(time)).sort((one, other) => one - other);
    start = Math.min(last, (times[given.length - maxGiven - 1] ?? last) + 1);
    given = given.filter(([time]) => Date.parse(time) >= start);
  }
  return { ...position, start, last, given };
}

function givenOf({ time, value }: RawPoint): Given {
  const text = JSON.stringify(value);
  return [time, text.length <= maxTextLength ? text : createHash("sha256").update(text).digest("base64url")];
}

function readPosition(entry: unknown): Position | undefined {
  if (!isPlainObject(entry)) return undefined;
  const { thing, start, reached, last, given } = entry;
  if (typeof thing !== "string" || !isFiniteNumber(start) || !isFiniteNumber(reached) || !Array.isArray(given))
    return undefined;
  return { thing, start, reached, given: given.filter(isGiven), ...(isFiniteNumber(last) ? { last } : {}) };
}

function isGiven(value: unknown): value is Given {
  return Array.isArray(value) && typeof value[0] === "string" && typeof value[1] === "string";
}
