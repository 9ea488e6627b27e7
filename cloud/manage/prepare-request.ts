import { readFile } from "node:fs/promises";
import { CloudError, systemCodeOf } from "../core/errors";
import type { Operation } from "../rest/operations/index";
import type { CallInput, Query } from "../rest/transport/request";
import { printable } from "../core/text";
import { asRecord } from "../core/json";
import { requireValid } from "../rest/validation/index";
import { bodyFieldsOf, messagePropertyOf, type PathParameter, pathParameters } from "./catalogue";
import type { Chosen } from "./choose-operation";
import { isLookedUp, type NameResolver } from "./name-resolver";

/** The input of an operation, as a node gathers it. */
export interface ManageInput {
  /** The objects of the path, as ids or names, by the kind of its parameters; blank where not given. */
  targets: Readonly<Record<string, string>>;
  query: unknown;
  body: unknown;
}

/** A request of one operation, all ids known. */
export interface PreparedRequest extends CallInput {
  path: Record<string, string>;
  /** Oddities that are no errors. */
  warnings: readonly string[];
}

/** Stands for an id that is not looked up yet. */
const anyId = "00000000-0000-4000-8000-000000000000";

/**
 * Gets a request ready: the body read, everything checked, and then the names turned into ids.
 * @throws CloudError `invalid_input` naming the field or the message property that is missing, before any request; and
 *   what `NameResolver.id` throws
 */
export async function prepareRequest(
  chosen: Chosen,
  input: ManageInput,
  names: NameResolver,
): Promise<PreparedRequest> {
  const targets = readTargets(chosen, input.targets);
  const query = input.query ?? {};
  const { body } = await readPayload(chosen, input.body);
  const asked = targets.map(({ parameter, kind, given }) => [parameter, isLookedUp(kind, given) ? anyId : given]);
  const warnings = requireValid(chosen.row, { path: Object.fromEntries(asked), query, body });
  const path: Record<string, string> = {};
  const known: Record<string, string> = {};
  for (const { parameter, kind, given } of targets) {
    const id = await names.id(kind, given, known);
    known[kind] = id;
    path[parameter] = id;
  }
  return { path, query: query as Query, body, warnings };
}

/** Reads what each parameter of the path is given as, an id or a name. */
function readTargets(chosen: Chosen, targets: ManageInput["targets"]): (PathParameter & { given: string })[] {
  return pathParameters(chosen.row).map(({ parameter, kind }) => {
    const given = chosen.path[parameter] ?? targets[kind] ?? "";
    if (given !== "") return { parameter, kind, given };
    throw new CloudError(
      "invalid_input",
      `${operationName(chosen)}: no ${kind} is given: choose one in the node's settings, or set msg.${messagePropertyOf(kind)}.`,
    );
  });
}

/**
 * Reads the body to send: the payload where the operation takes one, with the fields that it always has. It comes in an
 * object, since a payload may be a promise, which the caller would wait for.
 */
async function readPayload(chosen: Chosen, payload: unknown): Promise<{ body: unknown }> {
  const { row, fixed } = chosen;
  if (row.body === undefined) return { body: undefined };
  if (fixed !== undefined) return { body: fixed };
  if (row.media === "multipart") return { body: await readUpload(row, payload) };
  // An Inject node sends a time where nothing is meant; where the body is optional that is no body.
  const isMeant = row.body.required === true || row.body.type === "any" || asRecord(payload) !== undefined;
  return { body: isMeant ? payload : undefined };
}

/** Reads the fields of an upload: bytes, or the name of a file to read, alone or among others. */
async function readUpload(row: Operation, payload: unknown): Promise<Record<string, unknown>> {
  const [field = ""] = Object.entries(bodyFieldsOf(row)).find(([, { type }]) => type === "file") ?? [];
  const isAlone = typeof payload === "string" || payload instanceof Uint8Array;
  const fields: Record<string, unknown> = isAlone ? { [field]: payload } : { ...asRecord(payload) };
  const file = fields[field];
  if (file instanceof Uint8Array) return fields;
  if (typeof file === "string" && file !== "") return { ...fields, [field]: await readBytes(row, file) };
  throw new CloudError(
    "invalid_input",
    `${operationName(row)}: there is no file; expected is a Buffer or a file name as msg.payload, or as its field ${field}.`,
  );
}

async function readBytes(row: Operation, file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (reason) {
    const code = systemCodeOf(reason) || "unreadable";
    throw new CloudError(
      "invalid_input",
      `${operationName(row)}: the file "${printable(file)}" cannot be read (${code}).`,
    );
  }
}

/** Returns what an operation is called in errors: "things: create". */
export function operationName({ resource, name }: { resource: string; name: string }): string {
  return `${resource}: ${name}`;
}
