import type { PropertyValue, Scalar } from "../codec/values";
import { propertyTypes } from "./index";

/**
 * A loss on the way of a value that can be sent all the same: `exact`, of its last digits, in JavaScript already;
 * `float32`, of digits in a board; `message`, of the board's report.
 */
export interface ValueLimit {
  kind: "exact" | "float32" | "message";
  variable: string;
  /** A sentence for people. */
  warning: string;
}

/** The largest message that a C++ board sends, in bytes (docs/protocol.md#message-limits). */
export const maxBoardMessageBytes = 256;

/**
 * Returns what gets lost of a value on its way to a board.
 * @param toBoard whether a board takes it; else only what JavaScript loses counts
 */
export function limitsOf(
  variable: string,
  type: string | undefined,
  value: PropertyValue,
  toBoard: boolean,
): ValueLimit[] {
  const format = type === undefined ? undefined : propertyTypes.get(type)?.format;
  const limits: ValueLimit[] = [];
  for (const [component, part] of typeof value === "object" ? Object.entries(value) : [["", value] as const]) {
    if (typeof part !== "number") continue;
    const isFloat = (typeof format === "object" ? format[component] : format) === "float";
    const name = component === "" ? variable : `${variable}:${component}`;
    if (toBoard && isFloat && isLostInFloat32(part)) {
      limits.push({ kind: "float32", variable, warning: rounded(name, part) });
    } else if (Number.isInteger(part) && !Number.isSafeInteger(part)) {
      limits.push({ kind: "exact", variable, warning: inexact(name, part) });
    }
  }
  const bytes = toBoard ? reportBytes(variable, value) : 0;
  if (bytes > maxBoardMessageBytes) limits.push({ kind: "message", variable, warning: unreportable(variable, bytes) });
  return limits;
}

/** Returns how many bytes the message takes in which a C++ board reports a value (docs/protocol.md#senders). */
export function reportBytes(variable: string, value: PropertyValue): number {
  if (typeof value !== "object") return arrayBytes + recordBytes(variable, value);
  return Object.entries(value).reduce(
    (bytes, [component, part]) => bytes + recordBytes(`${variable}:${component}`, part),
    arrayBytes,
  );
}

/** The bytes of an array that a break ends. */
const arrayBytes = 2;
/** The bytes of a number, a float32 or at most an integer of 32 bits. */
const numberBytes = 5;

/** Returns the bytes of a record: a map with two labels, name and value. */
function recordBytes(name: string, value: Scalar): number {
  const valueBytes = typeof value === "string" ? textBytes(value) : typeof value === "number" ? numberBytes : 1;
  return 3 + textBytes(name) + valueBytes;
}

function textBytes(text: string): number {
  const bytes = Buffer.byteLength(text);
  return bytes + (bytes < 24 ? 1 : bytes < 0x100 ? 2 : bytes < 0x10000 ? 3 : 5);
}

/** Returns whether a float32 is off by half or more, or nothing or infinite where the number is not. */
function isLostInFloat32(value: number): boolean {
  const float = Math.fround(value);
  return Math.abs(float - value) >= 0.5 || (float === 0 && value !== 0);
}

function inexact(name: string, value: number): string {
  return `"${name}" = ${value} is a whole number beyond 2^53: JavaScript can't tell it from its neighbours.`;
}

function rounded(name: string, value: number): string {
  const float = Math.fround(value);
  const made = Number.isFinite(float) ? String(float) : "an infinite number";
  return `"${name}" = ${value}: a board with Arduino's C++ library, whose floats have 32 bits, makes ${made} of it.`;
}

function unreportable(name: string, bytes: number): string {
  return (
    `"${name}" takes ${bytes} bytes in a message: a board with Arduino's C++ library takes it, but never reports it ` +
    `back, since it sends ${maxBoardMessageBytes} bytes at the most.`
  );
}
