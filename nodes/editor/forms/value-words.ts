import type { VariableChoice } from "../../admin/protocol";
import { textsOf } from "../i18n";
import { lastValueWords } from "../last-value-words";

const units: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

let ages: Intl.RelativeTimeFormat | undefined;

/** Returns the kind of a variable's values in a word: number, on/off, text; for several parts the type's own name. */
export function kindWord({ kind, type }: Pick<VariableChoice, "kind" | "type">): string {
  const translate = textsOf("arduino-cloud-account");
  if (type === "TIME") return translate("kind.time");
  switch (kind) {
    case "number":
      return translate("kind.number");
    case "integer":
      return translate("kind.integer");
    case "boolean":
      return translate("kind.boolean");
    case "string":
      return translate("kind.string");
    default:
      return typeName(type);
  }
}

/** Returns a variable's last value with its unit and age, as lists show it. */
export function valueWords(variable: VariableChoice, noValue: string, now = Date.now()): string {
  const { lastValue, lastAt, unit, type } = variable;
  const words = lastValueWords(
    { type, value: lastValue, ...(unit !== null && { unit }) },
    textsOf("arduino-cloud-account"),
  );
  if (words === undefined) return unit === null ? noValue : `${unit} · ${noValue}`;
  const shown = isolate(words);
  return lastAt === null ? shown : `${shown} · ${ageWords(now - lastAt)}`;
}

/** Keeps text that runs from right to left, or tries to, from turning around what stands behind it. */
export function isolate(text: string): string {
  return `\u2068${text}\u2069`;
}

/** Returns how long ago something was, in the editor's language. */
function ageWords(ms: number): string {
  ages ??= new Intl.RelativeTimeFormat(languageOf(), { numeric: "auto", style: "short" });
  const seconds = Math.max(0, Math.round(ms / 1000));
  for (const [unit, length] of units) if (seconds >= length) return ages.format(-Math.floor(seconds / length), unit);
  return ages.format(-seconds, "second");
}

function languageOf(): string | undefined {
  const language = RED.i18n.lang();
  return Intl.RelativeTimeFormat.supportedLocalesOf([language]).length > 0 ? language : undefined;
}

/** Returns the name of a type as people write it: `HOME_COLORED_LIGHT` becomes `Colored light`. */
function typeName(type: string): string {
  const words = type
    .replace(/^HOME_/, "")
    .replaceAll("_", " ")
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
