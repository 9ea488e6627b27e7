export type { WantedProgress, WantedRest } from "./apply";
export { cloneDashboard, type CloneDashboardOptions, cloneThing, type CloneThingOptions } from "./clone";
export { ensure, type EnsureOptions, type EnsureResult } from "./ensure";
export type { PlanEntry } from "./plan";
export type { WantedKind } from "./survey";
export {
  createFromTemplate,
  type CreateOptions,
  exportTemplate,
  type ExportOptions,
  type Template,
  type TemplateKind,
} from "./templates";
