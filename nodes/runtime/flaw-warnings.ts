import type { ValueFlaw } from "../../cloud/live-values/value-feed";
import { WarnOnce } from "./warn-once";

const texts: Readonly<Record<ValueFlaw, string>> = {
  "not-finite": "has no finite value (NaN or infinite); such values are left out.",
  "no-value":
    'came without a value, as the client arduino-iot-js 0.13.0 sends 0, false and "". Such values are left out; what ' +
    "an object lacks is taken from the last known value. Use another client there.",
  rounded: "holds a whole number beyond 2^53, which JavaScript can't hold exactly: its last digits are lost.",
};

/** Warns of values that are not as they should be, once for each variable and flaw. */
export class FlawWarnings {
  readonly #warnings: WarnOnce;

  constructor(warn: (warning: string) => void) {
    this.#warnings = new WarnOnce(warn);
  }

  /**
   * Warns of a value, unless it was warned of before.
   * @param thing the name of the thing, where there may be several; else blank
   */
  note(thing: string, variable: string, flaw: ValueFlaw): void {
    const of = thing === "" ? "" : ` of "${thing}"`;
    this.#warnings.note(JSON.stringify([flaw, thing, variable]), `"${variable}"${of} ${texts[flaw]}`);
  }
}
