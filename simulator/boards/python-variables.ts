/**
 * What a script with Arduino's Python library holds in its variables: each has the type of the first value it got, and
 * the library raises TypeError for one of another type (docs/protocol.md#boards).
 */
import { propertyTypes } from "../store/property-types";
import type { SenmlReading, SenmlScalar, SenmlValue } from "../codec/senml";
import { BoardCrash } from "./values";

type PythonType = "int" | "float" | "bool" | "str";

export class PythonVariables {
  /** By variable, or `variable:component`. */
  readonly #held = new Map<string, PythonType>();

  /**
   * Notes a value that the script itself gives. A whole number is what the variable holds already, else a float for the
   * components in `floats`: scripts write `21` and `21.0`, which JavaScript can't tell apart.
   */
  set(variable: string, value: SenmlValue, floats: ReadonlySet<string>): void {
    for (const [component, part] of partsOf(value)) {
      const key = keyOf(variable, component);
      const held = this.#held.get(key);
      const isWhole = typeof part === "number" && Number.isInteger(part);
      if (!isWhole || (held !== "int" && held !== "float"))
        this.#held.set(key, pythonType(part, floats.has(component)));
    }
  }

  /**
   * Returns the value that a variable has after the cloud wrote to it; components that are missing or not known stay as
   * they are. Undefined where nothing of it is for this variable.
   * @throws BoardCrash for the TypeError: an int takes no float, a number no text, an int no boolean
   */
  take(type: string, present: SenmlValue | undefined, reading: SenmlReading): SenmlValue | undefined {
    const { variable, value: written } = reading;
    const { kind, components = {} } = propertyTypes.get(type) ?? {};
    const scalar = (component: string, part: SenmlScalar): SenmlScalar =>
      this.#take(keyOf(variable, component), part, reading.wholeFloats?.has(component) ?? false);
    if (kind !== "object") return typeof written === "object" ? undefined : scalar("", written);
    if (typeof written !== "object") return undefined;
    const value: Record<string, SenmlScalar> = typeof present === "object" ? { ...present } : {};
    for (const name of Object.keys(components)) {
      const part = written[name];
      if (part !== undefined) value[name] = scalar(name, part);
    }
    return Object.keys(value).length === 0 ? undefined : value;
  }

  /** Returns the components of a variable that hold floats, `""` for the variable itself. */
  floats(variable: string): ReadonlySet<string> {
    const own = [...this.#held].filter(([key, held]) => held === "float" && key.split(":")[0] === variable);
    return new Set(own.map(([key]) => key.slice(variable.length + 1)));
  }

  #take(key: string, written: SenmlScalar, isWholeFloat: boolean): SenmlScalar {
    const held = this.#held.get(key);
    const given = pythonType(written, isWholeFloat);
    // A float takes what is an int to Python, booleans too; so does a boolean, which is an int from then on.
    if (held === "float" && (given === "int" || given === "bool")) return Number(written);
    if (held !== undefined && held !== given && !(held === "bool" && given === "int")) {
      throw new BoardCrash(`TypeError: ${key} set to invalid data type, expected: ${held} got: ${given}`);
    }
    this.#held.set(key, given);
    return written;
  }
}

function keyOf(variable: string, component: string): string {
  return `${variable}:${component}`;
}

function partsOf(value: SenmlValue): [string, SenmlScalar][] {
  return typeof value === "object" ? Object.entries(value) : [["", value]];
}

function pythonType(value: SenmlScalar, isFloat: boolean): PythonType {
  if (typeof value === "string") return "str";
  if (typeof value === "boolean") return "bool";
  return isFloat || !Number.isInteger(value) ? "float" : "int";
}
