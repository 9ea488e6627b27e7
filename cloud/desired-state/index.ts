export type { WantedProgress } from "./apply";
export { cloneDashboard } from "./clone";
export { ensure, type EnsureOptions, type EnsureResult } from "./ensure";
export type { WantedKind } from "./current-state";
export { createFromTemplate } from "./templates";
