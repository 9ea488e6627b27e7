import type { OverviewThing, OverviewVariable } from "../../admin/protocol";
import type { SourceVariable } from "../../dashboard-page/dashboard";
import type { TreeItem } from "../sidebar/tree-rows";

/** Returns the variables that an item of the tree stands for. */
export function variablesOf(item: TreeItem): SourceVariable[] {
  if (item.kind === "variable") return [sourceOf(item.variable, item.thing)];
  return item.kind === "thing" ? item.thing.variables.map((variable) => sourceOf(variable, item.thing)) : [];
}

function sourceOf(
  { id, name, variable, type, writable, min, max }: OverviewVariable,
  thing: OverviewThing,
): SourceVariable {
  return {
    ...{ id, name, variable, type, isWritable: writable, thing: { id: thing.id, name: thing.name } },
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
  };
}
