import { readFileSync } from "node:fs";
import { parse } from "yaml";

/** A JSON schema as OpenAPI 3.0 writes it, as far as it is looked at here. */
export interface Schema {
  $ref?: string;
  type?: string;
  format?: string;
  enum?: string[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: unknown;
  [keyword: string]: unknown;
}

interface Media {
  schema?: Schema;
}

interface RawOperation {
  operationId: string;
  parameters?: { in: string; name: string; required?: boolean; schema: Schema }[];
  requestBody?: { required?: boolean; content: Record<string, Media> };
  responses: Record<string, { content?: Record<string, Media> }>;
}

/** An OpenAPI 3.0 document. */
export interface Document {
  info: { title: string; version: string };
  paths: Record<string, Record<string, RawOperation>>;
  components: { schemas: Record<string, Schema> };
}

/** An answer that an operation may give with a status: nothing, or JSON of a schema under some media types. */
export interface ApiAnswer {
  schema?: Schema;
  media: string[];
}

/** One operation of the document. */
export interface ApiOperation {
  id: string;
  verb: string;
  path: string;
  pathFields: Record<string, Schema>;
  query: Record<string, Schema>;
  /** Names of query fields that must be given. */
  requiredQuery: string[];
  body?: { schema: Schema; required: boolean; media: string };
  answers: Map<number, ApiAnswer>;
}

const verbs = new Set(["get", "put", "post", "patch", "delete"]);

/** Reads an OpenAPI document in YAML or JSON. */
export function readDocument(file: string): Document {
  return parse(readFileSync(file, "utf8"), { maxAliasCount: -1 }) as Document;
}

/** Returns the operations of a document by their id. */
export function operationsOf(document: Document): Map<string, ApiOperation> {
  const rows = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([verb]) => verbs.has(verb))
      .map(([verb, raw]) => readOperation(verb.toUpperCase(), path, raw)),
  );
  return new Map(rows.map((row) => [row.id, row]));
}

function readOperation(verb: string, path: string, raw: RawOperation): ApiOperation {
  const { operationId: id, parameters = [], requestBody, responses } = raw;
  const of = (place: string): typeof parameters => parameters.filter((parameter) => parameter.in === place);
  const schemas = (place: string): Record<string, Schema> =>
    Object.fromEntries(of(place).map(({ name, schema }) => [name, schema]));
  const [media = "", content] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  return {
    ...{ id, verb, path },
    pathFields: schemas("path"),
    query: schemas("query"),
    requiredQuery: of("query").flatMap(({ name, required }) => (required ? [name] : [])),
    ...(content?.schema && { body: { schema: content.schema, required: requestBody?.required ?? false, media } }),
    answers: new Map(
      Object.entries(responses).map(([status, { content: given = {} }]) => {
        const [first] = Object.values(given);
        return [Number(status), { media: Object.keys(given), ...(first?.schema && { schema: first.schema }) }];
      }),
    ),
  };
}

/** Returns the name that a reference ends in. */
export function nameOf({ $ref = "" }: Schema): string {
  return $ref.split("/").at(-1) ?? "";
}

/** Returns a schema, looked up where it is a reference. */
export function resolve(document: Document, schema: Schema): Schema {
  return schema.$ref === undefined ? schema : (document.components.schemas[nameOf(schema)] ?? {});
}
