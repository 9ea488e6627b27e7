import { printable } from "./text";

/**
 * Hears what an account or a device does, in lines for people who look for a fault. No line holds a secret or a value.
 * What is absent is not wanted, and costs nothing.
 */
export interface ActivityLog {
  /** Takes a line about a connection attempt, a subscription, a request or a pause. */
  readonly debug?: ((line: string) => void) | undefined;
  /** Takes a line about one message: its topic and size. */
  readonly trace?: ((line: string) => void) | undefined;
}

/** A list of names in a line shows so many. */
const maxNames = 3;

/** Returns names from elsewhere as they stand in a line: the first ones, and how many there are besides. */
export function shownNames(names: readonly string[]): string {
  const shown = names.slice(0, maxNames).map(printable).join(", ");
  return names.length > maxNames ? `${shown} and ${names.length - maxNames} more` : shown;
}

/** Returns milliseconds as they stand in a line: "250 ms", "2.5 s". */
export function shownMs(milliseconds: number): string {
  const rounded = Math.round(milliseconds);
  return rounded < 1_000 ? `${rounded} ms` : `${Math.round(rounded / 100) / 10} s`;
}
