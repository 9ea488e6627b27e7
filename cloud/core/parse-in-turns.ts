import { parseJson } from "./json";
import { inShortTurns } from "./short-turns";

/** So many bytes, and what is left of their last item, are parsed in one go: a millisecond or two. */
const sliceBytes = 64 * 1024;

const [quote, comma, backslash] = [0x22, 0x2c, 0x5c];
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d];
/** The white space of JSON. */
const spaces: readonly (number | undefined)[] = [0x20, 0x09, 0x0a, 0x0d];

/**
 * Reads a long list of JSON in short turns, item by item; `undefined` where it is not JSON, or no list. At once, the list of
 * an account with 20,000 things would block Node-RED for a tenth of a second and more.
 * @param chunks its bytes, as they have come
 * @param clean changes the text of some items before they are parsed
 * @param now the milliseconds of some clock, for the length of turns
 */
export async function parseListInTurns(
  chunks: Iterable<Buffer>,
  clean: (text: string) => string = (text) => text,
  now?: () => number,
): Promise<unknown[] | undefined> {
  const items: unknown[] = [];
  const wrong: string[] = [];
  const parse = (slice: Buffer | undefined): void => {
    const parsed = slice === undefined ? undefined : parseJson(`[${clean(slice.toString())}]`);
    if (Array.isArray(parsed) && parsed.length > 0) items.push(...(parsed as unknown[]));
    else wrong.push("not JSON");
  };
  await inShortTurns(slicesOf(chunks), parse, () => wrong.length > 0, now);
  return wrong.length === 0 ? items : undefined;
}

/** Cuts a list between its items; `undefined` for what none can have. */
function* slicesOf(chunks: Iterable<Buffer>): Generator<Buffer | undefined> {
  const cutter = new ListCutter();
  for (const chunk of chunks) {
    yield* cutter.cut(chunk);
  }
  if (cutter.state !== "after") yield undefined;
}

/** Finds where the items of a list end, in bytes that come in any pieces. */
class ListCutter {
  state: "before" | "inside" | "after" = "before";
  #depth = 0;
  #isInText = false;
  #isEscaped = false;
  /** The beginning of the present slice, from chunks before. */
  #parts: Buffer[] = [];
  #partsBytes = 0;

  *cut(chunk: Buffer): Generator<Buffer | undefined> {
    let start = 0;
    for (let at = 0; at < chunk.length; at++) {
      if (this.#isInText) at = this.#textEnd(chunk, at);
      else if (this.state !== "inside") {
        const byte = chunk[at];
        if (spaces.includes(byte)) continue;
        if (this.state === "after" || byte !== openList) {
          yield undefined;
          return;
        }
        this.state = "inside";
        start = at + 1;
      } else if (this.#endsSlice(chunk[at], this.#partsBytes + at - start)) {
        yield this.#take(chunk.subarray(start, at));
        start = at + 1;
        // Another end than that of a list makes no JSON of what was cut.
        if (this.#depth < 0 && chunk[at] === closeObject) yield undefined;
      }
    }
    if (this.state === "inside") this.#keep(chunk.subarray(start));
  }

  /** Notes a byte outside of texts; returns whether a slice ends before it. */
  #endsSlice(byte: number | undefined, length: number): boolean {
    if (byte === quote) this.#isInText = true;
    else if (byte === openList || byte === openObject) this.#depth++;
    else if (byte === comma) return this.#depth === 0 && length >= sliceBytes;
    else if ((byte === closeList || byte === closeObject) && --this.#depth < 0) {
      this.state = "after";
      return true;
    }
    return false;
  }

  /** Returns where the text ends that `at` is in: its closing quote, or the end of the chunk. */
  #textEnd(chunk: Buffer, at: number): number {
    for (let index = at; index < chunk.length; index++) {
      const byte = chunk[index];
      if (this.#isEscaped) this.#isEscaped = false;
      else if (byte === backslash) this.#isEscaped = true;
      else if (byte === quote) {
        this.#isInText = false;
        return index;
      }
    }
    return chunk.length;
  }

  #keep(part: Buffer): void {
    this.#parts.push(part);
    this.#partsBytes += part.length;
  }

  #take(last: Buffer): Buffer {
    const slice = this.#parts.length === 0 ? last : Buffer.concat([...this.#parts, last]);
    this.#parts = [];
    this.#partsBytes = 0;
    return slice;
  }
}
