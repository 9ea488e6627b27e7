/** The report of a check: nothing in it tells whose account it was. */

/** One check, and its end. */
export interface Outcome {
  question: string;
  assumed: string;
  /** Absent where it could not be seen. */
  seen?: string | undefined;
  /** Why it could not be seen, where a fault was in the way. */
  fault?: string;
}

export type Verdict = "as assumed" | "otherwise" | "not seen";

/** Returns what an outcome says of the assumption. */
export function verdictOf({ assumed, seen }: Outcome): Verdict {
  if (seen === undefined) return "not seen";
  return seen === assumed ? "as assumed" : "otherwise";
}

/** A kind of widget of the account's dashboards, and the names of its options. */
export interface WidgetKind {
  kind: string;
  options: string[];
}

const uuid = /[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}/gi;
const longWord = /[\w-]{33,}/g;

/** Takes everything out of a text that could tell whose it is: ids, keys and tokens, and the secrets that are given. */
export function anonymous(text: string, secrets: readonly string[] = []): string {
  let clean = text;
  for (const secret of secrets) if (secret.length > 3) clean = clean.replaceAll(secret, "…");
  return clean.replace(uuid, "…").replace(longWord, "…");
}

/** Returns the report as Markdown: a table, the widgets, and a count of verdicts. */
export function reportOf(
  outcomes: readonly Outcome[],
  widgets: readonly WidgetKind[],
  secrets: readonly string[],
): string {
  const cell = (text: string): string => text.replaceAll("|", "\\|").replace(/\s+/g, " ");
  const lines = outcomes.map((outcome) => {
    const { question, assumed, seen, fault } = outcome;
    const cells = [question, assumed, seen ?? fault ?? "", verdictOf(outcome)];
    return `| ${cells.map(cell).join(" | ")} |`;
  });
  const count = (verdict: Verdict): number => outcomes.filter((outcome) => verdictOf(outcome) === verdict).length;
  const kinds = widgets.map(({ kind, options }) => `- ${kind}: ${options.join(", ") || "no options"}`);
  return anonymous(
    [
      "| Question | Assumed | Seen | Verdict |",
      "| --- | --- | --- | --- |",
      ...lines,
      "",
      `${count("as assumed")} as assumed, ${count("otherwise")} otherwise, ${count("not seen")} not seen.`,
      ...(kinds.length > 0
        ? ["", "Widgets of the account's dashboards, with the names of their options:", "", ...kinds]
        : []),
    ].join("\n"),
    secrets,
  );
}
