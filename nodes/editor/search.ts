/** One thing or variable to choose. */
export interface Choice {
  /** What is stored. */
  value: string;
  /** What people call it. */
  name: string;
  /** What else tells it from others: type, last value. */
  detail: string;
  /** Why it would not work here, if so. */
  problem?: string;
}

/**
 * The choices that match a text, best first: what is exactly so called, what begins so, what contains it. With no text,
 * or with the present choice, all of them, the present one first: the list's Enter key takes the first.
 * Choices that would not work come last.
 */
export function searchChoices(choices: readonly Choice[], text: string, present: string | undefined): Choice[] {
  const wanted = text.trim().toLowerCase();
  const isOpen = wanted === "" || text.trim() === present;
  const rank = (choice: Choice): number => {
    if (isOpen) return choice.value === present ? 0 : choice.problem === undefined ? 1 : 2;
    const words = [choice.value, choice.name].map((word) => word.toLowerCase());
    const fit = words.includes(wanted) ? 0 : words.some((word) => word.startsWith(wanted)) ? 1 : 2;
    return fit + (choice.problem === undefined ? 0 : 3);
  };
  return choices
    .filter(({ value, name, detail }) => isOpen || `${value}\n${name}\n${detail}`.toLowerCase().includes(wanted))
    .map((choice) => ({ choice, rank: rank(choice) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ choice }) => choice);
}
