import { CloudError } from "../core/errors";
import { adviseNames } from "../rest/directory/find-by-name";
import { findOperation, type Operation } from "../rest/operations/index";
import { printable } from "../core/text";
import { managed, type ManagedOperation, operationsOf, pathParameters, resources } from "./catalogue";

/** A choice of an operation, in a form or by a message; blank where nothing was. */
interface OperationChoice {
  resource: string;
  operation: string;
  /** With resource `any` and no operation: an HTTP verb … */
  method: string;
  /** … and a path, such as `/iot/v2/things`. */
  path: string;
}

/** An operation, and what its path already tells. */
export interface Chosen extends ManagedOperation {
  readonly path: Readonly<Record<string, string>>;
}

const verbs = ["GET", "PUT", "POST", "PATCH", "DELETE"] as const;
/** Plain segments only: nothing that whoever reads the URL resolves away, decodes or takes for a query. */
const plainPath = /^\/(?:iot|ota)(?:\/(?!\.{1,2}(?:\/|$))[\w.~:@-]+)+\/?$/;

/**
 * Returns the operation that a choice means.
 * @throws CloudError `invalid_input` where there is none, naming those that are close
 */
export function chooseOperation(choice: OperationChoice): Chosen {
  if (choice.resource === "any") return chooseAny(choice);
  const names = operationsOf(choice.resource).map(({ name }) => name);
  if (names.length === 0) {
    const all = [...resources, "any"].join(", ");
    throw unknown(`There is no resource "${printable(choice.resource)}"; expected is one of ${all}.`);
  }
  const found = operationsOf(choice.resource).find(({ name }) => name === choice.operation);
  if (found !== undefined) return { ...found, path: {} };
  if (choice.operation === "") {
    throw unknown(`${choice.resource}: no operation is given: choose one, or set msg.operation. ${list(names)}`);
  }
  const given = printable(choice.operation);
  throw unknown(`${choice.resource} has no operation "${given}"${adviseNames(names, choice.operation, "")}`);
}

function chooseAny({ operation, method, path }: OperationChoice): Chosen {
  if (operation !== "") {
    const row = findOperation(operation);
    if (row !== undefined) return { ...ownOf(row), path: {} };
    const ids = managed.map(({ row: { id } }) => id);
    throw unknown(
      `There is no operation "${printable(operation)}"; expected is an operationId such as things_v2#list, or the name ` +
        `in the official clients, such as thingsV2List${adviseNames(ids, operation, "")}`,
    );
  }
  if (method === "" && path === "") {
    throw unknown("any: no operation is given: set msg.operation to an operationId, or msg.method and msg.path.");
  }
  const verb = verbs.find((candidate) => candidate === method.toUpperCase());
  if (verb === undefined)
    throw unknown(`msg.method is "${printable(method)}"; expected is one of ${verbs.join(", ")}.`);
  return choosePath(verb, path);
}

/**
 * Returns the operation that verb and path fit, so that its rules hold; else one made up for a part of the API that is
 * newer.
 */
function choosePath(verb: Operation["verb"], path: string): Chosen {
  for (const { row } of managed) {
    if (row.verb !== verb) continue;
    if (row.path === path) return { ...ownOf(row), path: {} };
    const values = new RegExp(`^${row.path.replace(/\{\w+\}/g, "([^/{}]+)")}$`).exec(path)?.slice(1);
    if (values === undefined || !plainPath.test(path)) continue;
    const pairs = pathParameters(row).map(({ parameter }, index) => [parameter, values[index] ?? ""] as const);
    return { ...ownOf(row), path: Object.fromEntries(pairs) };
  }
  if (!plainPath.test(path)) {
    throw unknown(
      `msg.path is "${printable(path)}"; expected is a path of the API such as /iot/v2/things, without query, "..", "//" ` +
        `and "%". What belongs behind a "?" goes into msg.query.`,
    );
  }
  return { ...ownOf(newerRow(verb, path)), path: {} };
}

function newerRow(verb: Operation["verb"], path: string): Operation {
  const row = {
    id: `${verb} ${path}`,
    client: "",
    resource: "any",
    name: "call",
    verb,
    path,
    summary: "An operation that the table does not hold.",
    pathFields: {},
    query: {},
    ...(verb === "GET" || verb === "DELETE" ? {} : { body: { type: "any" } }),
    answer: "json",
    safe: verb === "GET" || verb === "DELETE",
  };
  // "any" is no resource of the table, which is what tells such a row in errors.
  return row as unknown as Operation;
}

function ownOf(row: Operation): ManagedOperation {
  const { resource, name, summary } = row;
  return { resource, name, summary, row };
}

function list(names: readonly string[]): string {
  return `There are ${names.join(", ")}.`;
}

function unknown(message: string): CloudError {
  return new CloudError("invalid_input", message);
}
