/** A field of a query or a body. */
export interface Field {
  /**
   * `time` is RFC 3339; `any` any JSON; `map` an object of free keys; `object` an object of the named `schema`; `list`
   * a list of `items`; `file` the bytes of a file.
   */
  readonly type:
    "string" | "uuid" | "integer" | "number" | "boolean" | "time" | "any" | "map" | "object" | "list" | "file";
  readonly required?: boolean;
  /** The service's value where the field is absent. */
  readonly default?: string | number | boolean;
  /** The only values allowed, or with `grows` those that are known. */
  readonly values?: readonly string[];
  /** The service gets new values now and then, without a new version (docs/protocol.md#addresses). */
  readonly grows?: boolean;
  /** A regular expression that a text must match. */
  readonly pattern?: string;
  /** Whether a blank text passes, whatever the pattern and the limits say. */
  readonly blank?: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Field;
  readonly minItems?: number;
  readonly maxItems?: number;
  /** The name of a body, as `schemas` holds it. */
  readonly schema?: string;
  /** A password or key: never shown in a message. */
  readonly secret?: boolean;
  /** For people who fill it in. */
  readonly note?: string;
}

export type Fields = Readonly<Record<string, Field>>;

/** Kinds of parameters of a path; `type` is a board type. */
export type PathField =
  | "thing"
  | "property"
  | "sketch"
  | "tag"
  | "device"
  | "certificate"
  | "dashboard"
  | "user"
  | "widget"
  | "trigger"
  | "action"
  | "type";

/** The object that a user works on: the first part of an operation's name. */
type Resource =
  | "things"
  | "properties"
  | "series"
  | "devices"
  | "dashboards"
  | "triggers"
  | "actions"
  | "templates"
  | "network-credentials"
  | "lora";

/** One operation of the API, as data: everything that a client, a form or a manual needs to know about it. */
export interface Operation {
  /** The official operationId. */
  readonly id: string;
  /** The name of its method in the official clients. */
  readonly sdkName: string;
  readonly resource: Resource;
  /** Our name of it within the resource. */
  readonly name: string;
  readonly verb: "GET" | "PUT" | "POST" | "PATCH" | "DELETE";
  /** Path template; each `{parameter}` is described by `pathFields`. */
  readonly path: string;
  readonly summary: string;
  readonly pathFields: Readonly<Record<string, PathField>>;
  readonly query: Fields;
  /** Absent where nothing is sent. */
  readonly body?: Field;
  /** The media type of the body; JSON where absent. */
  readonly media?: "multipart";
  /** Whether a success has JSON in it or nothing at all. */
  readonly answer: "json" | "empty";
  /** The biggest answer that is read, in bytes, where that is more than for all others. */
  readonly maxAnswerBytes?: number;
  /** Whether sending it twice does no harm, so that it may be repeated when its outcome is unknown. */
  readonly safe: boolean;
  /** The operationId of the version before, for a base URL that does not have the path of this one (404). */
  readonly fallback?: string;
}
