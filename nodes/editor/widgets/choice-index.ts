/** One thing, variable or other to choose. */
export interface ListChoice {
  /** The text that is stored. */
  value: string;
  /** The name that people call it by. */
  name: string;
  /** A detail that tells it from others: type, last value. */
  detail: string;
  /** Why it would not work here, if so. */
  problem?: string;
  /**
   * The owner that it belongs to, where the list has those of several: it is shown under its name and chosen along with
   * it.
   */
  owner?: { value: string; name: string };
}

/** A choice as it is searched. */
interface Entry {
  choice: ListChoice;
  /** All that it can be found by, in small letters. */
  text: string;
  /** Of that, what people know it by: it counts more than types and ids. */
  title: string;
  /** Its name in lower case: these count most. */
  words: readonly [string, string];
}

/** Choices prepared for being searched at each key stroke. */
export class ChoiceIndex {
  readonly #entries: readonly Entry[];
  readonly #byValue = new Map<string, ListChoice>();
  readonly #values: ReadonlySet<string>;

  constructor(choices: readonly ListChoice[]) {
    this.#entries = choices.map((choice) => {
      const { value, name, detail, owner } = choice;
      const words = [searchable(value), searchable(name)] as const;
      const title = [...words, searchable(owner?.name ?? "")].join("\n");
      return { choice, text: `${title}\n${searchable(detail)}`, title, words };
    });
    // A value alone does not tell which of several owners is meant.
    for (const choice of choices) if (choice.owner === undefined) this.#byValue.set(choice.value, choice);
    this.#values = new Set(choices.map(({ value }) => value));
  }

  /** How many choices there are. */
  get size(): number {
    return this.#entries.length;
  }

  /** Returns whether there is a choice of this value, whoever owns it. */
  has(value: string): boolean {
    return this.#values.has(value);
  }

  /** Returns the choice of a value; none where the list has those of several owners. */
  find(value: string): ListChoice | undefined {
    return this.#byValue.get(value);
  }

  /**
   * Returns the choices that match all words of a text, best first: what is exactly so called, what begins so, what
   * contains it, what has it in its type or id. With no text, or with the present choice, all of them, the present one
   * first. Choices that would not work come last, and those of one owner stand together.
   */
  search(text: string, present: string | undefined): ListChoice[] {
    const wanted = searchable(text);
    const isOpen = wanted === "" || text.trim() === present;
    const parts = isOpen ? [] : wanted.split(/\s+/);
    const found = this.#entries.filter((entry) => parts.every((part) => entry.text.includes(part)));
    const rank = isOpen
      ? (entry: Entry) => openRank(entry, present)
      : (entry: Entry) => searchRank(entry, wanted, parts);
    return [...together(found)]
      .map((entries) => byRank(entries, rank))
      .sort((a, b) => a.best - b.best)
      .flatMap(({ choices }) => choices);
  }
}

/** Returns a text as it is searched: without regard to case, to how letters are composed, and to what space it has. */
function searchable(text: string): string {
  return text.normalize("NFC").toLowerCase().replace(/\s+/g, " ").trim();
}

function openRank({ choice }: Entry, present: string | undefined): number {
  if (choice.value === present && choice.owner === undefined) return 0;
  return choice.problem === undefined ? 1 : 2;
}

function searchRank({ choice, title, words }: Entry, wanted: string, parts: readonly string[]): number {
  const isTitle = parts.every((part) => title.includes(part));
  const begins = words.some((word) => parts.some((part) => word.startsWith(part)));
  const fit = words.includes(wanted) ? 0 : isTitle ? (begins ? 1 : 2) : 3;
  return fit + (choice.problem === undefined ? 0 : 4);
}

/** Returns the entries of each owner; all in one where they have none. */
function together(entries: readonly Entry[]): Iterable<Entry[]> {
  const groups = new Map<string | undefined, Entry[]>();
  for (const entry of entries) {
    const key = entry.choice.owner?.value;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [entry]);
    else group.push(entry);
  }
  return groups.values();
}

/** Sorts without comparing: a list may have 20,000 entries, but only a few ranks. */
function byRank(entries: readonly Entry[], rank: (entry: Entry) => number): { best: number; choices: ListChoice[] } {
  const ranks: ListChoice[][] = [];
  for (const entry of entries) (ranks[rank(entry)] ??= []).push(entry.choice);
  // An array's keys are those that it has, lowest first.
  return { best: Number(Object.keys(ranks)[0]), choices: ranks.flat() };
}
