import { printable } from "../../core/text";

/**
 * Headers in which a service tells of changes to come (RFC 9745, RFC 8594, RFC 9111 5.5); `link` tells where to read
 * more.
 */
export type DeprecationHeaders = Readonly<
  Partial<Record<"deprecation" | "sunset" | "warning" | "link", string | undefined>>
>;

/** Describes what the headers of an answer announce, in a sentence or more; blank where they announce nothing. */
export function describeDeprecation({ deprecation, sunset = "", warning = "", link }: DeprecationHeaders): string {
  const ends = sunset.trim() === "" ? "" : `is switched off on ${dateOf(sunset)}`;
  const changes = [deprecated(deprecation), ends].filter((text) => text !== "").join(" and ");
  const warnings = warningsOf(warning);
  const said = [
    ...(changes === "" ? [] : [`this operation ${changes}`]),
    ...(warnings.length === 0 ? [] : [`the service warns: ${warnings.map((text) => `"${text}"`).join(", ")}`]),
  ].join("; ");
  const address = addressIn(link ?? "");
  if (said === "") return "";
  return address === "" ? `${said}.` : `${said}. See ${address}`;
}

/**
 * Reads the `Deprecation` header: a date (`@` and seconds since 1970, once an HTTP date), or in older drafts just
 * `true`.
 */
function deprecated(header = ""): string {
  const text = header.trim();
  if (text === "" || /^(false|\?0)$/i.test(text)) return "";
  return /^(true|\?1)$/i.test(text) ? "is deprecated" : `is deprecated as of ${dateOf(text)}`;
}

function dateOf(text: string): string {
  const [, seconds] = /^@(\d{1,12})$/.exec(text.trim()) ?? [];
  const time = seconds === undefined ? Date.parse(text) : Number(seconds) * 1_000;
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? `"${printable(text)}"` : date.toISOString().slice(0, 10);
}

/** Returns the texts of a `Warning` header: `299 - "the text"`, several with commas between them. */
function warningsOf(header: string): string[] {
  const texts = [...header.matchAll(/\d{3} [^\s"]+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = ""]) =>
    printable(text.replace(/\\(.)/g, "$1")),
  );
  const whole = printable(header);
  return texts.length > 0 || whole === "" ? texts : [whole];
}

/** Returns the first link that explains the change or leads to what comes after. */
function addressIn(header: string): string {
  for (const [, address = "", relation = ""] of header.matchAll(/<([^<>\s]+)>\s*;[^<]*?\brel="?([\w -]+)/g)) {
    if (/\b(deprecation|sunset|successor-version)\b/.test(relation)) return printable(address);
  }
  return "";
}
