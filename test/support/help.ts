/** A property of messages as a help page tells of it. */
interface HelpEntry {
  name: string;
  /** The types that it may have, in the words of the page. */
  types: string[];
  text: string;
}

/** Returns the part of a help page under a heading; blank where it has none. */
export function helpSection(help: string, heading: string): string {
  const [, section = ""] = new RegExp(`^### ${heading}\\n([^]*?)(?=^### |^</script>|^More:)`, "m").exec(help) ?? [];
  return section;
}

/** Returns the properties that a help page lists under a heading, those that are only named beside others included. */
export function helpEntries(help: string, heading: string): HelpEntry[] {
  const lines = helpSection(help, heading).matchAll(/^: \*?(\w+)\*? \(([^)]+)\) : (.*)$/gm);
  return [...lines].flatMap(([, name = "", types = "", text = ""]) => {
    const entry = { name, types: types.split(" | "), text };
    const beside = [...text.matchAll(/\*(\w+(?:Id|Key))\*/g)].map(([, other = ""]) => ({ ...entry, name: other }));
    return [entry, ...beside];
  });
}
