import type { Faults } from "../behaviour/faults";
import type { Scope } from "../store/models";
import type { JsonValue } from "../json";
import type { Authority } from "../security/authority";
import type { Store } from "../store/store";
import type { Checked, Field, Fields } from "./fields";

/** One request as a handler sees it: checked, and with what it may act on. */
export interface Call {
  store: Store;
  faults: Faults;
  authority: () => Promise<Authority>;
  scope: Scope;
  params: Readonly<Record<string, string>>;
  query: Checked;
  /** The checked body where it is an object. */
  body: Checked;
  /** The checked body where it is a list. */
  list: JsonValue[];
  /** Files of a multipart body, by field name. */
  files: Readonly<Record<string, Buffer>>;
  /** Runs `work` after `milliseconds`, unless the simulator stops first; at once when it is 0. */
  later(milliseconds: number, work: () => void): void;
}

/** One operation of the API as data; adding an operation is adding a row. */
export interface Route {
  method: "GET" | "PUT" | "POST" | "DELETE" | "PATCH";
  /** With `:name` for parameters. */
  path: string;
  /** Name in the media type `application/vnd.arduino.<name>+json`; `[]` at its end for a collection. Absent: empty. */
  answers?: string;
  /** Status of success; 200 when absent. */
  success?: 200 | 201 | 202 | ((call: Call) => number);
  /** Statuses whose body is empty (docs/protocol.md#errors); only 404 when absent. */
  emptyErrors?: readonly number[];
  query?: Fields;
  /** The body's fields, where it is an object. */
  body?: Fields;
  /** The body's items, where it is a list. */
  list?: Field;
  handle(call: Call): unknown;
}

/** Returns the media type of an answer (docs/protocol.md#conventions). */
export function mediaType(answers: string): string {
  return answers.endsWith("[]")
    ? `application/vnd.arduino.${answers.slice(0, -2)}+json; type=collection`
    : `application/vnd.arduino.${answers}+json`;
}
