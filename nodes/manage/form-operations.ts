import {
  bodyFieldsOf,
  type ManagedOperation,
  messagePropertyOf,
  operationsOf,
  pathParameters,
  resources,
  takesMany,
} from "../../cloud/manage/index";
import type { Fields } from "../../cloud/rest";

/** An operation as the form of manage shows it. */
export interface FormOperation {
  readonly resource: string;
  readonly name: string;
  readonly summary: string;
  /** Its name in the API; absent where another entry stands for the same operation of the API. */
  readonly id?: string;
  /** The kinds of ids in its path, with the message property that gives each. */
  readonly path: Readonly<Record<string, string>>;
  /** The payload: a body, or many of them, or a list; absent where the message brings none. */
  readonly payload?: "body" | "bodies" | "list";
  /** The names of the body's fields. */
  readonly fields: string;
  /** The names of the query's parameters. */
  readonly query: string;
  /** Its query has `force`. */
  readonly hasForce: boolean;
}

/**
 * Returns all operations of the API that manage offers, in the order of the form. The build puts them into the editor's
 * code: a third of the table that they come from, with all its limits and types.
 */
export function formOperations(): FormOperation[] {
  return resources.flatMap((resource) => operationsOf(resource).map(formOperation));
}

function formOperation(operation: ManagedOperation): FormOperation {
  const { resource, name, summary, row, fixed, isAlias } = operation;
  const path = pathParameters(row).map(({ kind }) => [kind, messagePropertyOf(kind)]);
  return {
    resource,
    name,
    summary,
    ...(fixed === undefined && isAlias === undefined && { id: row.id }),
    path: Object.fromEntries(path) as Record<string, string>,
    ...(row.body !== undefined && fixed === undefined && { payload: payloadOf(operation) }),
    fields: namesOf(bodyFieldsOf(row)),
    query: namesOf(row.query),
    hasForce: "force" in row.query,
  };
}

function payloadOf(operation: ManagedOperation): FormOperation["payload"] & string {
  if (operation.row.body?.type === "list") return "list";
  return takesMany(operation) ? "bodies" : "body";
}

/** Returns the names of fields in one line, `*` behind those that are required. */
function namesOf(fields: Fields): string {
  return Object.entries(fields)
    .map(([name, { required }]) => (required ? `${name}*` : name))
    .join(", ");
}
