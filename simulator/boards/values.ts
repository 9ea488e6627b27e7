/** What a board holds in its variables: how it takes a written value and how it packs what it reports. */
import { floatParts, propertyTypes, type ValueKind } from "../store/property-types";
import { encodeSenml, type SenmlEntry, type SenmlProfile, type SenmlScalar, type SenmlValue } from "../codec/senml";

/** A board's dialect: the C++ library or the Python one (docs/protocol.md#boards). */
export type BoardProfile = Extract<SenmlProfile, "cpp" | "python">;

/** Largest message that a C++ board sends, in bytes (docs/protocol.md#message-limits). */
const largestMessage = 256;

/** An error that a Python board dies of: it reconnects then (docs/protocol.md#boards). */
export class BoardCrash extends Error {}

function takeScalar(kind: ValueKind, written: SenmlScalar): SenmlScalar | undefined {
  if (kind === "string" && typeof written === "string") return written;
  if (kind === "boolean" && typeof written === "boolean") return written;
  if (typeof written !== "number") return undefined;
  if (kind === "boolean") return written !== 0;
  if (kind === "integer") return Math.trunc(written);
  return kind === "number" ? written : undefined;
}

/**
 * Returns the value that a variable of `type` has on a C++ board after `written` came from the cloud
 * (docs/protocol.md#numbers, #components): components that are missing stay as they are.
 * @returns undefined where it ignores the write
 */
export function takeWrite(type: string, present: SenmlValue | undefined, written: SenmlValue): SenmlValue | undefined {
  const { kind = "number", components = {} } = propertyTypes.get(type) ?? {};
  if (kind !== "object") return typeof written === "object" ? undefined : takeScalar(kind, written);
  if (typeof written !== "object") return undefined;
  const value: Record<string, SenmlScalar> = typeof present === "object" ? { ...present } : {};
  for (const [name, componentKind] of Object.entries(components)) {
    const part = written[name];
    const taken = part === undefined ? value[name] : takeScalar(componentKind, part);
    value[name] = taken ?? value[name] ?? (componentKind === "boolean" ? false : 0);
  }
  return value;
}

/** Returns a value as a C++ board writes it: all that is a float travels as one. */
export function entryOf(variable: string, type: string, value: SenmlValue): SenmlEntry {
  return { variable, value, float: floatParts(type) };
}

/**
 * Returns the messages for `entries`. C++ packs as many variables as fit into 256 bytes, never splits a variable and
 * skips one that fits into no message (docs/protocol.md#boards); Python sends them all in one.
 */
export function pack(entries: readonly SenmlEntry[], profile: BoardProfile): Uint8Array[] {
  if (profile === "python") return entries.length === 0 ? [] : [encodeSenml(entries, profile)];
  const messages: SenmlEntry[][] = [];
  for (const entry of entries) {
    const last = messages.at(-1);
    if (last && encodeSenml([...last, entry], profile).length <= largestMessage) last.push(entry);
    else if (encodeSenml([entry], profile).length <= largestMessage) messages.push([entry]);
  }
  return messages.map((message) => encodeSenml(message, profile));
}
