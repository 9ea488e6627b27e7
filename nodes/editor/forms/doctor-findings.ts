import type { Finding, Level } from "../../../cloud/doctor/index";
import { errorText, textsOf } from "../i18n";
import { applyCure, findCanvasNode, goToNode } from "./doctor-cure";

const translate = textsOf("arduino-cloud-account");
const looks: Readonly<Record<Level, { style: string; icon: string }>> = {
  ok: { style: "ok", icon: "fa-check-circle" },
  warning: { style: "warning", icon: "fa-exclamation-triangle" },
  problem: { style: "failed", icon: "fa-times-circle" },
  skipped: { style: "skipped", icon: "fa-minus-circle" },
};

/** How many findings of a level there are, in words; in the order of interest. */
const counted: readonly (readonly [Level, string])[] = [
  ["problem", "problem-count"],
  ["warning", "warning-count"],
  ["ok", "ok-count"],
  ["skipped", "skipped-count"],
];

/** Returns how things stand, in a sentence: "2 problems, 15 in order". */
export function summaryOf(findings: readonly Finding[]): string {
  const isFine = findings.every(({ level }) => level === "ok" || level === "skipped");
  const counts = countsOf(findings);
  return isFine ? `${translate("doctor.good")} ${counts}` : counts;
}

/** Returns the findings: what is wrong, and below it, folded, what is in order. `close` closes what they are shown in. */
export function findingsList(findings: readonly Finding[], close: () => void): JQuery[] {
  const isUrgent = ({ level }: Finding): boolean => level === "problem" || level === "warning";
  const urgent = findings.filter(isUrgent).sort((a, b) => a.level.localeCompare(b.level));
  const others = findings.filter((finding) => !isUrgent(finding));
  const list = (shown: readonly Finding[]): JQuery =>
    $('<ul class="arduino-cloud-checks">').append(shown.map((finding) => findingEntry(finding, close)));
  if (others.length === 0) return [list(urgent)];
  const fold = $("<details>").append($("<summary>").text(countsOf(others)), list(others));
  return urgent.length === 0 ? [fold.prop("open", true)] : [list(urgent), fold];
}

function countsOf(findings: readonly Finding[]): string {
  return counted
    .map(([level, key]) => ({ key, count: findings.filter((finding) => finding.level === level).length }))
    .filter(({ count }) => count > 0)
    .map(({ key, count }) => translate(`doctor.${key}`, { count }))
    .join(", ");
}

/** Returns what an error says, in the language of the user; in English its own words, which tell more. */
export function detailOf({ detail, errorCode }: Finding): string | undefined {
  if (detail === undefined || errorCode === undefined || RED.i18n.lang().startsWith("en")) return detail;
  return errorText(errorCode);
}

/** Returns what can be done about a finding at once: go to its node, and have the node use what was meant. */
function cureButtons({ cure }: Finding, close: () => void): JQuery[] {
  const node = cure === undefined ? undefined : findCanvasNode(cure.nodeId);
  if (cure === undefined || node === undefined) return [];
  const button = (text: string, act: () => void): JQuery =>
    $('<button type="button" class="red-ui-button red-ui-button-small">').text(text).on("click", act);
  const go = button(translate("doctor.go"), () => {
    close();
    goToNode(node);
  });
  const buttons = $('<div class="arduino-cloud-cures">').append(go);
  const { use } = cure;
  if (use !== undefined) {
    const change = button(translate("doctor.use", { name: use.name }), () => {
      applyCure(node, use);
      change.replaceWith($('<span role="status">').text(translate("doctor.used")));
      go.trigger("focus");
    });
    buttons.prepend(change);
  }
  return [buttons];
}

function findingEntry(finding: Finding, close: () => void): JQuery {
  const content = [
    $('<span class="arduino-cloud-unseen">').text(`${levelWord(finding.level)} `),
    $("<strong>").text(translate(`doctor.title.${finding.id}`)),
    $("<div>").text(sentenceOf(finding)),
  ];
  const entry = checkEntry(finding.level, content, detailOf(finding));
  return entry.append(cureButtons(finding, close));
}

/** Returns an entry of a list of checks: the sign of its level, what stands beside it, and the error's own words below. */
export function checkEntry(level: Level, content: JQuery[], detail?: string): JQuery {
  const { style, icon } = looks[level];
  return $("<li>")
    .addClass(`arduino-cloud-${style}`)
    .append($('<i class="fa" aria-hidden="true">').addClass(icon), content)
    .append(detail === undefined ? [] : $("<small>").text(detail));
}

/** Returns a level as a word with a colon. */
export function levelWord(level: Level): string {
  return translate(`doctor.level.${level}`);
}

/** Returns a finding as a sentence. */
export function sentenceOf({ topic, code, values }: Finding): string {
  const shown = Object.entries(values).map(([name, value]) => [name, shownValue(name, value)]);
  return translate(`doctor.${topic}.${code}`, Object.fromEntries(shown) as typeof values);
}

/** Returns a value in the words of the user: the name of a check, a time as it is written where he is. */
function shownValue(name: string, value: string | number): string | number {
  if (name === "check") return translate(`doctor.title.${value}`);
  return name === "since" ? new Date(value).toLocaleString() : value;
}
