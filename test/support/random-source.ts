/** A repeatable source of numbers in [0, 1) (mulberry32). */
export function randomSource(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Runs a test with the seeds from 1 to `count`, one after the other; what fails names its seed.
 * @param run gets a function that returns a whole number from 0 up to below a limit
 */
export async function withSeeds(
  count: number,
  run: (below: (limit: number) => number) => Promise<void>,
): Promise<void> {
  for (let seed = 1; seed <= count; seed++) {
    const random = randomSource(seed);
    try {
      await run((limit) => Math.floor(random() * limit));
    } catch (reason) {
      throw new Error(`Seed ${seed}`, { cause: reason });
    }
  }
}
