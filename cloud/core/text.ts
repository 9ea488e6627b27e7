/** Returns a value where it is a text, else a blank one. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Returns a text without the white space around it; a blank one for anything else. */
export function trimmedText(value: unknown): string {
  return textOf(value).trim();
}

/** Writes milliseconds since 1970 as the services and people read a time. */
export function isoTime(milliseconds: number): string {
  return new Date(Math.round(milliseconds)).toISOString();
}

/** Tells whether a text holds half a character, which has no UTF-8 (docs/protocol.md#texts). */
export function hasLoneSurrogate(text: string): boolean {
  return /\p{Cs}/u.test(text);
}

/** How much of a text that came from elsewhere an error message shows. */
const maxShownLength = 300;

/** Makes a text from elsewhere fit for an error message: one line, no control characters, of bounded length. */
export function printable(text: string): string {
  const line = text
    .slice(0, maxShownLength * 4)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\s]+/gu, " ")
    .trim();
  return line.length > maxShownLength ? `${line.slice(0, maxShownLength)}…` : line;
}

/** Replaces every occurrence of the secrets in a text, also in the form in which they appear in URLs, forms and JSON. */
export function redact(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) {
    // Nearly each text holds none, and is not copied then.
    for (const form of formsOf(secret)) if (form !== "" && clean.includes(form)) clean = clean.replaceAll(form, "…");
  }
  return clean;
}

/** Returns the forms in which a secret may appear: only one for a token, which is in most of what comes and goes. */
function formsOf(secret: string): Iterable<string> {
  if (/^[\w.-]*$/.test(secret)) return [secret];
  const asForm = new URLSearchParams([["", secret]]).toString().slice(1);
  return new Set([secret, encodeURIComponent(secret), asForm, JSON.stringify(secret).slice(1, -1)]);
}

/** Returns what may be shown of a client id: enough to tell two apart, too little to use. */
export function maskedId(clientId: string): string {
  return clientId.length > 12 ? `${clientId.slice(0, 4)}…` : "…";
}

/**
 * Returns whether a text has the form that the ids of things, properties and devices have
 * (docs/protocol.md#conventions).
 */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
