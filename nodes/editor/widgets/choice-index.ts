import { namePieces, nameWords, type Piece, toSearchText } from "./name-words";

/** One thing, variable or other to choose. */
export interface ListChoice {
  /** The text that is stored. */
  value: string;
  /** The name that people call it by. */
  name: string;
  /** Its kind in words, by which it is found too. */
  kind?: string;
  /** Returns a detail that tells it from others: kind, last value, age. Made when it is shown. */
  detail: () => string;
  /** Why it would not work here, if so. */
  problem?: string;
  /**
   * The owner that it belongs to, where the list has those of several: it is shown under its name and chosen along with
   * it.
   */
  owner?: { value: string; name: string };
}

/** A choice as it is searched; all texts in small letters. */
interface Entry {
  choice: ListChoice;
  /** Its names. */
  names: readonly string[];
  /** Its names and that of its owner. */
  title: string;
  /** The words of these, each between line breaks. */
  words: string;
  kind: string;
  /** Its id in hexadecimal figures; blank where it is stored by a name. */
  id: string;
}

/** A text that is looked for, and its parts. */
interface SearchText {
  /** The whole text. */
  text: string;
  parts: readonly string[];
  /** The text, if it may be part of an id. */
  id: string | undefined;
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Fewer figures than these are no id: names have numbers too. */
const minIdLength = 6;
/** Choices that would not work come after all that would. */
const problemRank = 6;

/** Choices prepared for being searched at each key stroke. */
export class ChoiceIndex {
  readonly #entries: readonly Entry[];
  readonly #byValue = new Map<string, ListChoice>();
  /** By name; `null` where several have it. */
  readonly #byName = new Map<string, ListChoice | null>();
  readonly #values: ReadonlySet<string>;

  constructor(choices: readonly ListChoice[]) {
    this.#entries = choices.map(entryOf);
    for (const choice of choices) {
      // A value alone does not tell which of several owners is meant.
      if (choice.owner !== undefined) continue;
      this.#byValue.set(choice.value, choice);
      this.#byName.set(choice.name, this.#byName.has(choice.name) ? null : choice);
    }
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

  /** Returns the one choice that has exactly this name. */
  named(name: string): ListChoice | undefined {
    return this.#byName.get(name) ?? undefined;
  }

  /**
   * Returns the choices that match all words of a text, best first: what is exactly so called, what has exactly these
   * words or numbers, what begins so, what has words that begin so, what contains it, what has it in its kind or id. With
   * no text, or with the present choice, all of them, the present one first. Choices that would not work come last, and
   * those of one owner stand together.
   */
  search(text: string, present: ListChoice | undefined): ListChoice[] {
    const whole = toSearchText(text);
    const isOpen = whole === "" || text.trim() === present?.name || text.trim() === present?.value;
    const wanted: SearchText = { text: whole, parts: nameWords(whole), id: idIn(whole) };
    const rank = isOpen ? (entry: Entry) => openRank(entry, present) : (entry: Entry) => searchRank(entry, wanted);
    return ranked(this.#entries, rank);
  }
}

/** Returns a name in pieces, those that a search has found marked. */
export function matchedPieces(name: string, text: string): Piece[] {
  return namePieces(name, nameWords(toSearchText(text)));
}

function entryOf(choice: ListChoice): Entry {
  const { value, name, kind = "", owner } = choice;
  const id = uuid.test(value) ? value : "";
  const known = id === "" ? [name, value] : [name];
  const names = known.map(toSearchText);
  const titles = owner === undefined ? known : [...known, owner.name];
  return {
    choice,
    names,
    title: titles.map(toSearchText).join("\n"),
    words: `\n${titles.flatMap(nameWords).join("\n")}\n`,
    kind: toSearchText(kind),
    id: id.replaceAll("-", ""),
  };
}

function idIn(text: string): string | undefined {
  const figures = text.replaceAll("-", "");
  return figures.length >= minIdLength && /^[0-9a-f]+$/.test(figures) ? figures : undefined;
}

function openRank({ choice }: Entry, present: ListChoice | undefined): number {
  if (choice.value === present?.value && choice.owner === undefined) return 0;
  return choice.problem === undefined ? 1 : 2;
}

/** Returns how well an entry fits, 0 best; undefined where it does not. */
function searchRank(entry: Entry, wanted: SearchText): number | undefined {
  const fit = fitOf(entry, wanted);
  return fit === undefined || entry.choice.problem === undefined ? fit : fit + problemRank;
}

function fitOf(
  { names, title, words, kind, id }: Entry,
  { text, parts, id: wantedId }: SearchText,
): number | undefined {
  if (names.includes(text)) return 0;
  const begins = (part: string): boolean => words.includes(`\n${part}`);
  if (parts.length > 0 && parts.every(begins)) {
    if (parts.every((part) => words.includes(`\n${part}\n`))) return 1;
    return names.some((name) => name.startsWith(text)) ? 2 : 3;
  }
  // A number that only ends so is another one.
  const contains = (part: string): boolean => begins(part) || (!/^\p{N}/u.test(part) && title.includes(part));
  if (parts.length > 0 ? parts.every(contains) : title.includes(text)) return 4;
  if (wantedId !== undefined && id.includes(wantedId)) return 5;
  return kind !== "" && parts.length > 0 && parts.every((part) => contains(part) || kind.includes(part))
    ? 5
    : undefined;
}

/**
 * Returns what has a rank, lowest first, the entries of each owner together. Sorts without comparing: a list may have
 * 20,000 entries, but only a few ranks.
 */
function ranked(entries: readonly Entry[], rank: (entry: Entry) => number | undefined): ListChoice[] {
  const groups = new Map<string | undefined, ListChoice[][]>();
  for (const entry of entries) {
    const place = rank(entry);
    if (place === undefined) continue;
    const key = entry.choice.owner?.value;
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    (group[place] ??= []).push(entry.choice);
  }
  // An array's keys are those that it has, lowest first.
  const best = (group: ListChoice[][]): number => Number(Object.keys(group)[0]);
  return [...groups.values()].sort((a, b) => best(a) - best(b)).flatMap((group) => group.flat());
}
