import { boards, networks } from "./boards";
import { dashboards } from "./dashboards";
import { devices } from "./devices";
import type { Fields, Operation } from "./operation";
import { properties } from "./properties";
import { schemas } from "./schemas";
import { series } from "./series";
import { templates } from "./templates";
import { things } from "./things";
import { actions, triggers } from "./triggers";

export type { Field, Fields, Operation } from "./operation";
export { pathFormats, schemas } from "./schemas";

const rows = [
  ...things,
  ...properties,
  ...series,
  ...devices,
  ...boards,
  ...dashboards,
  ...triggers,
  ...actions,
  ...templates,
  ...networks,
] as const;

/** The official operationId of an operation that the table holds. */
export type OperationId = (typeof rows)[number]["id"];

/** A row of an operation that has a body. */
export type RowWithBody = Extract<(typeof rows)[number], { body: object }>;

/** All operations, in the order of docs/operations.md. */
export const operations: readonly Operation[] = rows;

const byName = new Map<string, Operation>(
  operations.flatMap((row) => [
    [row.id, row],
    [row.sdkName, row],
  ]),
);

/** Returns the operation of an official operationId. */
export function operation(id: OperationId): Operation {
  return byName.get(id) as Operation;
}

/** Returns the operation of an operationId (`things_v2#list`) or a client name (`thingsV2List`), if there is one. */
export function findOperation(name: string): Operation | undefined {
  return byName.get(name);
}

/** Returns the fields of an object of the API by its name in the table; none where there is no such name. */
export function schemaFields(name = ""): Fields {
  return Object.hasOwn(schemas, name) ? ((schemas as Record<string, Fields>)[name] ?? {}) : {};
}
