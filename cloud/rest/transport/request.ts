import { CloudError } from "../../core/errors";
import { writeMultipart } from "./multipart";
import type { Operation } from "../operations/index";
import { hasLoneSurrogate, printable } from "../../core/text";
import { asRecord } from "../../core/json";
import { describeValue } from "../../core/describe";

/** Query parameters; an array repeats its key (docs/protocol.md#conventions), an undefined one is not sent. */
export type Query = Readonly<Record<string, string | number | boolean | readonly (string | number)[] | undefined>>;

/** The input of an operation. */
export interface CallInput {
  /** By the parameters of the path template. */
  path?: Readonly<Record<string, string>>;
  query?: Query;
  /** Anything that JSON can hold. */
  body?: unknown;
}

/**
 * Tells whether a value may stand in a path. "." and ".." would be resolved away by whoever reads the URL, and lead to
 * another operation; half a character cannot be encoded.
 */
export function isPathValue(value: unknown): value is string {
  return typeof value === "string" && !/^\s*$|^\.{1,2}$/.test(value) && !hasLoneSurrogate(value);
}

/**
 * Fills a path template.
 * @throws CloudError `invalid_input` where a parameter is missing or could lead to another path
 */
export function fillPath(operation: Operation, given: CallInput["path"] = {}): string {
  return operation.path.replace(/\{(\w+)\}/g, (_match, parameter: string) => {
    const value: unknown = Object.hasOwn(given, parameter) ? given[parameter] : undefined;
    if (isPathValue(value)) return encodeURIComponent(value);
    const kind = operation.pathFields[parameter] ?? parameter;
    throw new CloudError(
      "invalid_input",
      `${operation.resource}: ${operation.name}: the ${kind} is ${describeValue(value)}; expected is an id, such as a UUID.`,
    );
  });
}

/** Writes the query as it stands in the URL, with its question mark; empty where nothing is asked. */
export function writeQuery(query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    for (const single of value === undefined ? [] : [value].flat()) parameters.append(key, String(single));
  }
  const text = parameters.toString();
  return text && `?${text}`;
}

/** A body as it goes out. */
interface WrittenBody {
  data: string | Uint8Array;
  type: string;
}

/**
 * Writes the body as JSON text, or in parts where it holds a file; `undefined` where there is none.
 * @throws CloudError `invalid_input` where JSON cannot hold it (a circle, a bigint, a getter that throws)
 */
export function writeBody(operation: Operation, body: unknown): WrittenBody | undefined {
  if (body === undefined) return undefined;
  if (operation.media === "multipart") return writeMultipart(asRecord(body) ?? {});
  let text: string | undefined;
  try {
    // JSON.stringify gives undefined for a function or a symbol, whatever its type says.
    text = JSON.stringify(body);
  } catch {
    text = undefined;
  }
  if (text !== undefined) return { data: text, type: "application/json" };
  throw new CloudError(
    "invalid_input",
    `${operation.resource}: ${operation.name}: the body cannot be written as JSON. Expected are plain objects, lists, ` +
      `texts, numbers and booleans, without circles.`,
  );
}

/** Returns what a call is about, for "no such …" errors: "thing 1234", or nothing for operations on a collection. */
export function nameObject(operation: Operation, given: CallInput["path"] = {}): string {
  const last = Object.entries(operation.pathFields).at(-1);
  return last === undefined ? "" : `${last[1]} ${printable(given[last[0]] ?? "")}`;
}
