import { isDeepStrictEqual } from "node:util";
import { differences } from "./differences";

/** Gathers differences between us and a document, apart from those that are listed with their reason. */
export class Findings {
  readonly unlisted: string[] = [];
  readonly counts = { operations: 0, fields: 0, comparisons: 0, answers: 0, errorAnswers: 0 };
  readonly #listed = new Map<string, number>();

  /** Notes a difference. @param at the place, such as `things_v2#list query.tags pattern` */
  add(at: string, said: string): void {
    const report = `${at} ${said}`;
    const known = differences.find((difference) => difference.report.test(report));
    if (known === undefined) this.unlisted.push(report);
    else this.#listed.set(known.report.source, (this.#listed.get(known.report.source) ?? 0) + 1);
  }

  /** Notes a difference where the two are not equal. */
  compare(at: string, ours: unknown, theirs: unknown): void {
    this.counts.comparisons += 1;
    if (!isDeepStrictEqual(ours, theirs)) this.add(at, `is ${show(ours)} here and ${show(theirs)} in the document`);
  }

  /** How many differences were found that are listed. */
  get listed(): number {
    return [...this.#listed.values()].reduce((total, count) => total + count, 0);
  }

  /** The entries of the list that nothing was found for: they are out of date. */
  get stale(): string[] {
    return differences.map(({ report }) => report.source).filter((source) => !this.#listed.has(source));
  }
}

function show(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}
