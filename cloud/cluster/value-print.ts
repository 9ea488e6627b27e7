const seeds = [0xde_ad_be_ef, 0x41_c6_ce_57] as const;
const factors = [2_654_435_761, 1_597_334_677] as const;

/**
 * Returns the fingerprint of a value's text: 64 bits in letters and digits. A speaker makes one of each value, and nobody
 * has an interest in making two alike, so it is a quick hash and no cryptographic one.
 */
export function valuePrint(text: string): string {
  let [first, second]: [number, number] = [...seeds];
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    first = Math.imul(first ^ code, factors[0]);
    second = Math.imul(second ^ code, factors[1]);
  }
  first = mixed(first, second);
  second = mixed(second, first);
  return first.toString(36) + second.toString(36);
}

/** Returns a half into which the other one is mixed, so that each bit depends on all of the text. */
function mixed(half: number, other: number): number {
  const once = Math.imul(half ^ (half >>> 16), 2_246_822_507);
  const of = Math.imul(other ^ (other >>> 13), 3_266_489_909);
  return (once ^ (once >>> 13) ^ of ^ (of >>> 16)) >>> 0;
}
