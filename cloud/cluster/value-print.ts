const factors = [2_654_435_761, 1_597_334_677] as const;
/** A number holds 53 bits exactly: 32 of the one half and 21 of the other. */
const [halfRange, dropped] = [2 ** 32, 11];

/**
 * Returns the fingerprint of a value's text, a whole number of 53 bits. A speaker makes one of each value, and nobody has
 * an interest in making two alike, so it is a quick hash and no cryptographic one.
 */
export function valuePrint(text: string): number {
  let first = 0xde_ad_be_ef;
  let second = 0x41_c6_ce_57;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    first = Math.imul(first ^ code, factors[0]);
    second = Math.imul(second ^ code, factors[1]);
  }
  return halfRange * (mixed(second, first) >>> dropped) + mixed(first, second);
}

/** Returns a half into which the other one is mixed, so that each bit depends on all of the text. */
function mixed(half: number, other: number): number {
  const once = Math.imul(half ^ (half >>> 16), 2_246_822_507);
  const added = Math.imul(other ^ (other >>> 13), 3_266_489_909);
  return (once ^ (once >>> 13) ^ added ^ (added >>> 16)) >>> 0;
}
