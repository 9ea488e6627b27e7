import { CloudError } from "../../cloud/core/errors";
import { isPlainObject, parseJson } from "../../cloud/core/json";
import { isSameName } from "../../cloud/core/names";
import { printable } from "../../cloud/core/text";
import { type KnownThing, type Property, wireName } from "../../cloud/rest/index";
import { componentConversions, toLocalTime } from "./conversions";
import type { ComponentConfig, MappedVariable, VariableMapping } from "./mapping";
import { mapVariable } from "./mappings";

/** The wish of a user for one variable. */
export interface Override {
  /** Id or name of the thing. */
  thing: string;
  /** Variable name or property id. */
  variable: string;
  /** As it was written, for errors. */
  key: string;
  /** The component and keys that it gets; null: it is left out. */
  wish: Readonly<Record<string, unknown>> | null;
}

/** The keys of a wish that are for the node, not for Home Assistant. */
const ownKeys = ["component", "invert", "local", "pulse", "options"];

/**
 * Reads the field: `{"<thing>/<variable>": {"component": "select", …}}`, or null for a variable that is left out.
 * @throws CloudError `not_configured`
 */
export function parseOverrides(text: string): Override[] {
  if (text.trim() === "") return [];
  const all = parseJson(text);
  if (!isPlainObject(all)) {
    throw new CloudError(
      "not_configured",
      'The overrides are no JSON object. Expected is {"thing/variable": {"component": "select"}}.',
    );
  }
  return Object.entries(all).map(([key, wish]) => {
    const cut = key.lastIndexOf("/");
    const [thing, variable] = [key.slice(0, Math.max(cut, 0)).trim(), key.slice(cut + 1).trim()];
    if (thing === "" || variable === "") throw wrongOverride(key, 'its name has to be "thing/variable"');
    if (wish === null) return { thing, variable, key, wish };
    if (!isPlainObject(wish))
      throw wrongOverride(key, "it has to be an object, or null for a variable that is left out");
    const { component } = wish;
    const known = [...Object.keys(componentConversions)];
    if (component !== undefined && (typeof component !== "string" || !known.includes(component))) {
      throw wrongOverride(key, `its component has to be one of ${known.join(", ")}`);
    }
    return { thing, variable, key, wish };
  });
}

function wrongOverride(key: string, problem: string): CloudError {
  return new CloudError("not_configured", `The override "${printable(key)}" can't be used: ${problem}.`);
}

/** Returns the last override that names a variable. */
export function findOverride(
  overrides: readonly Override[],
  thing: Pick<KnownThing, "id" | "name">,
  property: Property,
): Override | undefined {
  return overrides.findLast(
    (override) =>
      (isSameName(override.thing, thing.name) || override.thing.toLowerCase() === thing.id.toLowerCase()) &&
      (isSameName(override.variable, wireName(property)) ||
        override.variable.toLowerCase() === property.id.toLowerCase()),
  );
}

/**
 * Returns how a variable appears as its user wishes.
 * @throws CloudError `invalid_input` where its type does not allow that
 */
export function mapWithOverride(
  variable: MappedVariable,
  { key, wish }: Pick<Override, "key" | "wish">,
): VariableMapping {
  const given = wish ?? {};
  const mapping = convert(variable, given, (problem) => unfit(key, variable, problem));
  const [first, ...rest] = mapping.entities;
  if (first === undefined) return mapping;
  return { ...mapping, entities: [{ ...first, config: { ...first.config, ...foreignKeys(given) } }, ...rest] };
}

/** The components that a boolean becomes by itself, by its shape. */
const onOffComponents: Readonly<Record<string, string>> = {
  switch: "switch",
  light: "light",
  contact: "binary_sensor",
};

function convert(
  variable: MappedVariable,
  wish: Readonly<Record<string, unknown>>,
  refuse: (problem: string) => CloudError,
): VariableMapping {
  const { component, invert, local } = wish;
  const { row, isWritable } = variable;
  if (component === undefined && local === true && row.shape === "time" && !isWritable) return toLocalTime(variable);
  const usual = isWritable ? onOffComponents[row.shape] : "binary_sensor";
  const chosen = component ?? (invert === true ? usual : undefined);
  const conversion = typeof chosen === "string" ? componentConversions[chosen] : undefined;
  return conversion === undefined ? mapVariable(variable) : conversion(variable, wish, refuse);
}

/** Returns what goes to Home Assistant as it is. */
function foreignKeys(wish: Readonly<Record<string, unknown>>): ComponentConfig {
  return Object.fromEntries(Object.entries(wish).filter(([name]) => !ownKeys.includes(name)));
}

function unfit(key: string, { name, type }: MappedVariable, problem: string): CloudError {
  return new CloudError(
    "invalid_input",
    `The override "${printable(key)}" does not fit "${printable(name)}" (${type}): ${problem}. It is left out of account.`,
  );
}
