export type { WantedProgress, WantedRest } from "./apply";
export { cloneDashboard, type CloneDashboardOptions } from "./clone";
export { ensure, type EnsureOptions, type EnsureResult } from "./ensure";
export type { PlanEntry } from "./plan";
export type { WantedKind } from "./current-state";
export { createFromTemplate, type CreateOptions, type Template, type TemplateKind } from "./templates";
