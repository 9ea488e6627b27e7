import {
  type ManagedOperation,
  messagePropertyOf,
  operationsOf,
  pathParameters,
  resources,
  takesMany,
} from "../../cloud/manage/index";
import { type Fields, schemas } from "../../cloud/rest/index";
import { bodyExampleOf } from "../../cloud/rest/operations/examples";
import { type WantedOperation, wantedOperations } from "./extra-operations";
import { dashboardCopy, wantedBodies, wantedSchemas } from "./wanted-bodies";

/** The payload of an operation, for the form of manage. */
export interface FormBody {
  /** The name of its fields in `schemas`. */
  readonly schema: string;
  /** Whether it is a list of objects with these fields; or one object or a list of them, for many at once. */
  readonly isList?: true;
  readonly takesMany?: true;
  readonly example: unknown;
}

/** An operation as the form of manage shows it. */
export interface FormOperation {
  readonly resource: string;
  readonly name: string;
  /** Its name in the API; absent where another entry stands for the same operation of the API. */
  readonly id?: string;
  /** The kinds of ids in its path, with the message property that gives each. */
  readonly path: Readonly<Record<string, string>>;
  /** Absent where the message brings none. */
  readonly body?: FormBody;
  readonly query: Fields;
}

/** All that the form of manage knows of operations. The build puts it into the editor's code. */
export interface FormTable {
  readonly operations: readonly FormOperation[];
  /** Payloads of the operations that are none of the API, by resource and operation. */
  readonly wanted: Readonly<Record<string, FormBody>>;
  /** The fields of objects in bodies, by name. */
  readonly schemas: Readonly<Record<string, Fields>>;
}

const copyKey = "dashboards: clone";

/** All objects that bodies are or hold, by name: those of the API, and our own. */
const knownSchemas: Readonly<Record<string, Fields>> = {
  ...schemas,
  ...wantedSchemas,
  ...Object.fromEntries(Object.entries(wantedBodies).map(([key, { fields }]) => [key, fields])),
  [copyKey]: { ...schemas.clone, ...dashboardCopy.fields },
};

/** Returns what the form of manage shows, out of the table of operations. */
export function formTable(): FormTable {
  const operations = resources.flatMap((resource) => operationsOf(resource).map(formOperation));
  const wanted = Object.fromEntries(wantedOperations.flatMap(wantedEntry));
  const bodies = [...operations.flatMap(({ body }) => body ?? []), ...Object.values(wanted)];
  return { operations, wanted, schemas: usedSchemas(bodies.map(({ schema }) => schema)) };
}

function wantedEntry({ resource, name }: WantedOperation): [string, FormBody][] {
  const key = `${resource}: ${name}`;
  const body = wantedBodies[key];
  if (body === undefined) return [];
  return [[key, { schema: key, ...(name === "ensure" && { takesMany: true }), example: body.example }]];
}

function formOperation(operation: ManagedOperation): FormOperation {
  const { resource, name, row, fixed, isAlias } = operation;
  const path = pathParameters(row).map(({ kind }) => [kind, messagePropertyOf(kind)]);
  return {
    resource,
    name,
    ...(fixed === undefined && isAlias === undefined && { id: row.id }),
    path: Object.fromEntries(path) as Record<string, string>,
    ...(row.body !== undefined && fixed === undefined && { body: formBody(operation) }),
    query: row.query,
  };
}

function formBody(operation: ManagedOperation): FormBody {
  const { resource, name, row } = operation;
  const example = bodyExampleOf(row);
  if (row.body?.type === "list") return { schema: row.body.items?.schema ?? "", isList: true, example };
  const many = takesMany(operation) && { takesMany: true as const };
  if (`${resource}: ${name}` === copyKey) return { schema: copyKey, ...many, example: dashboardCopy.example };
  return { schema: row.body?.schema ?? "", ...many, example };
}

/** Returns the fields of the objects of these names, and of all that they hold, at any depth. */
function usedSchemas(names: readonly string[]): Record<string, Fields> {
  const used: Record<string, Fields> = {};
  const visit = (name: string): void => {
    const fields = knownSchemas[name];
    if (fields === undefined || name in used) return;
    used[name] = fields;
    for (const { items, schema } of Object.values(fields)) visit(items?.schema ?? schema ?? "");
  };
  names.forEach(visit);
  return used;
}
