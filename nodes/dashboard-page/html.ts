const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Makes a foreign text harmless where Dashboard 2.0 takes HTML: labels of most widgets. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}

/** The sign that parts two braces, which would be code of Vue between: a space of no width. */
const parted = "\u200b";

/**
 * Makes a foreign Markdown text harmless: Dashboard 2.0 compiles what comes of it as a template of Vue, in which `{{ … }}` is
 * code. Entities of a brace are resolved before that, and a backslash or a tag between two braces is taken away.
 */
export function harmlessMarkdown(text: string): string {
  return text
    .replace(/&(?:#0*123|#x0*7b|lbrace|lcub);?/gi, "{")
    .replace(/&(?:#0*125|#x0*7d|rbrace|rcub);?/gi, "}")
    .replace(/[{}]/g, (brace) => `${brace}${parted}`);
}

/**
 * Writes a text as a literal of JavaScript that has only letters, digits and backslashes between its quotes: safe within a
 * script within a template, whatever the text is.
 */
export function scriptLiteral(text: string): string {
  const escaped = text.replace(/[^a-zA-Z0-9]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return `"${escaped}"`;
}
