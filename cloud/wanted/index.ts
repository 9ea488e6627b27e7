export type { WantedProgress, WantedRest } from "./apply";
export { ensure, type EnsureOptions, type EnsureResult } from "./ensure";
export type { PlanEntry } from "./plan";
export type { WantedKind } from "./survey";
