import { CloudError } from "../core/errors";
import { printable } from "../core/text";

/**
 * Returns the error for a field of a history query that can't be used: names it, what is given and what is expected.
 */
export function invalidQuery(field: string, given: unknown, expected: string): CloudError {
  const shown = typeof given === "string" || typeof given === "number" ? printable(String(given)) : typeof given;
  return new CloudError("invalid_input", `history: ${field} is "${shown}", but expected is ${expected}.`);
}
