import type { CloudError, ErrorCode } from "../core/errors";
import { redact } from "../core/text";
import { type CheckId, type CodeOf, findingLevels, type Level, type Topic } from "./finding-codes";

/** The values of a finding's sentence by name; `check` is the id of another check. Names of things may hold anything. */
export type Values = Readonly<Record<string, string | number>>;

/** The node of a flow that a finding is about, and what would mend it where that is known. */
export interface NodeCure {
  nodeId: string;
  /** The field that names what is not there, and what was meant: what the field takes, and the name that people know. */
  use?: { field: "thing" | "property"; value: string; name: string };
}

/** The result of a check, before it is known whose it is. */
export interface Answer {
  topic: Topic;
  code: string;
  level: Level;
  values: Values;
  /** The error's own English message. */
  detail?: string;
  /** The error's code, which the editor puts into the words of the user. */
  errorCode?: ErrorCode;
  cure?: NodeCure;
}

/** One line of the doctor's report. Its sentence is in the catalogue, as `finding-codes.ts` says. */
export interface Finding extends Answer {
  /** The check that found it. */
  id: CheckId;
}

/** Builds an answer; how much it matters is known by its code. */
export function found<T extends Topic>(topic: T, code: CodeOf<T>, values: Values = {}, error?: CloudError): Answer {
  const level = levelOf(topic, code);
  return { topic, code, level, values, ...(error !== undefined && { detail: error.message, errorCode: error.code }) };
}

/** Returns findings that quote no secret of what was examined: certificates and names are the far side's. */
export function redactFindings(findings: readonly Finding[], secrets: readonly string[]): Finding[] {
  const clean = (text: string): string => redact(text, secrets);
  return findings.map((finding) => ({
    ...finding,
    values: Object.fromEntries(
      Object.entries(finding.values).map(([name, value]) => [name, typeof value === "string" ? clean(value) : value]),
    ),
    ...(finding.detail !== undefined && { detail: clean(finding.detail) }),
  }));
}

/** Returns whether a finding keeps the checks that stand on it from running. */
export function isBlocking(answer: Answer): boolean {
  return answer.level === "problem" || isBlocked(answer);
}

/** Returns whether a check was not run, since one that it stands on has failed. */
export function isBlocked({ topic, code }: Answer): boolean {
  return topic === "general" && code === "blocked";
}

function levelOf(topic: Topic, code: string): Level {
  const levels: Readonly<Record<string, Level>> = findingLevels[topic];
  return levels[code] ?? "problem";
}
