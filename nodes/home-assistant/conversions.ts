import type { CloudError } from "../../cloud/core/errors";
import { isFiniteNumber, isPlainObject } from "../../cloud/core/json";
import { propertyKind } from "../../cloud/property-types/index";
import {
  badCommand,
  booleanTemplate,
  commandsOf,
  commandTopic,
  type ComponentConfig,
  type MappedVariable,
  plainTemplate,
  type ReadCommand,
  stateOf,
  type VariableMapping,
} from "./mapping";
import { booleanCommand, mapOnOff, mapVariable, numberCommand, textCommand } from "./mappings";
import { offsetSeconds } from "./schedule";

type Wish = Readonly<Record<string, unknown>>;
type Refuse = (problem: string) => CloudError;
type Convert = (variable: MappedVariable, wish: Wish, refuse: Refuse) => VariableMapping;

/** Makes a variable into a component that its user has chosen; each throws what `refuse` gives. */
export const componentConversions: Readonly<Record<string, Convert>> = {
  sensor: toSensor,
  binary_sensor: (variable, wish, refuse) => toOnOff("binary_sensor", variable, wish, refuse),
  switch: (variable, wish, refuse) => toOnOff("switch", writable(variable, refuse), wish, refuse),
  light: (variable, wish, refuse) => toOnOff("light", writable(variable, refuse), wish, refuse),
  number: (variable, _wish, refuse) =>
    mapVariable({ ...numeric(writable(variable, refuse), refuse), row: { ...variable.row, shape: "number" } }),
  text: (variable, _wish, refuse) => {
    if (kindOf(variable) !== "string") throw refuse("only texts can be one");
    return mapVariable(writable(variable, refuse));
  },
  select: (variable, wish, refuse) => toSelect(writable(variable, refuse), wish, refuse),
  enum: (variable, wish, refuse) => toSelect({ ...variable, isWritable: false }, wish, refuse),
  button: toButton,
  lock: toLock,
  cover: toCover,
  event: toEvent,
  raw: toRaw,
};

/** Makes a time that is meant in the thing's zone into an instant. */
export function toLocalTime(variable: MappedVariable): VariableMapping {
  const suffix = "time";
  return {
    entities: [
      {
        part: "",
        component: "sensor",
        config: { ...stateOf(variable, plainTemplate, suffix), device_class: "timestamp" },
      },
    ],
    moreStates: (value, { timezone }) => {
      const seconds = Number(value);
      const instant = (seconds - offsetSeconds(seconds * 1_000, timezone)) * 1_000;
      const isTime = Number.isFinite(instant) && Math.abs(instant) < 8.64e15;
      return [{ suffix, payload: JSON.stringify(isTime ? new Date(instant).toISOString() : null) }];
    },
    commands: new Map(),
  };
}

function kindOf({ type }: MappedVariable): string {
  return propertyKind(type) ?? "object";
}

function writable(variable: MappedVariable, refuse: Refuse): MappedVariable {
  if (!variable.isWritable) throw refuse("it can't be written from Home Assistant");
  return variable;
}

function numeric(variable: MappedVariable, refuse: Refuse): MappedVariable {
  if (!["number", "integer"].includes(kindOf(variable))) throw refuse("only numbers can be one");
  return variable;
}

function boolean(variable: MappedVariable, refuse: Refuse): MappedVariable {
  if (kindOf(variable) !== "boolean") throw refuse("only booleans can be one");
  return variable;
}

function toOnOff(
  component: "switch" | "light" | "binary_sensor",
  variable: MappedVariable,
  { invert }: Wish,
  refuse: Refuse,
): VariableMapping {
  const isWritable = variable.isWritable && component !== "binary_sensor";
  // The classes of its type are those of another component.
  const keepsClass = component === "switch" ? variable.row.shape === "switch" : variable.row.shape !== "switch";
  const row = keepsClass && component !== "light" ? variable.row : { shape: variable.row.shape };
  return mapOnOff({ ...boolean(variable, refuse), row, isWritable }, component, invert === true);
}

function toSensor(variable: MappedVariable): VariableMapping {
  const usual = mapVariable({ ...variable, isWritable: false });
  if (usual.entities[0]?.component === "sensor") return usual;
  return {
    ...usual,
    entities: [{ part: "", component: "sensor", config: stateOf(variable, plainTemplate) }],
    commands: new Map(),
  };
}

/** Returns the values that options stand for, by label. */
function optionValues(variable: MappedVariable, options: unknown, refuse: Refuse): Map<string, string | number> {
  const kind = kindOf(variable);
  if (kind === "object" || kind === "boolean") throw refuse("only numbers and texts have options");
  const isNumber = kind !== "string";
  const read = (value: unknown): string | number => {
    if (isNumber ? isFiniteNumber(value) : typeof value === "string") {
      return value as string | number;
    }
    throw refuse(`each of its "options" has to stand for a ${isNumber ? "number" : "text"}`);
  };
  if (Array.isArray(options) && options.length > 0 && options.every((label) => typeof label === "string")) {
    return new Map(options.map((label, index) => [label, isNumber ? index : label]));
  }
  if (isPlainObject(options) && Object.keys(options).length > 0) {
    return new Map(Object.entries(options).map(([label, value]) => [label, read(value)]));
  }
  throw refuse('it needs "options", a list of labels or an object of labels and values');
}

function toSelect(variable: MappedVariable, { options }: Wish, refuse: Refuse): VariableMapping {
  const values = optionValues(variable, options, refuse);
  const labels = [...values.keys()];
  const suffix = "option";
  const state = { ...stateOf(variable, plainTemplate, suffix), options: labels };
  const choose: ReadCommand = (text) => {
    if (!values.has(text)) throw badCommand(text, `one of ${labels.join(", ")}`);
    return { value: values.get(text) };
  };
  return {
    entities: [
      variable.isWritable
        ? { part: "", component: "select", config: { ...state, command_topic: commandTopic(variable) } }
        : { part: "", component: "sensor", config: { ...state, device_class: "enum" } },
    ],
    moreStates: (value) => {
      const label = labels.find((candidate) => values.get(candidate) === value) ?? null;
      return [{ suffix, payload: JSON.stringify(label) }];
    },
    commands: commandsOf(variable, { "": choose }),
  };
}

function toButton(variable: MappedVariable, { pulse }: Wish, refuse: Refuse): VariableMapping {
  const { topic } = boolean(writable(variable, refuse), refuse);
  const press: ReadCommand = (text) => ({ ...booleanCommand(text, {}), ...(pulse === true && { afterwards: false }) });
  return {
    entities: [{ part: "", component: "button", config: { command_topic: `${topic}/set`, payload_press: "true" } }],
    commands: commandsOf(variable, { "": press }),
  };
}

function toLock(variable: MappedVariable, { invert }: Wish, refuse: Refuse): VariableMapping {
  const [locked, unlocked] = invert === true ? ["false", "true"] : ["true", "false"];
  const config: ComponentConfig = {
    ...stateOf(boolean(writable(variable, refuse), refuse), booleanTemplate),
    command_topic: commandTopic(variable),
    payload_lock: locked,
    payload_unlock: unlocked,
    state_locked: locked,
    state_unlocked: unlocked,
  };
  return {
    entities: [{ part: "", component: "lock", config }],
    commands: commandsOf(variable, { "": booleanCommand }),
  };
}

function toCover(variable: MappedVariable, _wish: Wish, refuse: Refuse): VariableMapping {
  const topic = commandTopic(numeric(writable(variable, refuse), refuse));
  const config: ComponentConfig = {
    position_topic: variable.topic,
    position_template: plainTemplate,
    set_position_topic: topic,
    // Open and closed are positions too; a board that stops in between has no word for it.
    command_topic: topic,
    payload_open: "100",
    payload_close: "0",
    payload_stop: null,
  };
  return {
    entities: [{ part: "", component: "cover", config }],
    commands: commandsOf(variable, { "": numberCommand }),
  };
}

function toEvent(variable: MappedVariable, wish: Wish, refuse: Refuse): VariableMapping {
  if (kindOf(variable) !== "string") throw refuse("only texts can be one");
  const { event_types: types } = wish;
  if (!Array.isArray(types) || types.length === 0) throw refuse('it needs "event_types", the list of texts that come');
  const suffix = "event";
  return {
    entities: [{ part: "", component: "event", config: { state_topic: `${variable.topic}/${suffix}` } }],
    moreStates: (value) => [
      {
        suffix,
        payload: JSON.stringify({ event_type: typeof value === "string" ? value : JSON.stringify(value) }),
        isEvent: true,
      },
    ],
    commands: new Map(),
  };
}

const rawCommands: Readonly<Record<string, ReadCommand>> = {
  boolean: booleanCommand,
  integer: numberCommand,
  number: numberCommand,
};

function toRaw(variable: MappedVariable, { platform }: Wish, refuse: Refuse): VariableMapping {
  if (typeof platform !== "string" || !/^\w+$/.test(platform)) throw refuse('it needs a "platform", such as "climate"');
  return {
    entities: [{ part: "", component: platform, config: {} }],
    commands: commandsOf(variable, { "": rawCommands[kindOf(variable)] ?? textCommand }),
  };
}
