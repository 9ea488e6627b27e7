import { type Field, type Operation, operations, schemaFields } from "../rest/operations/index";

/** The resources that can be managed, in the order of the form. */
export const resources = [
  "things",
  "properties",
  "devices",
  "dashboards",
  "triggers",
  "actions",
  "templates",
  "series",
  "lora",
  "network-credentials",
] as const;

/** An operation as people choose it: a row of the table, or a particular use of one. */
export interface ManagedOperation {
  readonly resource: string;
  readonly name: string;
  readonly summary: string;
  readonly row: Operation;
  /** Fields that the body has whatever else is in it. */
  readonly fixed?: Readonly<Record<string, unknown>>;
  /** Another name of an operation that is listed too. */
  readonly isAlias?: true;
}

/** The message properties that name what a path is about, by the kind of its parameter. */
const messageProperties: Readonly<Record<string, string>> = { tag: "tagKey", type: "type" };

/** Returns the message property that gives a path parameter of this kind: `thingId` for a thing. */
export function messagePropertyOf(kind: string): string {
  return messageProperties[kind] ?? `${kind}Id`;
}

/** Operations on whose array payload the items are worked through one by one. */
const bulkNames: readonly string[] = ["create", "update", "clone", "delete", "restore"];

/** Returns whether an array as the payload of this operation means many items. */
export function takesMany({ name, row }: Pick<ManagedOperation, "name" | "row">): boolean {
  return bulkNames.includes(name) && row.body?.type !== "list";
}

/** Names of our own for rows whose name in the API says little, by operationId. */
const aliases: Readonly<Record<string, string>> = { "series_v2#historic_data": "export" };

/**
 * All that can be chosen: the rows of the table, some under a second name, and `restore`, which the API knows as an
 * update (docs/protocol.md#conventions).
 */
export const managed: readonly ManagedOperation[] = operations.flatMap((row) => {
  const { resource, name, summary } = row;
  const own: ManagedOperation = { resource, name, summary, row };
  const alias = aliases[row.id];
  if (alias !== undefined)
    return [own, { ...own, name: alias, summary: `${summary} The same as ${name}.`, isAlias: true }];
  return name === "update" && "soft_deleted" in bodyFieldsOf(row) ? [own, restoreOf(row)] : [own];
});

function restoreOf(row: Operation): ManagedOperation {
  const summary = `Restores what was deleted without force (${row.resource}).`;
  return { resource: row.resource, name: "restore", summary, row, fixed: { soft_deleted: false } };
}

/** Returns the operations of a resource, in the order of the table. */
export function operationsOf(resource: string): readonly ManagedOperation[] {
  return managed.filter((candidate) => candidate.resource === resource);
}

/** Returns the fields of an operation's body; none where it has no body or a list. */
export function bodyFieldsOf({ body }: Operation): Readonly<Record<string, Field>> {
  return body?.type === "object" ? schemaFields(body.schema) : {};
}

/** A parameter of a path, and what it stands for. */
export interface PathParameter {
  parameter: string;
  kind: string;
}

/** Returns the parameters of a path, in their order. */
export function pathParameters({ path, pathFields }: Operation): PathParameter[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter = ""]) => ({
    parameter,
    kind: pathFields[parameter] ?? parameter,
  }));
}
