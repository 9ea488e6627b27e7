const seed = 0x41_c6_ce_57;
/** A number, and the two halves of its bits. */
const number = new Float64Array(1);
const halves = new Uint32Array(number.buffer);

/**
 * Returns the fingerprint of the value of a variable, a whole number of 31 bits, which V8 keeps without an object. A speaker
 * makes one of each value, and nobody has an interest in making two alike, so it is a quick hash and no cryptographic one.
 */
export function valuePrint(variable: string, value: unknown): number {
  const print = withText(seed, variable);
  // Numbers, which most are, go the short way.
  if (typeof value !== "number") return finished(withText(print, `\n${JSON.stringify(value)}`));
  number[0] = value;
  return finished(withWord(withWord(print, halves[0] ?? 0), halves[1] ?? 0));
}

function withText(print: number, text: string): number {
  let mixed = print;
  for (let index = 0; index < text.length; index++) mixed = withWord(mixed, text.charCodeAt(index));
  return mixed;
}

/** Mixes 32 bits in, as MurmurHash3 does. */
function withWord(print: number, word: number): number {
  const scaled = Math.imul(word, 0xcc_9e_2d_51);
  const mixed = print ^ Math.imul((scaled << 15) | (scaled >>> 17), 0x1b_87_35_93);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6_54_6b_64) | 0;
}

/** Lets each bit depend on all others. */
function finished(print: number): number {
  const once = Math.imul(print ^ (print >>> 16), 0x85_eb_ca_6b);
  const twice = Math.imul(once ^ (once >>> 13), 0xc2_b2_ae_35);
  return (twice ^ (twice >>> 16)) >>> 1;
}
