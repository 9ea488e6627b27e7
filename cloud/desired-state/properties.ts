import { asRecord } from "../core/json";
import { changesOf, pickFields } from "./compare";
import { match, type Raw, type Wanted } from "./match";
import { creation, removal, type PlanStep } from "./plan";
import { itemLabel, type Layout, readFields, textField, wrong } from "./read-input";

/** A property as it is wanted: known by its id, else by its variable name. */
export interface WantedProperty extends Wanted {
  /** Fields of the API, by their names there. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Fields that a body for a property may hold (docs/protocol.md#models). */
export const propertyFields = [
  "name",
  "variable_name",
  "type",
  "permission",
  "update_strategy",
  "update_parameter",
  "min_value",
  "max_value",
  "persist",
  "tag",
] as const;

/** The fields of a property as it is wanted. */
export const propertyLayout: Layout = {
  noun: "property",
  fields: {
    id: "text",
    name: "text",
    variable_name: "text",
    type: "text",
    permission: "text",
    update_strategy: "text",
    update_parameter: "number",
    min_value: "number",
    max_value: "number",
    persist: "boolean",
    tag: "number",
  },
  ignored: [
    "href",
    "thing_id",
    "thing_name",
    "created_at",
    "updated_at",
    "deleted_at",
    "last_value",
    "value_updated_at",
    "linked_to_trigger",
    "sync_id",
  ],
};

/** Defaults of a property; the service keeps history by default too (docs/protocol.md#models). */
const defaults = { permission: "READ_WRITE", update_strategy: "ON_CHANGE", persist: true } as const;

/**
 * Reads the properties of a wanted thing.
 * @throws CloudError `invalid_input` naming item and field
 */
export function readProperties(whole: string, given: unknown): WantedProperty[] | undefined {
  if (!Array.isArray(given)) return undefined;
  return given.map((item: unknown, index) => {
    const where = `${whole}, properties[${index}]${itemLabel(index, "property", item, "variable_name").replace(/^item \d+/, "")}`;
    const read = readFields(where, item, propertyLayout);
    return {
      where,
      id: textField(read, "id"),
      name: textField(read, "variable_name"),
      fields: pickFields(read, propertyFields),
    };
  });
}

/**
 * Returns the body that creates a property.
 * @throws CloudError `invalid_input` where variable name or type is missing
 */
export function newProperty({
  where,
  fields,
}: WantedProperty): Record<string, unknown> & Record<"variable_name" | "type", string> {
  const [variable, type] = [textField(fields, "variable_name"), textField(fields, "type")];
  if (variable === "" || type === "") {
    throw wrong(where, `${variable === "" ? "variable_name" : "type"} is missing; a new property needs both.`);
  }
  return { name: variable, ...defaults, ...fields, variable_name: variable, type };
}

/**
 * Plans what turns the present properties of a thing into the wanted ones. Pure.
 * @throws CloudError as `match` and `newProperty` do
 */
export function planProperties(
  thing: { id: string; name: string; where: string },
  current: readonly Raw[],
  wanted: readonly WantedProperty[] | undefined,
  prune: boolean,
): PlanStep[] {
  if (wanted === undefined) return [];
  const { pairs, rest } = match("property", current, wanted, "variable_name");
  const path = { id: thing.id };
  const steps = pairs.flatMap(({ wanted: item, current: present }): PlanStep[] => {
    if (present === undefined) {
      const body = newProperty(item);
      const entry = creation("property", `${thing.name}: ${item.name}`, body);
      return [{ entries: [entry], operation: "properties_v2#create", path, body, where: item.where }];
    }
    const changes = changesOf({ ...defaults, ...present }, item.fields);
    if (Object.keys(changes).length === 0) return [];
    // An update takes a whole property, and takes defaults for what is left out.
    const body = { ...defaults, ...pickFields(present, propertyFields), ...item.fields };
    const name = `${thing.name}: ${variableNameOf(present)}`;
    return [
      {
        entries: [{ action: "update", kind: "property", name, id: present.id, changes }],
        operation: "properties_v2#update",
        path: { ...path, pid: present.id },
        body,
        where: item.where,
      },
    ];
  });
  const going = prune ? rest : [];
  return [
    ...steps,
    ...going.map((present): PlanStep => ({
      entries: [removal("property", `${thing.name}: ${variableNameOf(present)}`, present.id)],
      operation: "properties_v2#delete",
      path: { ...path, pid: present.id },
      where: thing.where,
    })),
  ];
}

function variableNameOf(property: Raw): string {
  return textField(property, "variable_name") || textField(property, "name");
}

/** Returns the elements of an answer that have an id and are not deleted. */
export function rawList(json: unknown): Raw[] {
  if (!Array.isArray(json)) return [];
  return json.flatMap((element: unknown): Raw[] => {
    const raw = asRecord(element) ?? {};
    const id = textField(raw, "id");
    return id !== "" && textField(raw, "deleted_at") === "" ? [{ ...raw, id }] : [];
  });
}
