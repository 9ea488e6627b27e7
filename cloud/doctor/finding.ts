import type { CloudError } from "../core/errors";
import { printable } from "../core/text";
import { type CheckId, type CodeOf, type Level, titles, type Topic, sentences } from "./sentences";

/** The values of a sentence by name; `check` is the id of another check. Names of things may hold anything. */
export type Values = Readonly<Record<string, string | number>>;

/** The result of a check, before it is known whose it is. */
export interface Answer {
  topic: Topic;
  code: string;
  level: Level;
  values: Values;
  /** The error's own English message. */
  detail?: string;
}

/** One line of the doctor's report. The sentence is `sentences[topic][code]`, with the values filled in. */
export interface Finding extends Answer {
  /** The check that found it. */
  id: CheckId;
}

/** Builds an answer; how much it matters is known by its code. */
export function found<T extends Topic>(topic: T, code: CodeOf<T>, values: Values = {}, error?: CloudError): Answer {
  const level = levelOf(topic, code);
  return { topic, code, level, values, ...(error !== undefined && { detail: error.message }) };
}

/** Returns whether a finding keeps the checks that stand on it from running. */
export function isBlocking({ level, topic, code }: Answer): boolean {
  return level === "problem" || (topic === "general" && code === "blocked");
}

/** Returns the finding as an English sentence, in one line whatever names hold. */
export function sentenceOf({ topic, code, values }: Answer): string {
  const answers: Readonly<Record<string, readonly [Level, string]>> = sentences[topic];
  const template = answers[code]?.[1] ?? code;
  return template.replace(/__(\w+?)__/g, (_match, name: string) => {
    const value = values[name] ?? "";
    return name === "check" ? titles[value as CheckId] : printable(String(value));
  });
}

/** Returns the whole report as plain English text, one line for each finding, with the errors' own words below. */
export function reportText(findings: readonly Finding[]): string {
  return findings
    .flatMap((finding) => [
      `[${finding.level}] ${titles[finding.id]}: ${sentenceOf(finding)}`,
      ...(finding.detail === undefined ? [] : [`    ${finding.detail}`]),
    ])
    .join("\n");
}

function levelOf(topic: Topic, code: string): Level {
  const answers: Readonly<Record<string, readonly [Level, string]>> = sentences[topic];
  return answers[code]?.[0] ?? "problem";
}
