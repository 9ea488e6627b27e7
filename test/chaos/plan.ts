/** What goes wrong in a run, and when: decided by its seed alone. */
import { randomSource } from "../support/random-source";

/** A kind of fault. */
interface FaultRow {
  /** How often it is chosen beside the others. */
  weight: number;
  /** The shortest and the longest time that it lasts, in milliseconds. */
  holdMs: readonly [number, number];
  /** Milliseconds that it takes by itself. */
  takesMs?: number;
  /** It is chosen only in runs of so many seconds: it takes long until anybody notices it. */
  minSeconds?: number;
}

const atOnce = [0, 0] as const;

const rows = {
  "users lose their connections": { weight: 6, holdMs: atOnce },
  "users are refused": { weight: 4, holdMs: [300, 6_000] },
  "every CONNECT is refused": { weight: 4, holdMs: [300, 5_000] },
  "the broker is down": { weight: 3, holdMs: [300, 8_000] },
  "connections are half-open": { weight: 2, holdMs: [16_000, 20_000], minSeconds: 60 },
  "the broker is slow": { weight: 2, holdMs: [1_000, 5_000] },
  "subscriptions wait": { weight: 3, holdMs: [300, 5_000] },
  "a subscription is refused": { weight: 3, holdMs: [300, 6_000] },
  "writes get lost": { weight: 2, holdMs: atOnce },
  "tokens live for seconds": { weight: 2, holdMs: [4_000, 12_000] },
  "tokens are revoked": { weight: 3, holdMs: atOnce },
  "tokens are refused": { weight: 3, holdMs: [500, 6_000] },
  "REST is down": { weight: 4, holdMs: [300, 8_000] },
  "REST answers with an error": { weight: 5, holdMs: [500, 4_000] },
  "REST drops requests": { weight: 4, holdMs: [500, 4_000] },
  "REST is slow": { weight: 3, holdMs: [500, 4_000] },
  "REST answers wrongly": { weight: 4, holdMs: [500, 4_000] },
  "names change": { weight: 4, holdMs: atOnce },
  "the whole flow is deployed": { weight: 3, holdMs: atOnce, takesMs: 500 },
  "a changed tab is deployed": { weight: 3, holdMs: atOnce, takesMs: 500 },
  "a changed node is deployed": { weight: 3, holdMs: atOnce, takesMs: 300 },
  "Node-RED restarts": { weight: 2, holdMs: atOnce, takesMs: 3_000 },
  "Node-RED is killed": { weight: 2, holdMs: atOnce, takesMs: 3_000 },
} as const satisfies Record<string, FaultRow>;

export type FaultKind = keyof typeof rows;

/** What comes in a storm, and how often: changes of a flow again and again, and now and then all of Node-RED. */
const stormWeights = {
  "the whole flow is deployed": 8,
  "a changed tab is deployed": 5,
  "a changed node is deployed": 7,
  "Node-RED restarts": 1,
  "Node-RED is killed": 1,
} as const satisfies Partial<Record<FaultKind, number>>;

export const stormKinds = Object.keys(stormWeights) as (keyof typeof stormWeights)[];

export const faultKinds = Object.keys(rows) as FaultKind[];

/** One fault of a run. */
export interface PlannedFault {
  kind: FaultKind;
  /** Milliseconds of peace before it. */
  waitMs: number;
  /** Milliseconds for which it lasts. */
  holdMs: number;
  /** Whether the next one begins while this one lasts. */
  isOverlapped: boolean;
  /** Chooses between the variants of its kind: a number in [0, 1). */
  choice: number;
}

/** The shortest peace between two faults, and the longest, in milliseconds. */
const peaceMs = [200, 2_500] as const;
/** The same of a storm: from where nothing has begun yet to where values flow again. */
const stormPeaceMs = [20, 900] as const;
/** How many of the faults that last are still there when the next one begins. */
const overlappedShare = 0.3;

/** Returns the faults of a run, in their order. They take about as long as the run is to last. */
export function planOf(seed: number, seconds: number): PlannedFault[] {
  const random = randomSource(seed);
  const choices = faultKinds.filter((kind) => (rowOf(kind).minSeconds ?? 0) <= seconds);
  const plan: PlannedFault[] = [];
  for (let at = 0; ;) {
    const kind = weighted(choices, (one) => rowOf(one).weight, random());
    const { holdMs: hold, takesMs = 0 } = rowOf(kind);
    const [waitMs, holdMs] = [between(peaceMs, random()), between(hold, random())];
    const isOverlapped = holdMs > 0 && random() < overlappedShare;
    at += waitMs + takesMs + (isOverlapped ? 0 : holdMs);
    if (at > seconds * 1_000) return plan;
    plan.push({ kind, waitMs, holdMs, isOverlapped, choice: random() });
  }
}

/** Returns the restarts of a storm, in their order. */
export function stormOf(seed: number, restarts: number): PlannedFault[] {
  const random = randomSource(seed);
  return Array.from({ length: restarts }, () => ({
    kind: weighted(stormKinds, (kind) => stormWeights[kind], random()),
    waitMs: between(stormPeaceMs, random()),
    holdMs: 0,
    isOverlapped: false,
    choice: random(),
  }));
}

/** Returns one of the variants of a fault. */
export function variantOf<const T>(variants: readonly T[], { choice }: Pick<PlannedFault, "choice">): T {
  return variants[Math.floor(choice * variants.length)] as T;
}

function rowOf(kind: FaultKind): FaultRow {
  return rows[kind];
}

function between([min, max]: readonly [number, number], share: number): number {
  return Math.round(min + share * (max - min));
}

function weighted<Kind extends FaultKind>(
  kinds: readonly Kind[],
  weightOf: (kind: Kind) => number,
  share: number,
): Kind {
  const all = kinds.reduce((sum, kind) => sum + weightOf(kind), 0);
  let left = share * all;
  const chosen = kinds.find((kind) => (left -= weightOf(kind)) < 0);
  if (chosen === undefined) throw new Error("There is no fault to choose.");
  return chosen;
}
