import type { FormBody, FormOperation } from "../../manage/form-operations";
import { type WantedOperation, wantedOperations } from "../../manage/extra-operations";
import { targetFields } from "./manage-pickers";

/** The resource by which an operation is given as the API calls it. */
const anyResource = "any";

/** The resources, in the order of the form. */
export const resourceNames: readonly string[] = [
  ...new Set(FORM_TABLE.operations.map(({ resource }) => resource)),
  anyResource,
];

/** The needs of an operation, as the form shows them. */
interface Needs {
  /** The fields to show. */
  targets: Set<string>;
  hasForce: boolean;
  /** An operation is called by method and path. */
  isCall: boolean;
  /** The name by which the catalogue has what it does; blank where that is for the message to say. */
  does: string;
  /** The properties that the message has to bring, beside the body. */
  lines: readonly string[];
  /** Absent where the operation takes none. */
  body?: FormBody | undefined;
  query: FormOperation["query"];
}

/** An operation of the list, under the name by which it is stored. */
interface Entry {
  value: string;
  operation: FormOperation;
}

function listedOf(resource: string): Entry[] {
  return FORM_TABLE.operations.flatMap((operation) => {
    if (resource !== anyResource) return operation.resource === resource ? [{ value: operation.name, operation }] : [];
    return operation.id === undefined ? [] : [{ value: operation.id, operation }];
  });
}

function wantedOf(resource: string): WantedOperation[] {
  return wantedOperations.filter((candidate) => candidate.resource === resource);
}

/** Returns the operations of a resource, by the names under which they are stored. */
export function operationNames(resource: string): string[] {
  return [...listedOf(resource).map(({ value }) => value), ...wantedOf(resource).map(({ name }) => name)];
}

/** Returns the needs of one operation, or of all that may be meant where the message chooses. */
export function needsOf(resource: string, name: string): Needs {
  const wanted = wantedOf(resource).find((candidate) => candidate.name === name);
  if (wanted !== undefined) {
    return {
      targets: new Set(wanted.targets),
      hasForce: false,
      isCall: false,
      does: wanted.name,
      lines: wanted.input,
      body: FORM_TABLE.wanted[`${resource}: ${name}`],
      query: {},
    };
  }
  const entries = listedOf(resource);
  const chosen = entries.find(({ value }) => value === name)?.operation;
  const meant = chosen === undefined ? entries.map(({ operation }) => operation) : [chosen];
  return {
    targets: new Set(meant.flatMap(({ path }) => Object.keys(path))),
    hasForce: meant.some(({ query }) => "force" in query),
    isCall: resource === anyResource && name === "",
    // The second kind of dashboard does the same, without pages.
    does: chosen?.name.replace(/-v2$/, "") ?? "",
    lines: chosen === undefined ? [] : idsByMessage(chosen),
    body: chosen?.body,
    query: chosen?.query ?? {},
  };
}

/** Returns the ids that only the message gives. */
function idsByMessage({ path }: FormOperation): string[] {
  const ids = Object.entries(path).filter(([kind]) => !targetFields.some((field) => field === kind));
  return ids.map(([, property]) => `msg.${property}`);
}
