import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const folder = path.resolve(__dirname, "..", "..", "locales");

/** The language that the others are translated from. */
export const original = "en-US";

/** The languages that there are texts in, the original included. */
export const languages: readonly string[] = readdirSync(folder).sort();

/** The languages that the package is translated to. */
const translated = ["de", "es", "fr", "it", "ja", "ko", "pt-BR", "zh-CN"];

/**
 * The languages in which no text may be missing or cut. A language that is not named here may lag behind the original;
 * what it has must fit nevertheless. `COMPLETE_LANGUAGES=de,it` names others, to check a single translation.
 */
export const complete: readonly string[] = process.env.COMPLETE_LANGUAGES?.split(",") ?? translated;

/** The names of the files of a language: a catalogue (.json) and a help page (.html) for each set. */
export function textFiles(language: string): string[] {
  return existsSync(path.join(folder, language)) ? readdirSync(path.join(folder, language)).sort() : [];
}

/** What stands in a file of a language. */
export function textFile(language: string, file: string): string {
  return readFileSync(path.join(folder, language, file), "utf8");
}

/** The texts of a catalogue by their whole key, the type in front. */
export function catalogue(language: string, file: string): Map<string, string> {
  const texts = new Map<string, string>();
  const collect = (value: unknown, key: string): void => {
    if (typeof value === "string") texts.set(key, value);
    else
      for (const [part, inner] of Object.entries(value as object)) collect(inner, key === "" ? part : `${key}.${part}`);
  };
  collect(JSON.parse(textFile(language, file)), "");
  return texts;
}

/** The names that Node-RED fills in, in the order of the alphabet. */
export function placeholders(text: string): string[] {
  return [...text.matchAll(/__\w+?__/g)].map(([name]) => name).sort();
}
