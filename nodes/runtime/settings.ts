import type { Node, NodeAPI, NodeDef } from "node-red";
import { CloudError } from "../../cloud/core/errors";
import { printable } from "../../cloud/core/text";

type RawFields = Readonly<Record<string, unknown>>;

/** Where settings carry what stands in the form, before Node-RED has filled in environment variables. */
export const asWritten = Symbol("as written in the form");

/** The settings of a node as Node-RED hands them over: mostly text, since forms and `${ENV}` give text. */
export type RawSettings = RawFields & { readonly [asWritten]?: RawFields };

/** The form that Node-RED itself fills in: the whole text of a field. */
const environmentForm = /^\s*\$(?:\{(\S+)\}|\((\S+)\))\s*$/;

/** Returns the settings of a node that is being constructed, with what stands in its form. */
export function settingsOf(RED: NodeAPI, config: NodeDef): RawSettings {
  return { ...config, [asWritten]: writtenConfig(RED, config) };
}

/** Returns the credentials of a node that is being constructed, with what stands in its form. */
export function storedCredentials(RED: NodeAPI, node: Node, config: NodeDef): RawSettings {
  // In a subflow, credentials are stored under the id that the node has in the editor.
  const { _alias: id = config.id } = config as InstanceDef;
  const written = (RED.nodes.getCredentials(id) as RawFields | undefined) ?? {};
  return { ...(node.credentials as RawFields | undefined), [asWritten]: written };
}

/** The fields that Node-RED adds to the configuration of a node that it constructs. */
interface InstanceDef extends NodeDef {
  /** In a subflow: the id of the node in the editor. */
  readonly _alias?: string;
  readonly _flow?: { readonly flow?: Partial<Record<"nodes" | "configs", Readonly<Record<string, RawFields>>>> };
}

/**
 * Finds what the editor has stored of a node. The flow that the node is part of has it by id, in a subflow that came
 * as a module too; the public way goes through all nodes there are.
 */
function writtenConfig(RED: NodeAPI, config: InstanceDef): RawFields {
  const { id, _alias: editorId = id, _flow: within } = config;
  let written = within?.flow?.nodes?.[id] ?? within?.flow?.configs?.[id];
  if (written === undefined) {
    RED.nodes.eachNode((node) => {
      if (node.id === editorId) written = node as unknown as RawFields;
    });
  }
  return written ?? {};
}

/**
 * Returns what a field holds.
 * @throws CloudError `not_configured` where that is an environment variable which is blank or not set: it never stands
 *   for the field's default
 */
export function readGiven(raw: RawSettings, field: string): unknown {
  const value = raw[field];
  // Node-RED leaves the text alone where there is no such variable.
  refuseVariable(field, isBlank(value) ? raw[asWritten]?.[field] : value);
  return value;
}

function refuseVariable(field: string, written: unknown): void {
  const match = typeof written === "string" ? environmentForm.exec(written) : null;
  const variable = match?.[1] ?? match?.[2];
  if (typeof written !== "string" || variable === undefined) return;
  const cure =
    written === written.trim()
      ? "is blank or not set: set it, or fill in the field itself"
      : "is not looked up, because of the white space around it: remove that";
  throw new CloudError(
    "not_configured",
    `The setting "${field}" is the environment variable ${printable(variable)}, which ${cure}.`,
  );
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === "string" && value.trim() === "");
}

/** Reads a text, trimmed; `fallback` where it is missing or blank. */
export function readText(raw: RawSettings, field: string, fallback = ""): string {
  const value = readGiven(raw, field);
  if (value === undefined || value === null) return fallback;
  // A variable of a subflow or group may be a number.
  if (typeof value === "number") return String(value);
  if (typeof value !== "string") throw wrongSetting(field, value, "a text");
  return value.trim() === "" ? fallback : value.trim();
}

/** Reads one of `choices`; the first of them where the field is missing or blank. */
export function readChoice<T extends string>(raw: RawSettings, field: string, choices: readonly [T, ...T[]]): T {
  const text = readText(raw, field, choices[0]);
  const choice = choices.find((candidate) => candidate === text);
  if (choice === undefined) throw wrongSetting(field, text, `one of ${choices.join(", ")}`);
  return choice;
}

/** Reads a number from `lowest` to `highest`; `fallback` where the field is missing or blank. */
export function readNumber(
  raw: RawSettings,
  field: string,
  fallback: number,
  lowest: number,
  highest: number = Infinity,
): number {
  const value = readGiven(raw, field);
  if (isBlank(value)) return fallback;
  const number = typeof value === "number" ? value : Number(typeof value === "string" ? value : NaN);
  if (!Number.isFinite(number) || number < lowest || number > highest) {
    const range = highest === Infinity ? `${lowest} up` : `${lowest} to ${highest}`;
    throw wrongSetting(field, value, `a number from ${range}`);
  }
  return number;
}

/** Reads a switch; `fallback` where the field is missing or blank. */
export function readFlag(raw: RawSettings, field: string, fallback = false): boolean {
  const value = readGiven(raw, field);
  if (typeof value === "boolean") return value;
  if (value === undefined || value === null || value === "") return fallback;
  if (value === "true" || value === "false") return value === "true";
  throw wrongSetting(field, value, "true or false");
}

function wrongSetting(field: string, given: unknown, expected: string): CloudError {
  const shown = typeof given === "string" || typeof given === "number" ? String(given).slice(0, 80) : typeof given;
  return new CloudError("not_configured", `The setting "${field}" is "${shown}", but ${expected} is expected.`);
}
