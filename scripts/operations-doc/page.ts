import { schemaFields, type Field, type Fields, type Operation } from "../../cloud/rest/operations/index";
import {
  bodyFieldsOf,
  type ManagedOperation,
  messagePropertyOf,
  operationsOf,
  pathParameters,
  resources,
  takesMany,
} from "../../cloud/manage/index";
import { bodyExampleOf } from "../../cloud/rest/operations/examples";
import { type WantedOperation, wantedOperations } from "../../nodes/manage/extra-operations";
import { wantedBodies, wantedSchemas } from "../../nodes/manage/wanted-bodies";

const head = `# Operations

What the node _manage_ can do, by resource. This page is made from the table of operations by \`npm run docs\`; do not edit
it. \`*\` marks what is required. Wherever an operation takes _many_, an array as the payload is worked through item by
item. The answer goes into \`msg.payload\`, the HTTP status into \`msg.statusCode\`. With resource \`any\`, the operation is
given by its operationId or its name in the official clients, both in brackets below. The examples are what **Insert an
example** puts into the form; the ids in them stand for ids of yours.
`;

/** Writes the manual of all operations, in Markdown. */
export function operationsPage(): string {
  const sections = [...resources, "any"].map((resource) => {
    const own = operationsOf(resource).map(operationText);
    const more = wantedOperations.filter((one) => one.resource === resource);
    const wanted = more.map(wantedText);
    return [`## ${resource}`, ...own, ...wanted].join("\n\n");
  });
  const bodies = [...usedSchemas()].sort().map((name) => `### \`${name}\`\n\n${fieldList(fieldsOf(name))}`);
  return [head, ...sections, "## Objects in bodies", ...bodies].join("\n\n");
}

function wantedText({ resource, name, summary, input, targets = [], answer }: WantedOperation): string {
  const ids = targets.map((kind) => `- Ids: \`msg.${messagePropertyOf(kind)}\`* (${kind})`);
  const body = wantedBodies[`${resource}: ${name}`];
  const lines = [
    ...ids,
    ...(body === undefined ? [] : ["- `msg.payload`*:", nested(fieldList(body.fields)), exampleLine(body.example)]),
    ...input.map((line) => `- ${line}`),
    `- Answer: \`${answer}\``,
  ];
  return [`### ${resource}: ${name}`, summary, lines.join("\n")].join("\n\n");
}

function operationText(operation: ManagedOperation): string {
  const { resource, name, summary, row, fixed } = operation;
  const ids = pathParameters(row).map(({ kind }) => `\`msg.${messagePropertyOf(kind)}\`* (${kind})`);
  const lines = [
    ...(ids.length > 0 ? [`- Ids: ${ids.join(", ")}`] : []),
    ...(Object.keys(row.query).length > 0 ? ["- `msg.query`:", nested(fieldList(row.query))] : []),
    ...(row.body !== undefined && fixed === undefined ? bodyLines(row, takesMany({ name, row })) : []),
    `- Answer: ${row.answer === "empty" ? "`null`" : "JSON"}`,
  ];
  const call = `\`${row.verb} ${row.path}\` (\`${row.id}\`, \`${row.sdkName}\`)`;
  return [`### ${resource}: ${name}`, `${summary} ${call}`, lines.join("\n")].join("\n\n");
}

function bodyLines(row: Operation, isMany: boolean): string[] {
  const { body, media } = row;
  if (body === undefined) return ["- `msg.payload`"];
  const example = exampleLine(bodyExampleOf(row));
  if (body.type !== "object") return [`- \`msg.payload\`: ${typeText(body)}`, example];
  const notes = [
    ...(isMany ? ["one object or _many_"] : []),
    ...(media === undefined ? [] : ["a Buffer, a file name, or an object"]),
  ];
  return [
    `- \`msg.payload\`${body.required ? "*" : ""}${notes.length > 0 ? `, ${notes.join(", ")}` : ""}:`,
    nested(fieldList(bodyFieldsOf(row))),
    example,
  ];
}

function exampleLine(example: unknown): string {
  return `- Example: \`${JSON.stringify(example)}\``;
}

/** Returns the fields of an object in bodies, of the API or of a wanted state. */
function fieldsOf(name: string): Fields {
  return wantedSchemas[name] ?? schemaFields(name);
}

function fieldList(fields: Fields): string {
  return Object.entries(fields)
    .map(([name, field]) => `- \`${name}\`${field.required ? "*" : ""}: ${typeText(field)}`)
    .join("\n");
}

function typeText(field: Field): string {
  const { type, items, schema, values, note } = field;
  const base =
    type === "list" && items ? `list of ${typeText(items)}` : type === "object" ? `\`${schema ?? ""}\`` : type;
  const limits = [
    ...(values === undefined ? [] : [`one of ${values.map((value) => `\`${value}\``).join(" ")}`]),
    ...(field.maxLength === undefined ? [] : [`up to ${field.maxLength} characters`]),
    ...(field.minimum === undefined ? [] : [`from ${field.minimum}`]),
    ...(field.maximum === undefined ? [] : [`to ${field.maximum}`]),
    ...(field.default === undefined ? [] : [`default \`${String(field.default)}\``]),
    ...(note === undefined ? [] : [note]),
  ];
  return [base, ...limits].join(", ");
}

function nested(list: string): string {
  return list.replace(/^/gm, "  ");
}

/** Returns the names of all objects that bodies hold, at any depth. */
function usedSchemas(): Set<string> {
  const found = new Set<string>();
  const visit = (fields: Fields): void => {
    for (const field of Object.values(fields)) {
      const { schema } = field.type === "list" ? (field.items ?? field) : field;
      if (schema === undefined || found.has(schema)) continue;
      found.add(schema);
      visit(fieldsOf(schema));
    }
  };
  for (const { fields } of Object.values(wantedBodies)) visit(fields);
  for (const resource of resources) {
    for (const { row } of operationsOf(resource)) {
      const { body } = row;
      visit(body?.type === "list" && body.items ? { items: body.items } : bodyFieldsOf(row));
    }
  }
  return found;
}
