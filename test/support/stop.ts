/**
 * Stops what specs start, the last first: what a test or its `beforeEach` has started after that test, all else at the end
 * of the file. So a spec only says what it needs. The hooks of `hooks.ts` call it.
 */
type Stop = () => Promise<void>;

const started: Stop[] = [];
/** How much there was before the present test. */
let beforeTest = 0;

/** Remembers how something is stopped; returns what stops it, once, for specs that do so earlier. */
export function stopLater(stop: Stop): Stop {
  const once = async (): Promise<void> => {
    const place = started.indexOf(once);
    if (place < 0) return;
    started.splice(place, 1);
    if (place < beforeTest) beforeTest -= 1;
    await stop();
  };
  started.push(once);
  return once;
}

/** Notes that a test begins: what is started from here on ends with it. */
export function noteTestBegin(): void {
  beforeTest = started.length;
}

/** Stops what the present test has started. */
export async function stopAfterTest(): Promise<void> {
  while (started.length > beforeTest) await started.at(-1)?.();
}

/** Stops all that is left of a file. */
export async function stopAfterFile(): Promise<void> {
  beforeTest = 0;
  await stopAfterTest();
}
