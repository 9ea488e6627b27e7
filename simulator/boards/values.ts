/** What a board holds in its variables: how it takes a written value and how it packs what it reports. */
import { propertyTypes, type ValueKind } from "../store/property-types";
import { encodeSenml, type SenmlEntry, type SenmlProfile, type SenmlScalar, type SenmlValue } from "../codec/senml";

/** A board's dialect: the C++ library or the Python one (docs/protocol.md#boards). */
export type BoardProfile = Extract<SenmlProfile, "cpp" | "python">;

/** Largest message that a C++ board sends, in bytes (docs/protocol.md#message-limits). */
const largestMessage = 256;

/** A write that the Python library dies of: it reconnects then (docs/protocol.md#numbers). */
export class BoardCrash extends Error {}

function takeScalar(kind: ValueKind, written: SenmlScalar, profile: BoardProfile): SenmlScalar | undefined {
  if (kind === "string" && typeof written === "string") return written;
  if (kind === "boolean" && typeof written === "boolean") return written;
  if (kind === "number" && typeof written === "number") return written;
  if (kind === "integer" && typeof written === "number") {
    if (Number.isInteger(written)) return written;
    if (profile === "cpp") return Math.trunc(written);
  }
  if (profile === "python") throw new BoardCrash(`A ${kind} variable got ${typeof written} ${String(written)}.`);
  return kind === "boolean" && typeof written === "number" ? written !== 0 : undefined;
}

/**
 * Returns the value that a variable of `type` has after `written` came from the cloud (docs/protocol.md#numbers,
 * #components): components that are missing stay as they are.
 * @returns undefined where a C++ board ignores the write
 * @throws BoardCrash where a Python board fails
 */
export function takeWrite(
  type: string,
  present: SenmlValue | undefined,
  written: SenmlValue,
  profile: BoardProfile,
): SenmlValue | undefined {
  const { kind = "number", components = {} } = propertyTypes.get(type) ?? {};
  if (kind !== "object") return typeof written === "object" ? undefined : takeScalar(kind, written, profile);
  if (typeof written !== "object") return undefined;
  const value: Record<string, SenmlScalar> = typeof present === "object" ? { ...present } : {};
  for (const [name, componentKind] of Object.entries(components)) {
    const part = written[name];
    const taken = part === undefined ? value[name] : takeScalar(componentKind, part, profile);
    value[name] = taken ?? value[name] ?? (componentKind === "boolean" ? false : 0);
  }
  return value;
}

/** Returns a value as it is to be written; types with a float in them travel as floats. */
export function entryOf(variable: string, type: string, value: SenmlValue): SenmlEntry {
  const { kind, components = {} } = propertyTypes.get(type) ?? {};
  const float = kind === "number" || Object.values(components).includes("number");
  return { variable, value, float };
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
