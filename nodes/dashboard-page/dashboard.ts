import { CloudError } from "../../cloud/core/errors";
import { asRecord, isFiniteNumber } from "../../cloud/core/json";
import { textOf, trimmedText } from "../../cloud/core/text";
import type { GridPlace } from "./places";

/** A variable that a widget is linked to. */
export interface SourceVariable {
  id: string;
  /** The display name. */
  name: string;
  /** The text that a node stores: the variable name, or the id of a property that has none. */
  variable: string;
  type: string;
  isWritable: boolean;
  thing: { id: string; name: string };
  /** The range of its values, as far as it is told. */
  min?: number;
  max?: number;
}

/** A widget of a dashboard in the Arduino Cloud. */
export interface SourceWidget {
  type: string;
  name: string;
  /** The id of its page; "0" is the main one. */
  pageId: string;
  /** Its place on a desktop; absent where what is told is none. */
  place?: GridPlace;
  /** Its place on a phone, where the dashboard has one. */
  phone?: GridPlace;
  options: Readonly<Record<string, unknown>>;
  variables: SourceVariable[];
  /** Whether it had a variable that is not there any more. */
  hasLost: boolean;
}

/** A dashboard of the Arduino Cloud, as far as a page is made of it. */
export interface SourceDashboard {
  id: string;
  name: string;
  /** The pages beside the main one, in their order. */
  pages: { id: string; name: string }[];
  widgets: SourceWidget[];
}

/** Places further out are no places: nobody draws there, and each empty row would become part of the page. */
const maxColumns = 100;
const maxRows = 1_000;

/**
 * Reads a dashboard as the API answers it (docs/protocol.md#widgets); what has another form than documented counts as
 * left out.
 * @throws CloudError `invalid_input` where it is no dashboard, or has no widget
 */
export function readSourceDashboard(answer: unknown): SourceDashboard {
  const fields = asRecord(answer);
  if (fields === undefined) throw new CloudError("invalid_input", "This is no dashboard: it is not an object.");
  const name = trimmedText(fields.name) || "Dashboard";
  const widgets = recordsOf(fields.widgets).map(readWidget);
  if (widgets.length === 0)
    throw new CloudError("invalid_input", `The dashboard "${name}" has no widget: there is nothing to make a page of.`);
  const pages = recordsOf(fields.pages)
    .map((page) => ({ id: textOf(page.id), name: trimmedText(page.name), position: numberOf(page.position) ?? 0 }))
    .filter(({ id }) => id !== "" && id !== "0")
    .sort((a, b) => a.position - b.position)
    .map((page) => ({ id: page.id, name: page.name }));
  return { id: textOf(fields.id), name, pages, widgets };
}

function readWidget(fields: Readonly<Record<string, unknown>>): SourceWidget {
  const given = recordsOf(fields.variables);
  const variables = given.flatMap((variable) => readVariable(variable) ?? []);
  const place = readPlace(fields, "");
  const phone = readPlace(fields, "_mobile");
  return {
    type: trimmedText(fields.type),
    name: trimmedText(fields.name),
    pageId: textOf(fields.page_id) || "0",
    ...(place && { place }),
    ...(phone && { phone }),
    options: asRecord(fields.options) ?? {},
    variables,
    hasLost: variables.length < given.length || (fields.has_unlinked_variable === true && variables.length === 0),
  };
}

/** Returns a variable that is there; one that is gone has no thing or no type any more. */
function readVariable(fields: Readonly<Record<string, unknown>>): SourceVariable | undefined {
  const [id, type, thingId] = [textOf(fields.id), textOf(fields.type), textOf(fields.thing_id)];
  const variable = trimmedText(fields.variable_name) || id;
  if (variable === "" || type === "" || thingId === "") return undefined;
  const [min, max] = [numberOf(fields.min_value), numberOf(fields.max_value)];
  return {
    id: id || `${thingId} ${variable}`,
    name: trimmedText(fields.name) || variable,
    variable,
    type,
    isWritable: fields.permission !== "READ_ONLY",
    thing: { id: thingId, name: trimmedText(fields.thing_name) || thingId },
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
  };
}

function readPlace(fields: Readonly<Record<string, unknown>>, suffix: "" | "_mobile"): GridPlace | undefined {
  const read = (name: string, least: number, most: number): number | undefined => {
    const value = fields[`${name}${suffix}`];
    return Number.isInteger(value) && Number(value) >= least && Number(value) <= most ? Number(value) : undefined;
  };
  const [x, y] = [read("x", 0, maxColumns - 1), read("y", 0, maxRows)];
  const [width, height] = [read("width", 1, maxColumns), read("height", 1, maxRows)];
  if (x === undefined || y === undefined || width === undefined || height === undefined) return undefined;
  return { x, y, width, height };
}

function recordsOf(value: unknown): Record<string, unknown>[] {
  const entries: unknown[] = Array.isArray(value) ? value : [];
  return entries.map(asRecord).filter((entry) => entry !== undefined);
}

function numberOf(value: unknown): number | undefined {
  return isFiniteNumber(value) ? value : undefined;
}
