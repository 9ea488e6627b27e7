import { isUtf8 } from "node:buffer";
import { CloudError } from "../core/errors";

/** The CBOR types, as the upper three bits of an item's first byte name them (RFC 8949, section 3.1). */
export const major = { unsigned: 0, negative: 1, bytes: 2, text: 3, array: 4, map: 5, tag: 6, simple: 7 } as const;

/** Result of `count` for a container that a break ends. It stays negative when elements are counted down from it. */
const indefinite = -1;

/** No message of this cloud nests deeper than an array of maps; what nests deeper than this is an attack. */
const maxDepth = 16;

const breakByte = 0xff;
const twoPow32 = 2 ** 32;

/** Numbers are put together here from their bytes: one view for all, since making one costs more than the number. */
const scratch = new DataView(new ArrayBuffer(8));

/** Short ASCII texts read before, by hash: variable names come again and again. Each slot holds the latest. */
const knownTexts = new Array<string>(1024).fill("");
const maxKnownTextLength = 64;

/**
 * Reads the items of one CBOR payload in order. It is strict (truncated, malformed or too deeply nested input and
 * text that is not UTF-8 are errors), and never allocates by a length that the input only claims.
 * Every method may throw a `CloudError` `invalid_value` that names the byte.
 */
export class CborReader {
  readonly #what: string;
  readonly #bytes: Uint8Array;
  /** Where the next byte is read. */
  at = 0;

  /** @param what names what the payload should be, for the errors */
  constructor(bytes: Uint8Array, what: string) {
    this.#what = what;
    this.#bytes = bytes;
  }

  /** Returns the error that the payload is not what it should be, and why, seen at byte `at`. */
  error(why: string, at = this.at): CloudError {
    return new CloudError("invalid_value", `The payload is not ${this.#what}: ${why} (byte ${at}).`);
  }

  /** Whether all bytes are read. */
  get done(): boolean {
    return this.at === this.#bytes.length;
  }

  /** Reads one byte, such as the first one of an item. */
  byte(): number {
    const byte = this.#bytes[this.at];
    if (byte === undefined) throw this.error("it ends too early");
    this.at += 1;
    return byte;
  }

  /** Reads the argument (value, length or tag) that follows the first byte of an item. */
  argument(first: number): number {
    const info = first & 31;
    if (info < 24) return info;
    if (info === 24) return this.byte();
    if (info === 25) return this.byte() * 256 + this.byte();
    if (info === 26) return this.#uint32();
    if (info === 27) return this.#uint32() * twoPow32 + this.#uint32();
    throw this.error(`the length code ${info} has no meaning here`, this.at - 1);
  }

  /** Reads the number of elements of an array, or of pairs of a map; negative where a break will end it. */
  count(first: number, bytesPerElement: number): number {
    if ((first & 31) === 31) return indefinite;
    const count = this.argument(first);
    const left = this.#bytes.length - this.at;
    if (count * bytesPerElement > left) throw this.error(`${count} elements are declared, ${left} bytes are left`);
    return count;
  }

  /**
   * Returns whether a container of which `left` elements are left to read has another one; takes the break that ends
   * it.
   */
  hasNext(left: number): boolean {
    if (left >= 0) return left > 0;
    if (this.#bytes[this.at] !== breakByte) return true;
    this.at += 1;
    return false;
  }

  /**
   * Reads an item; returns a number, text or boolean, and undefined for everything else, which is checked and skipped.
   */
  scalar(first: number): number | string | boolean | undefined {
    switch (first >> 5) {
      case major.unsigned:
        return this.argument(first);
      case major.negative:
        return -1 - this.argument(first);
      case major.text:
        return this.#text(first);
      case major.simple:
        return this.#simple(first);
      default:
        this.#skip(first, 1);
        return undefined;
    }
  }

  /** Reads a byte string; returns a view of it where it is in one piece. */
  byteString(first: number): Uint8Array {
    if (first >> 5 !== major.bytes) throw this.error("a byte string is expected", this.at - 1);
    if ((first & 31) !== 31) return this.#bytes.subarray(this.#advance(first), this.at);
    const pieces: Uint8Array[] = [];
    while (this.hasNext(indefinite)) pieces.push(this.#bytes.subarray(this.#chunk(major.bytes), this.at));
    return Buffer.concat(pieces);
  }

  #uint32(): number {
    const { at } = this;
    const bytes = this.#bytes;
    if (at + 4 > bytes.length) throw this.error("it ends too early", bytes.length);
    this.at = at + 4;
    return (
      (((bytes[at] as number) << 24) |
        ((bytes[at + 1] as number) << 16) |
        ((bytes[at + 2] as number) << 8) |
        (bytes[at + 3] as number)) >>>
      0
    );
  }

  #simple(first: number): number | boolean | undefined {
    const info = first & 31;
    if (info === 20 || info === 21) return info === 21;
    if (info === 25) return fromFloat16(this.byte() * 256 + this.byte());
    if (info === 26) {
      scratch.setUint32(0, this.#uint32());
      return scratch.getFloat32(0);
    }
    if (info === 27) {
      scratch.setUint32(0, this.#uint32());
      scratch.setUint32(4, this.#uint32());
      return scratch.getFloat64(0);
    }
    if (first === breakByte) throw this.error("a break stands where an item is expected", this.at - 1);
    if (this.argument(first) < 32 && info === 24) throw this.error("a simple value is malformed", this.at - 1);
    return undefined;
  }

  #text(first: number): string {
    if ((first & 31) !== 31) {
      const start = this.#advance(first);
      return this.#utf8(start, this.at);
    }
    let text = "";
    while (this.hasNext(indefinite)) {
      const start = this.#chunk(major.text);
      text += this.#utf8(start, this.at);
    }
    return text;
  }

  /** Steps over the content of a definite text or byte string; returns where it starts. */
  #advance(first: number): number {
    const length = this.argument(first);
    const start = this.at;
    const left = this.#bytes.length - start;
    if (length > left) throw this.error(`${length} bytes are declared, ${left} are left`);
    this.at = start + length;
    return start;
  }

  #chunk(type: number): number {
    const first = this.byte();
    if (first >> 5 !== type) throw this.error("a string in pieces holds something else", this.at - 1);
    return this.#advance(first);
  }

  #utf8(start: number, end: number): string {
    const bytes = this.#bytes;
    const length = end - start;
    let hash = length;
    let ascii = length <= maxKnownTextLength;
    for (let at = start; ascii && at < end; at += 1) {
      const byte = bytes[at] as number;
      ascii = byte < 0x80;
      hash = (Math.imul(hash, 31) + byte) | 0;
    }
    if (!ascii) return this.#longText(start, length);
    const slot = hash & (knownTexts.length - 1);
    const known = knownTexts[slot] as string;
    if (equals(known, bytes, start, length)) return known;
    const text = this.#longText(start, length);
    knownTexts[slot] = text;
    return text;
  }

  #longText(start: number, length: number): string {
    const view = Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset + start, length);
    if (!isUtf8(view)) throw this.error("a text is not UTF-8", start);
    return view.toString("utf8");
  }

  #skip(first: number, depth: number): void {
    if (depth > maxDepth) throw this.error(`it is nested more than ${maxDepth} levels deep`, this.at - 1);
    switch (first >> 5) {
      case major.bytes:
        if ((first & 31) !== 31) this.#advance(first);
        else while (this.hasNext(indefinite)) this.#chunk(major.bytes);
        return;
      case major.array:
        for (let left = this.count(first, 1); this.hasNext(left); left -= 1) this.#skip(this.byte(), depth + 1);
        return;
      case major.map:
        for (let left = this.count(first, 2); this.hasNext(left); left -= 1) {
          this.#skip(this.byte(), depth + 1);
          this.#skip(this.byte(), depth + 1);
        }
        return;
      case major.tag:
        this.argument(first);
        this.#skip(this.byte(), depth + 1);
        return;
      default:
        this.scalar(first);
    }
  }
}

function equals(text: string, bytes: Uint8Array, start: number, length: number): boolean {
  if (text.length !== length) return false;
  for (let index = 0; index < length; index += 1) {
    if (text.charCodeAt(index) !== bytes[start + index]) return false;
  }
  return true;
}

/** Converts a half float, which has 1 sign, 5 exponent and 10 fraction bits (RFC 8949, appendix D). */
function fromFloat16(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  let size = fraction * 2 ** -24;
  if (exponent === 31) size = fraction === 0 ? Infinity : NaN;
  else if (exponent > 0) size = (1024 + fraction) * 2 ** (exponent - 25);
  return bits & 0x8000 ? -size : size;
}
