import { printable } from "../../cloud/core/text";
import type { Finding } from "../../cloud/doctor/index";
import { readPackageFile } from "../runtime/package-files";
import { fieldsOf } from "./routes";

/** Texts of the doctor by topic and code. */
export type DoctorTexts = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Reads what the doctor says in English: the part of the account's catalogue that the forms show too. */
export function readDoctorTexts(): DoctorTexts {
  const catalogue = fieldsOf(readPackageFile("locales", "en-US", "account.json"));
  return fieldsOf(catalogue["arduino-cloud-account"]).doctor as DoctorTexts;
}

/** Returns a finding as a sentence, in one line whatever names hold. */
export function englishSentenceOf(texts: DoctorTexts, { topic, code, values }: Finding): string {
  const template = texts[topic]?.[code] ?? code;
  return template.replace(/__(\w+?)__/g, (_match, name: string) => {
    const value = String(values[name] ?? "");
    return name === "check" ? titleOf(texts, value) : printable(value);
  });
}

/** Returns a report as plain text, one line for each finding, with the errors' own words below. */
export function reportText(texts: DoctorTexts, findings: readonly Finding[]): string {
  return findings
    .flatMap((finding) => [
      `[${finding.level}] ${titleOf(texts, finding.id)}: ${englishSentenceOf(texts, finding)}`,
      ...(finding.detail === undefined ? [] : [`    ${finding.detail}`]),
    ])
    .join("\n");
}

function titleOf(texts: DoctorTexts, check: string): string {
  return texts.title?.[check] ?? check;
}
