import type { PropertyValue } from "../../cloud/codec/values";
import { isPlainObject } from "../../cloud/core/json";
import { propertyKind } from "../../cloud/property-types/index";
import { mapLight } from "./lights";
import {
  booleanTemplate,
  commandsOf,
  commandTopic,
  type ComponentConfig,
  type MappedVariable,
  plainTemplate,
  type ReadCommand,
  readBoolean,
  readDecimal,
  type StateContext,
  type StateMessage,
  stateOf,
  type VariableMapping,
} from "./mapping";
import { scheduleState } from "./schedule";
import { mapTelevision } from "./television";
import { classUnits, haUnit, type EntityShape } from "./type-table";

/** Longer states of sensors and texts are no states to Home Assistant. */
const maxStateLength = 255;
/** The range of numbers whose variable has none: without one, Home Assistant takes 0 to 100. */
const usualRange = [-1_000_000, 1_000_000] as const;
const integerRange = [-(2 ** 31), 2 ** 31 - 1] as const;
/** The end of the topic of what is more than a state. */
const attributesSuffix = "attributes";

const mappers: Readonly<Record<EntityShape, (variable: MappedVariable) => VariableMapping>> = {
  switch: (variable) => mapOnOff(variable, "switch"),
  light: (variable) => mapOnOff(variable, "light"),
  contact: (variable) => mapOnOff(variable, "binary_sensor"),
  "dimmed-light": (variable) => mapLight(variable, "dimmed-light"),
  "colored-light": (variable) => mapLight(variable, "colored-light"),
  hsb: (variable) => mapLight(variable, "hsb"),
  television: mapTelevision,
  number: mapNumber,
  text: mapText,
  time: mapTime,
  free: mapFree,
  coordinates: mapCoordinates,
  schedule: mapSchedule,
};

/** Returns how a variable appears in Home Assistant by its type. */
export function mapVariable(variable: MappedVariable): VariableMapping {
  return mappers[variable.row.shape](variable);
}

/**
 * Returns the mapping of what is on or off.
 * @param component of a variable that can be written
 * @param isInverted on and off change places
 */
export function mapOnOff(
  variable: MappedVariable,
  component: "switch" | "light" | "binary_sensor",
  isInverted = false,
): VariableMapping {
  const { row, isWritable } = variable;
  const actual = isWritable ? component : "binary_sensor";
  const [on, off] = isInverted ? ["false", "true"] : ["true", "false"];
  const deviceClass = isWritable ? row.readWriteClass : row.readOnlyClass;
  const config: ComponentConfig = {
    ...stateOf(variable, booleanTemplate),
    ...(deviceClass !== undefined && { device_class: deviceClass }),
    payload_on: on,
    payload_off: off,
  };
  // The basic light has no template of this name, and needs none: JSON writes booleans as the payloads are.
  if (actual === "light") delete config.value_template;
  if (actual === "switch") Object.assign(config, { state_on: on, state_off: off });
  if (actual !== "binary_sensor") config.command_topic = commandTopic(variable);
  return {
    entities: [{ part: "", component: actual, config }],
    commands: actual === "binary_sensor" ? new Map() : commandsOf(variable, { "": booleanCommand }),
  };
}

/** Reads a boolean that is written as it is. */
export const booleanCommand: ReadCommand = (text) => ({ value: readBoolean(text) });
/** Reads a number that is written as it is; whether the type takes it, the conversion tells. */
export const numberCommand: ReadCommand = (text) => ({ value: readDecimal(text) });
/** Takes a text as it is. */
export const textCommand: ReadCommand = (text) => ({ value: text });

/** Returns the class and the unit of a number, as far as they go together. */
function measureOf({ row, isWritable, listedUnit }: MappedVariable): ComponentConfig {
  const deviceClass = isWritable ? row.readWriteClass : row.readOnlyClass;
  const unit = row.unit ?? (listedUnit === undefined ? undefined : haUnit(listedUnit));
  const fits = deviceClass !== undefined && (classUnits[deviceClass] ?? []).includes(unit ?? "none");
  return {
    ...(fits && { device_class: deviceClass }),
    ...(unit !== undefined && unit !== "" && { unit_of_measurement: unit }),
  };
}

/** Returns the range of a number, which Home Assistant must be told. */
function rangeOf({ min, max, row, type }: MappedVariable): ComponentConfig {
  const isInteger = propertyKind(type) === "integer";
  const usual = row.range ?? (isInteger ? integerRange : usualRange);
  const [low, high] = min !== undefined && max !== undefined && min < max ? [min, max] : usual;
  return { min: low, max: high, step: isInteger ? 1 : 0.001, mode: "box" };
}

function mapNumber(variable: MappedVariable): VariableMapping {
  const { isWritable, row } = variable;
  const config = { ...stateOf(variable, plainTemplate), ...measureOf(variable) };
  const { stateClass } = row;
  return {
    entities: [
      isWritable
        ? { part: "", component: "number", config: { ...config, ...numberCommands(variable) } }
        : { part: "", component: "sensor", config: { ...config, ...(stateClass && { state_class: stateClass }) } },
    ],
    commands: commandsOf(variable, { "": numberCommand }),
  };
}

function numberCommands(variable: MappedVariable): ComponentConfig {
  return { command_topic: commandTopic(variable), command_template: "{{ value }}", ...rangeOf(variable) };
}

function mapTime(variable: MappedVariable): VariableMapping {
  if (variable.isWritable) return mapNumber({ ...variable, row: { ...variable.row, unit: "s" } });
  const template = "{{ (value_json | int) | timestamp_custom('%Y-%m-%dT%H:%M:%S+00:00', false) }}";
  return {
    entities: [
      { part: "", component: "sensor", config: { ...stateOf(variable, template), device_class: "timestamp" } },
    ],
    commands: new Map(),
  };
}

function attributesOf(variable: MappedVariable): ComponentConfig {
  return { json_attributes_topic: `${variable.topic}/${attributesSuffix}` };
}

function attributes(of: Record<string, unknown>): StateMessage {
  return { suffix: attributesSuffix, payload: JSON.stringify(of) };
}

function mapText(variable: MappedVariable): VariableMapping {
  const config = {
    ...stateOf(variable, `{{ value_json[:${maxStateLength}] }}`),
    ...attributesOf(variable),
  };
  return {
    entities: [
      variable.isWritable
        ? {
            part: "",
            component: "text",
            config: { ...config, command_topic: commandTopic(variable), max: maxStateLength },
          }
        : { part: "", component: "sensor", config },
    ],
    // A text that is cut as a state is there as a whole.
    moreStates: (value) => [attributes(typeof value === "string" && value.length > maxStateLength ? { value } : {})],
    commands: commandsOf(variable, { "": textCommand }),
  };
}

function mapFree(variable: MappedVariable): VariableMapping {
  const config = {
    ...stateOf(variable, `{{ (value_json | tojson)[:${maxStateLength}] }}`),
    ...attributesOf(variable),
  };
  return {
    entities: [{ part: "", component: "sensor", config }],
    moreStates: (value) => [attributes(isPlainObject(value) ? value : { value })],
    commands: new Map(),
  };
}

function mapCoordinates(variable: MappedVariable): VariableMapping {
  return {
    entities: [{ part: "", component: "device_tracker", config: { ...attributesOf(variable), source_type: "gps" } }],
    moreStates: (value) => {
      const { lat, lon } = (isPlainObject(value) ? value : {}) as Record<string, unknown>;
      return [attributes({ latitude: lat, longitude: lon, gps_accuracy: 0 })];
    },
    commands: new Map(),
  };
}

function mapSchedule(variable: MappedVariable): VariableMapping {
  const suffix = "schedule";
  const at = (value: PropertyValue, { now, timezone }: StateContext): ReturnType<typeof scheduleState> =>
    scheduleState(value, now, timezone);
  return {
    entities: [
      {
        part: "",
        component: "sensor",
        config: {
          ...stateOf(variable, "{{ value_json.kind }}", suffix),
          ...attributesOf(variable),
          device_class: "enum",
          options: ["once", "repeating", "weekly", "monthly", "yearly"],
        },
      },
      {
        part: "active",
        component: "binary_sensor",
        config: {
          name: "active",
          ...stateOf(variable, booleanTemplate.replace("value_json", "value_json.active"), suffix),
          payload_on: "true",
          payload_off: "false",
        },
      },
    ],
    moreStates: (value, context) => {
      const { kind, isActive, attributes: details } = at(value, context);
      return [{ suffix, payload: JSON.stringify({ kind, active: isActive }) }, attributes({ ...details })];
    },
    commands: new Map(),
    changesAt: (value, context) => at(value, context).lookAgainAt,
  };
}
