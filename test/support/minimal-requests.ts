import { schemas, type Field, type Fields, type Operation } from "../../cloud/rest/index";

export const uuid = "0b5a2ad4-6f2c-4f59-9a3f-1f6f6f2d7c11";

/** Texts of which one matches each pattern of the table. */
const texts = [
  "Name_1",
  "key:value",
  "AA:BB:CC:DD:EE:FF",
  "1.2.3",
  "ota/user/file.ota",
  "a".repeat(64),
  "0123456789abcdef",
  uuid,
];

/** The fields of an object's field. */
function fieldsOf({ schema = "" }: Field): Fields {
  return (schemas as Record<string, Fields>)[schema] ?? {};
}

/** The smallest value that a field takes; with `all` one that has every optional field. */
export function valueOf(field: Field, all = false): unknown {
  const { type, values = [], minimum = 1, minLength = 0, maxLength = Infinity, pattern = "", items } = field;
  if (type === "object") return objectOf(fieldsOf(field), all);
  if (type === "list") return items && (all || (field.minItems ?? 0) > 0) ? [valueOf(items, all)] : [];
  if (type === "string") {
    const fits = (text: string): boolean =>
      text.length >= minLength && text.length <= maxLength && new RegExp(pattern, "u").test(text);
    return values[0] ?? texts.find(fits);
  }
  const simple = { uuid, time: "2026-01-31T12:00:00Z", boolean: true, any: 1, map: {}, file: Buffer.from("ota") };
  return type === "integer" || type === "number" ? minimum : simple[type];
}

function objectOf(fields: Fields, all: boolean): Record<string, unknown> {
  const wanted = Object.entries(fields).filter(([, { required }]) => all || required);
  return Object.fromEntries(wanted.map(([name, field]) => [name, valueOf(field, all)]));
}

/** A request of an operation that the service would take. */
export function requestOf(
  row: Operation,
  all = false,
): { path: Record<string, string>; query: Record<string, unknown>; body: unknown } {
  const ids = Object.entries(row.pathFields).map(([name, kind]) => [
    name,
    kind === "type" ? "mkrwifi1010" : kind === "tag" ? "tag" : uuid,
  ]);
  return {
    path: Object.fromEntries(ids) as Record<string, string>,
    query: objectOf(row.query, all),
    body: row.body && valueOf(row.body, all),
  };
}

/** A place in a request that holds a field: how it is called, its parent, and its key there. */
export interface Place {
  where: string;
  field: Field;
  parent: Record<string, unknown>;
  key: string;
}

/** Every field of an object, and of the objects inside of it. */
export function placesOf(fields: Fields, parent: Record<string, unknown>, where: string): Place[] {
  return Object.entries(fields).flatMap(([key, field]) => {
    const path = where === "" ? key : `${where}.${key}`;
    return [{ where: path, field, parent, key }, ...inside(field, parent[key], path)];
  });
}

/** The fields inside of a value. */
export function inside(field: Field, value: unknown, where: string): Place[] {
  if (field.type === "object") return placesOf(fieldsOf(field), value as Record<string, unknown>, where);
  if (field.type !== "list" || !field.items) return [];
  return (value as unknown[]).flatMap((item, index) => inside(field.items as Field, item, `${where}[${index}]`));
}
