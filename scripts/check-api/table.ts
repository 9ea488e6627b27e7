import { operations, pathFormats, schemas, type Field, type Fields, type Operation } from "../../cloud/rest";
import { nameOf, operationsOf, resolve, type ApiOperation, type Document, type Schema } from "./document";
import type { Findings } from "./findings";

/** Keywords of a schema in which table and document must agree, besides its type. */
const keywords = ["enum", "pattern", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems", "default"];
/** Formats that say something about JSON; the others are sizes of numbers in other languages. */
const formats = ["uuid", "date-time", "binary"];

/** How OpenAPI writes the types of the table. */
const typeNames: Record<Field["type"], string> = {
  ...{ string: "string", integer: "integer", number: "number", boolean: "boolean", any: "any", list: "array" },
  ...{ map: "object", object: "object", uuid: "string uuid", time: "string date-time", file: "string binary" },
};

/** The facts of one side about a field, by keyword. */
type Facts = Record<string, unknown>;

/** Holds the operations table against a document, in both directions. */
export function checkTable(document: Document, findings: Findings): void {
  const documented = operationsOf(document);
  for (const row of operations) {
    const theirs = documented.get(row.id);
    if (theirs) checkOperation(document, row, theirs, findings);
    else findings.add(row.id, "is in the table only");
  }
  for (const id of documented.keys()) {
    if (!operations.some((row) => row.id === id)) findings.add(id, "is in the document only");
  }
  checkBodies(document, findings);
}

function checkOperation(document: Document, row: Operation, theirs: ApiOperation, findings: Findings): void {
  findings.counts.operations += 1;
  const at = row.id;
  findings.compare(`${at} verb`, row.verb, theirs.verb);
  findings.compare(`${at} path`, row.path, theirs.path);
  const pathFields = Object.fromEntries(
    Object.entries(row.pathFields).map(([name, kind]) => [name, pathFormats[kind]]),
  );
  checkFields(`${at} path`, pathFields, { properties: theirs.pathFields }, findings);
  checkFields(`${at} query`, row.query, { properties: theirs.query, required: theirs.requiredQuery }, findings);
  findings.compare(`${at} body`, bodyName(row.body), theirs.body && theirBodyName(document, theirs.body.schema));
  findings.compare(`${at} body required`, row.body?.required ?? false, theirs.body?.required ?? false);
  if (theirs.body) {
    const media = row.media === "multipart" ? "multipart/form-data" : "application/json";
    findings.compare(`${at} media`, media, theirs.body.media);
  }
  const successes = [...theirs.answers].filter(([status]) => status < 300);
  const answers = successes.some(([, { schema }]) => schema !== undefined) ? "json" : "empty";
  findings.compare(`${at} answer`, row.answer, answers);
}

/** Returns what a body is called: the name of its fields, with `[]` where it is a list of them. */
function bodyName(body: Field | undefined): string | undefined {
  return body?.type === "list" ? `${body.items?.schema ?? ""}[]` : body?.schema;
}

function theirBodyName(document: Document, schema: Schema): string {
  const { type, items } = resolve(document, schema);
  return type === "array" ? `${nameOf(items ?? {})}[]` : nameOf(schema);
}

/** Checks the fields of all bodies; which ones there are follows from the operations and from each other. */
function checkBodies(document: Document, findings: Findings): void {
  for (const [name, fields] of Object.entries(schemas as Record<string, Fields>)) {
    const theirs = document.components.schemas[name];
    if (!theirs) findings.add(name, "is in the table only");
    else checkFields(name, fields, theirs, findings);
  }
}

function checkFields(at: string, ours: Fields, theirs: Schema, findings: Findings): void {
  const { properties = {}, required = [] } = theirs;
  for (const name of new Set([...Object.keys(ours), ...Object.keys(properties)])) {
    findings.counts.fields += 1;
    const place = `${at}.${name}`;
    const [field, schema] = [ours[name], properties[name]];
    if (!field) findings.add(place, "is in the document only");
    else if (!schema) findings.add(place, "is in the table only");
    else {
      if (!at.endsWith(" path"))
        findings.compare(`${place} required`, field.required ?? false, required.includes(name));
      compareFacts(place, factsOf(field), factsIn(schema), findings);
    }
  }
}

function compareFacts(at: string, ours: Facts, theirs: Facts, findings: Findings): void {
  for (const keyword of new Set([...Object.keys(ours), ...Object.keys(theirs)])) {
    const place = keyword.startsWith("items") ? `${at}[]${keyword.slice("items".length)}` : `${at} ${keyword}`;
    findings.compare(place, ours[keyword], theirs[keyword]);
  }
}

/** Returns what the table says of a field. */
function factsOf(field: Field): Facts {
  const { type, values, items, schema } = field;
  const own = field as unknown as Facts;
  const facts: Facts = { type: typeNames[type], ...(schema !== undefined && { schema }) };
  for (const keyword of keywords) if (own[keyword] !== undefined) facts[keyword] = own[keyword];
  if (values) facts.enum = [...values].sort();
  return { ...facts, ...(items && ofItems(factsOf(items))) };
}

/** Returns what the document says of a field. */
function factsIn(schema: Schema): Facts {
  const { type = "any", format = "", items } = schema;
  if (schema.$ref !== undefined) return { type: "object", schema: nameOf(schema) };
  const facts: Facts = { type: formats.includes(format) ? `${type} ${format}` : type };
  for (const keyword of keywords) if (schema[keyword] !== undefined) facts[keyword] = schema[keyword];
  if (schema.enum) facts.enum = [...schema.enum].sort();
  return { ...facts, ...(items && ofItems(factsIn(items))) };
}

function ofItems(facts: Facts): Facts {
  return Object.fromEntries(Object.entries(facts).map(([keyword, value]) => [`items ${keyword}`, value]));
}
