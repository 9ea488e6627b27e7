import type { PropertyValue } from "../../cloud/codec/values";
import { isPlainObject } from "../../cloud/core/json";
import {
  badCommand,
  booleanTemplate,
  commandsOf,
  commandTopic,
  type Entity,
  type MappedVariable,
  type ReadCommand,
  readBoolean,
  readDecimal,
  stateOf,
  type VariableMapping,
} from "./mapping";

/** The keys of a remote control, by the number that stands for it (docs/protocol.md#types). */
const playback = ["FastForward", "Next", "Pause", "Play", "Previous", "Rewind", "StartOver", "Stop"];

const numbered = (name: string, from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `${name}${from + index}`);

/** The inputs of a television, by the number that stands for each (docs/protocol.md#types). */
const inputs = [
  ...numbered("AUX", 1, 7),
  ...["BLURAY", "CABLE", "CD", "COAX1", "COAX2", "COMPOSITE1", "DVD", "GAME", "HDRADIO"],
  ...numbered("HDMI", 1, 10),
  "HDMIARC",
  ...numbered("INPUT", 1, 10),
  "IPOD",
  ...numbered("LINE", 1, 7),
  ...["MEDIAPLAYER", "OPTICAL1", "OPTICAL2", "PHONO", "PLAYSTATION", "PLAYSTATION3", "PLAYSTATION4"],
  ...["SATELLITE", "SMARTCAST", "TUNER", "TV", "USBDAC", "VIDEO1", "VIDEO2", "VIDEO3", "XBOX"],
];

/** The end of the topic of the state, in which the input has its name. */
const suffix = "tv";

/** Returns the entities of a television: Home Assistant has no media player by MQTT, so each part is one of its own. */
export function mapTelevision(variable: MappedVariable): VariableMapping {
  return {
    entities: [...partEntities(variable), ...(variable.isWritable ? buttons(variable) : [])],
    moreStates: (value) => [{ suffix, payload: JSON.stringify(stateOfTelevision(value)) }],
    commands: commandsOf(variable, commands),
  };
}

function partEntities(variable: MappedVariable): Entity[] {
  const entity = (part: string, kinds: readonly [string, string], name: string, more: object = {}): Entity => {
    const template = kinds[1] === "switch" ? booleanTemplate : "{{ value_json }}";
    const state = stateOf(variable, template.replace("value_json", `value_json.${part}`), suffix);
    const command = variable.isWritable ? { command_topic: commandTopic(variable, part) } : {};
    return { part, component: kinds[variable.isWritable ? 1 : 0], config: { name, ...state, ...command, ...more } };
  };
  const onOff = { payload_on: "true", payload_off: "false" };
  const onOffStates = variable.isWritable ? { ...onOff, state_on: "true", state_off: "false" } : onOff;
  const range = (max: number): object => (variable.isWritable ? { min: 0, max, step: 1, mode: "box" } : {});
  const measured = variable.isWritable ? {} : { state_class: "measurement" };
  return [
    entity("swi", ["binary_sensor", "switch"], "", onOffStates),
    entity("vol", ["sensor", "number"], "volume", { ...range(100), ...measured, unit_of_measurement: "%" }),
    entity("mut", ["binary_sensor", "switch"], "mute", onOffStates),
    entity("inp", ["sensor", "select"], "input", {
      ...(variable.isWritable ? {} : { device_class: "enum" }),
      options: inputs,
    }),
    entity("cha", ["sensor", "number"], "channel", { ...range(2 ** 31 - 1), ...measured }),
  ];
}

function buttons(variable: MappedVariable): Entity[] {
  return playback.map((name) => ({
    part: `pbc_${name.toLowerCase()}`,
    component: "button",
    config: { name: name.toLowerCase(), command_topic: commandTopic(variable, "pbc"), payload_press: name },
  }));
}

function stateOfTelevision(value: PropertyValue): Record<string, unknown> {
  const parts: Record<string, unknown> = isPlainObject(value) ? value : {};
  // A number that stands for no input leaves the state as it is not known.
  return { ...parts, inp: inputs[Number(parts.inp)] ?? null };
}

const indexIn =
  (names: readonly string[], part: string): ReadCommand =>
  (text) => {
    const index = names.indexOf(text.trim());
    if (index < 0) throw badCommand(text, `one of ${names.join(", ")}`);
    return { value: { [part]: index } };
  };

const commands: Readonly<Record<string, ReadCommand>> = {
  swi: (text) => ({ value: { swi: readBoolean(text) } }),
  vol: (text) => ({ value: { vol: readDecimal(text) } }),
  mut: (text) => ({ value: { mut: readBoolean(text) } }),
  inp: indexIn(inputs, "inp"),
  cha: (text) => ({ value: { cha: readDecimal(text) } }),
  pbc: indexIn(playback, "pbc"),
};
