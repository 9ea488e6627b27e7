import { major } from "./cbor-reader";

const initialBytes = 256;
const twoPow32 = 2 ** 32;

/** Writes CBOR items one after the other, each in its shortest form. It checks nothing: its caller does. */
export class CborWriter {
  #buffer = Buffer.allocUnsafe(initialBytes);
  #length = 0;

  /** Returns the bytes written so far. */
  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  /** Puts a tag in front of the item that is to follow. */
  tag(number: number): void {
    this.#head(major.tag, number);
  }

  /** Opens an array of `count` items, which are to follow. */
  array(count: number): void {
    this.#head(major.array, count);
  }

  /** Opens a map of `count` pairs, which are to follow. */
  map(count: number): void {
    this.#head(major.map, count);
  }

  /** Writes a whole number up to 2^53 either side of 0; -0 becomes 0. */
  integer(value: number): void {
    if (value < 0) this.#head(major.negative, -1 - value);
    else this.#head(major.unsigned, value);
  }

  /** Writes a number as float64, even where a shorter float would hold it: Python boards read no float16. */
  float(value: number): void {
    this.#reserve(9);
    this.#buffer[this.#length] = 0xfb;
    this.#length = this.#buffer.writeDoubleBE(value, this.#length + 1);
  }

  /** Writes `true` or `false`. */
  boolean(value: boolean): void {
    this.#head(major.simple, value ? 21 : 20);
  }

  /** Writes a text, which must not hold a lone surrogate, as UTF-8. */
  text(value: string): void {
    const length = Buffer.byteLength(value);
    this.#head(major.text, length);
    this.#reserve(length);
    this.#length += this.#buffer.write(value, this.#length);
  }

  #head(type: number, argument: number): void {
    this.#reserve(9);
    const [buffer, length] = [this.#buffer, this.#length];
    const first = type << 5;
    if (argument < 24) {
      this.#length = buffer.writeUInt8(first | argument, length);
    } else if (argument < 0x100) {
      buffer[length] = first | 24;
      this.#length = buffer.writeUInt8(argument, length + 1);
    } else if (argument < 0x10000) {
      buffer[length] = first | 25;
      this.#length = buffer.writeUInt16BE(argument, length + 1);
    } else if (argument < twoPow32) {
      buffer[length] = first | 26;
      this.#length = buffer.writeUInt32BE(argument, length + 1);
    } else {
      buffer[length] = first | 27;
      buffer.writeUInt32BE(Math.floor(argument / twoPow32), length + 1);
      this.#length = buffer.writeUInt32BE(argument % twoPow32, length + 5);
    }
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}
