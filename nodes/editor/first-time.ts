/** Tells whether something happens for the first time in this browser, and remembers that it has. */
export function isFirstTime(what: string): boolean {
  try {
    const key = `arduino-cloud:${what}`;
    const isFirst = localStorage.getItem(key) === null;
    localStorage.setItem(key, "1");
    return isFirst;
  } catch {
    // A browser that remembers nothing would be told again and again.
    return false;
  }
}
