/** Holds what a flow got against what there was: pure functions, so that each counter can be shown to count. */

/** A value that the cloud stored, or that a flow was asked to write. Each is unlike all others. */
export interface Sent {
  value: unknown;
  /** Milliseconds since 1970. */
  at: number;
}

/** A value that came to a flow, in the order in which they came. */
export interface Given {
  value: unknown;
  at: number;
}

/** What is wrong with a stream of values. */
export interface StreamVerdict {
  /** Never came. */
  lost: unknown[];
  /** Came twice, and not because of a kill. */
  doubled: unknown[];
  /** Came after a later one. */
  disordered: unknown[];
  /** Came without being there. */
  invented: unknown[];
  /** Came twice because of a kill, which is allowed. */
  repeated: unknown[];
}

/** So much of what came before a kill may come again, in milliseconds. */
const killCostsMs = 1_000;

/** Tells whether something that was done at `at` may be done again at `againAt`: a kill came right behind it. */
export function isExcused(at: number, againAt: number, kills: readonly number[], graceMs = killCostsMs): boolean {
  return kills.some((kill) => at <= kill && kill <= againAt && kill - at <= graceMs);
}

/**
 * Judges a stream of values.
 * @param kills when Node-RED was killed, in milliseconds since 1970
 */
export function judgeStream(
  sent: readonly Sent[],
  given: readonly Given[],
  kills: readonly number[] = [],
  graceMs = killCostsMs,
): StreamVerdict {
  const places = new Map(sent.map(({ value }, place) => [value, place]));
  const verdict: StreamVerdict = { lost: [], doubled: [], disordered: [], invented: [], repeated: [] };
  const lastGiven = new Map<unknown, number>();
  let reached = -1;
  for (const { value, at } of given) {
    const place = places.get(value);
    const before = lastGiven.get(value);
    lastGiven.set(value, at);
    if (place === undefined) verdict.invented.push(value);
    else if (before !== undefined) verdict[isExcused(before, at, kills, graceMs) ? "repeated" : "doubled"].push(value);
    else if (place < reached) verdict.disordered.push(value);
    else reached = place;
  }
  verdict.lost = sent.filter(({ value }) => !lastGiven.has(value)).map(({ value }) => value);
  return verdict;
}

/** A message that a node has taken, or has ended: in each life of the node anew. */
export interface MessageEvent {
  number: string;
  node: string;
  at: number;
  /** Of an end with an error; blank where the error has none. */
  code?: string;
}

/** What is wrong with the messages that nodes took. */
export interface MessagesVerdict {
  /** Ended by nothing. */
  unheard: string[];
  /** Ended more than once. */
  endedTwice: string[];
  /** Ended with an error that says no code. */
  codeless: string[];
}

/**
 * Judges whether each message ended once. What a kill found in a node may go unheard, unless the node keeps its messages:
 * then only the latest.
 * @param keeps tells whether a node keeps its messages beyond its process
 */
export function judgeMessages(
  taken: readonly MessageEvent[],
  ended: readonly MessageEvent[],
  kills: readonly number[],
  keeps: (node: string) => boolean,
): MessagesVerdict {
  const ends = groupByNumber(ended);
  const unheard = [...groupByNumber(taken)].filter(([number, [first, ...more]]) => {
    if (ends.has(number)) return false;
    const graceMs = keeps(first.node) ? killCostsMs : Infinity;
    return ![first, ...more].some(({ at }) => isExcused(at, Infinity, kills, graceMs));
  });
  const endedTwice = [...ends].filter(([, list]) =>
    list.some((end, index) => index > 0 && !isExcused(list[index - 1]?.at ?? 0, end.at, kills)),
  );
  return {
    unheard: unheard.map(([number]) => number),
    endedTwice: endedTwice.map(([number]) => number),
    codeless: ended.filter(({ code }) => code === "").map(({ number }) => number),
  };
}

function groupByNumber(events: readonly MessageEvent[]): Map<string, [MessageEvent, ...MessageEvent[]]> {
  const groups = new Map<string, [MessageEvent, ...MessageEvent[]]>();
  for (const event of events) {
    const group = groups.get(event.number);
    if (group === undefined) groups.set(event.number, [event]);
    else group.push(event);
  }
  return groups;
}

/** A write as the broker saw it. */
export interface Write extends Given {
  /** The connection that it came over. */
  connection: string;
  /** The broker lost it, and told nobody. */
  isSwallowed?: true;
}

/**
 * Judges writes as a stream, but what is sent again over another connection is allowed, and so is what the broker had lost. Of
 * that the order counts in which it was sent: the broker has taken later ones before anybody could know.
 */
export function judgeWrites(
  delivered: readonly Sent[],
  asked: readonly Sent[],
  writes: readonly Write[],
  kills: readonly number[] = [],
): StreamVerdict {
  const seen = new Set<string>();
  const first: Write[] = [];
  const doubled: unknown[] = [];
  const repeated: unknown[] = [];
  const values = new Set<unknown>();
  for (const write of writes) {
    const key = JSON.stringify([write.connection, write.value]);
    if (seen.has(key)) doubled.push(write.value);
    else if (values.has(write.value)) repeated.push(write.value);
    else first.push(write);
    if (!write.isSwallowed) seen.add(key);
    values.add(write.value);
  }
  const { disordered, invented } = judgeStream(asked, first, kills);
  const relayed = new Set(writes.filter(({ isSwallowed }) => !isSwallowed).map(({ value }) => value));
  const lost = delivered.filter(({ value }) => !relayed.has(value)).map(({ value }) => value);
  return { lost, doubled, disordered, invented, repeated };
}

/** A thing that was to be made, and how its message ended. */
export interface Creation {
  name: string;
  outcome: "made" | "refused" | "unknown";
}

/** What is wrong with things that were made. */
export interface CreationsVerdict {
  /** Said to be made, but not there. */
  lost: string[];
  /** There more than once, or there although it was refused. */
  doubled: string[];
}

/** Judges whether each thing was made once. @param existing the names of all things that were ever made */
export function judgeCreations(creations: readonly Creation[], existing: readonly string[]): CreationsVerdict {
  const count = (name: string): number => existing.filter((one) => one === name).length;
  const named = (isWrong: (creation: Creation) => boolean): string[] =>
    creations.filter(isWrong).map(({ name }) => name);
  return {
    lost: named(({ name, outcome }) => outcome === "made" && count(name) === 0),
    doubled: named(({ name, outcome }) => count(name) > (outcome === "refused" ? 0 : 1)),
  };
}
