import type { PropertyValue } from "../../cloud/codec/values";
import { isPlainObject, parseJson } from "../../cloud/core/json";
import {
  badCommand,
  commandsOf,
  commandTopic,
  type CommandResult,
  type KnownState,
  type MappedVariable,
  type VariableMapping,
} from "./mapping";

/** The end of the topics of lights, whose states and commands have a form of their own. */
const suffix = "light";

/** A part of a value by name, in Arduino's words. */
type LightParts = Partial<Record<"hue" | "sat" | "bri", number>> & { swi?: boolean };

/** Returns how a light with brightness, and perhaps a colour, appears. */
export function mapLight(variable: MappedVariable, kind: "dimmed-light" | "colored-light" | "hsb"): VariableMapping {
  const hasColor = kind !== "dimmed-light";
  return {
    entities: [
      {
        part: "",
        component: "light",
        config: {
          schema: "json",
          state_topic: `${variable.topic}/${suffix}`,
          // Home Assistant wants one of each light; that of one which can't be written is refused when it is used.
          command_topic: commandTopic(variable, suffix),
          supported_color_modes: [hasColor ? "hs" : "brightness"],
          brightness: true,
          brightness_scale: 100,
        },
      },
    ],
    moreStates: (value) => [{ suffix, payload: JSON.stringify(lightState(value, hasColor)) }],
    commands: commandsOf(variable, {
      [suffix]: (text, known) => (kind === "hsb" ? hsbCommand(text, known) : { value: readLight(text, hasColor) }),
    }),
  };
}

/** Returns the state of a light as Home Assistant reads it. */
function lightState(value: PropertyValue, hasColor: boolean): Record<string, unknown> {
  const parts: Record<string, unknown> = isPlainObject(value) ? value : {};
  const brightness = rounded(parts.bri);
  const isOn = "swi" in parts ? parts.swi === true : brightness > 0;
  const state = { state: isOn ? "ON" : "OFF", color_mode: hasColor ? "hs" : "brightness", brightness };
  // A full turn of the colour wheel is where it began.
  return hasColor ? { ...state, color: { h: rounded(parts.hue) % 360, s: rounded(parts.sat) } } : state;
}

/** Returns a part of a light with two decimals; 0 where it is none. */
function rounded(part: unknown): number {
  return typeof part === "number" ? Math.round(part * 100) / 100 : 0;
}

/** Reads the command of a light: `{"state": "ON", "brightness": 40, "color": {"h": 120, "s": 100}}`, or parts of it. */
function readLight(text: string, hasColor: boolean): LightParts {
  const command = parseJson(text);
  if (!isPlainObject(command)) throw badCommand(text, 'JSON of a light, such as {"state": "ON"},');
  const { state, brightness, color } = command;
  if (state !== "ON" && state !== "OFF") throw badCommand(text, 'a "state" of "ON" or "OFF"');
  if (state === "OFF") return { swi: false };
  const parts: LightParts = { swi: true };
  if (brightness !== undefined) parts.bri = numberIn(text, brightness, 100, "brightness");
  if (hasColor && color !== undefined) {
    if (!isPlainObject(color)) throw badCommand(text, 'a "color" of {"h": …, "s": …}');
    parts.hue = numberIn(text, color.h, 360, "h");
    parts.sat = numberIn(text, color.s, 100, "s");
  }
  return parts;
}

function numberIn(text: string, part: unknown, max: number, name: string): number {
  if (typeof part === "number" && part >= 0 && part <= max) return part;
  throw badCommand(text, `a number from 0 to ${max} as "${name}"`);
}

/** Reads the command of a colour without a switch: it is off where it is dark. */
function hsbCommand(text: string, known: KnownState): CommandResult {
  const { swi, ...parts } = readLight(text, true);
  if (swi === false) return { value: completed(known, { bri: 0 }) };
  return { value: completed(known, parts.bri === undefined ? { bri: known.brightness ?? 100, ...parts } : parts) };
}

/** Completes a colour that was never written: white is as good as any. */
function completed({ value }: KnownState, parts: LightParts): LightParts {
  return value === undefined ? { hue: 0, sat: 0, bri: 100, ...parts } : parts;
}
