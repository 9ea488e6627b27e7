import { CloudError } from "../../cloud/core/errors";
import { printable } from "../../cloud/core/text";
import type { PropertyValue } from "../../cloud/codec/values";
import { convertScalar } from "../../cloud/property-types/scalars";
import type { TypeRow } from "./type-table";

/** A component of a device message, by the names that Home Assistant documents. */
export type ComponentConfig = Record<string, unknown>;

/** An entity that a variable becomes. */
export interface Entity {
  /** Distinguishes the entities of one variable; blank for the only one, or the first. */
  part: string;
  /** The platform, such as `sensor`. */
  component: string;
  config: ComponentConfig;
}

/** A message that is sent of a value. */
export interface StateMessage {
  /** The end of the topic; blank for that of the variable itself. */
  suffix: string;
  payload: string;
  /** Not kept by the broker, and sent anew for the same value too: it happens, and is no state. */
  isEvent?: boolean;
}

/** The state of a variable, as known when a command comes. */
export interface KnownState {
  value?: PropertyValue | undefined;
  /** The last brightness above 0. */
  brightness?: number | undefined;
}

/** The value that a command asks to be written. */
export interface CommandResult {
  value: unknown;
  /** Written a moment later: the end of a pulse. */
  afterwards?: unknown;
}

/** The circumstances that states depend on, beside the value. */
export interface StateContext {
  /** Milliseconds since 1970. */
  now: number;
  /** The time zone of the thing, as in `Europe/Rome`. */
  timezone: string;
}

/** Makes what is written out of the payload of a command; throws CloudError `invalid_value`. */
export type ReadCommand = (text: string, known: KnownState) => CommandResult;

/** How a variable appears in Home Assistant. */
export interface VariableMapping {
  entities: readonly Entity[];
  /** Returns what is sent of a value beside the value itself. */
  moreStates?: (value: PropertyValue, context: StateContext) => StateMessage[];
  /** By the end of the topic behind `set`; blank for none. */
  commands: ReadonlyMap<string, ReadCommand>;
  /** Returns when the states of a value change by themselves, in milliseconds since 1970; undefined for never. */
  changesAt?: (value: PropertyValue, context: StateContext) => number | undefined;
}

/** A variable that is to be mapped. */
export interface MappedVariable {
  /** The name that it has in errors. */
  name: string;
  type: string;
  row: TypeRow;
  /** The topic of its value, without an end. */
  topic: string;
  /** It can be set from Home Assistant. */
  isWritable: boolean;
  min?: number | undefined;
  max?: number | undefined;
  /** The unit that the account's list of types gives, where the type itself has none. */
  listedUnit?: string | undefined;
}

/** The template of a value that is shown as it is. */
export const plainTemplate = "{{ value_json }}";
/** The template of a boolean; the payloads are what it gives. */
export const booleanTemplate = "{{ 'true' if value_json else 'false' }}";

/** Returns the part of a component that names the topic of its states. */
export function stateOf({ topic }: MappedVariable, template: string, suffix = ""): ComponentConfig {
  return { state_topic: suffix === "" ? topic : `${topic}/${suffix}`, value_template: template };
}

/** Returns the topic of a variable's commands. */
export function commandTopic({ topic }: MappedVariable, suffix = ""): string {
  return suffix === "" ? `${topic}/set` : `${topic}/set/${suffix}`;
}

/** Returns the error of a command that the component can't have sent. */
export function badCommand(text: string, expected: string): CloudError {
  const shown = printable(text.slice(0, 100));
  return new CloudError("invalid_value", `The command "${shown}" can't be carried out: ${expected} is expected.`);
}

/** Reads the command of a switch and the like. */
export function readBoolean(text: string): boolean {
  const value = convertScalar("boolean", text.trim());
  if (typeof value === "boolean") return value;
  throw badCommand(text, "true or false");
}

/** Reads the command of a number. */
export function readDecimal(text: string): number {
  const value = convertScalar("float", text.trim());
  if (typeof value === "number") return value;
  throw badCommand(text, "a number");
}

/** Returns the commands of a variable that has one topic for them, or none where it can't be written. */
export function commandsOf(
  variable: MappedVariable,
  commands: Readonly<Record<string, ReadCommand>>,
): ReadonlyMap<string, ReadCommand> {
  return new Map(variable.isWritable ? Object.entries(commands) : []);
}
