const names = [
  "a",
  "temp",
  "temperature",
  "lamp:hue",
  "lamp:swi",
  "lamp:",
  ":x",
  "p:a:b",
  "p:__proto__",
  "été",
  "",
  "__proto__",
];
const bases = ["urn:uuid:1", "urn:dev:", "lamp:", "base", ""];
const textKeys = [
  "n",
  "v",
  "vs",
  "vb",
  "t",
  "bt",
  "bn",
  "0",
  "2",
  "3",
  "4",
  "6",
  "-2",
  "-3",
  "u",
  "x",
  "m_",
  "__proto__",
];

/** Makes random SenML in every legal form of CBOR, with some records and fields that are none. */
export class RandomSenml {
  constructor(readonly random: () => number) {}

  /** A number from 0 to `count` - 1. */
  below(count: number): number {
    return Math.floor(this.random() * count);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  pack(): Buffer {
    const records = Array.from({ length: this.below(6) }, () =>
      this.#chance(0.9) ? this.#record() : this.#anything(0),
    );
    const pack = this.#container(4, records, records.length);
    return this.#chance(0.05) ? Buffer.concat([this.#head(6, this.#chance(0.8) ? 55799 : 1), pack]) : pack;
  }

  bytes(count: number): Buffer {
    return Buffer.from(Array.from({ length: count }, () => this.below(256)));
  }

  #chance(probability: number): boolean {
    return this.random() < probability;
  }

  #record(): Buffer {
    const pairs: Buffer[] = [];
    if (this.#chance(0.95))
      pairs.push(
        this.#key(0, "n"),
        this.#field(() => this.#text(this.pick(names))),
      );
    if (this.#chance(0.6))
      pairs.push(
        this.#key(2, "v"),
        this.#field(() => this.#number()),
      );
    else if (this.#chance(0.5))
      pairs.push(
        this.#key(3, "vs"),
        this.#field(() => this.#text(this.pick(names))),
      );
    else if (this.#chance(0.8))
      pairs.push(
        this.#key(4, "vb"),
        this.#field(() => Buffer.from([0xf4 + this.below(2)])),
      );
    if (this.#chance(0.2))
      pairs.push(
        this.#key(6, "t"),
        this.#field(() => this.#number()),
      );
    if (this.#chance(0.2))
      pairs.unshift(
        this.#key(-3, "bt"),
        this.#field(() => this.#number()),
      );
    if (this.#chance(0.15))
      pairs.unshift(
        this.#key(-2, "bn"),
        this.#field(() => this.#text(this.pick(bases))),
      );
    if (this.#chance(0.1)) pairs.push(this.#anything(0), this.#anything(0));
    if (this.#chance(0.1)) pairs.unshift(this.#text(this.pick(textKeys)), this.#anything(0));
    return this.#container(5, pairs, pairs.length / 2);
  }

  /** Mostly what belongs there, sometimes anything. */
  #field(right: () => Buffer): Buffer {
    return this.#chance(0.93) ? right() : this.#anything(0);
  }

  #key(number: number, text: string): Buffer {
    if (this.#chance(0.1)) return this.#text(text);
    return this.#chance(0.1) ? this.#text(String(number)) : this.#integer(number);
  }

  #anything(depth: number): Buffer {
    const kind = this.below(depth > 4 ? 5 : 9);
    if (kind <= 1) return this.#number();
    if (kind === 2) return this.#text(this.pick(textKeys));
    if (kind === 3) return Buffer.from(this.pick(["f4", "f5", "f6", "f7", "e5", "f8ff", "f820"]), "hex");
    if (kind === 4) return Buffer.concat([this.#head(2, 3), this.bytes(3)]);
    if (kind === 5) return Buffer.concat([this.#head(6, this.below(70000)), this.#anything(depth + 1)]);
    if (kind === 6) return Buffer.concat([Buffer.alloc(this.below(20), 0x81), this.#number()]);
    const items = Array.from({ length: 2 * this.below(3) }, () => this.#anything(depth + 1));
    return kind === 7 ? this.#container(4, items, items.length) : this.#container(5, items, items.length / 2);
  }

  #number(): Buffer {
    const kind = this.below(6);
    if (kind === 0) return Buffer.concat([Buffer.from([0xf9]), this.bytes(2)]);
    if (kind === 1) return Buffer.concat([Buffer.from([0xfa]), this.bytes(4)]);
    if (kind === 2) return Buffer.concat([Buffer.from([0xfb]), this.bytes(8)]);
    const size = 2 ** this.below(54);
    return this.#integer(Math.floor((this.random() - 0.5) * size));
  }

  #integer(value: number): Buffer {
    return value < 0 ? this.#head(1, -1 - value) : this.#head(0, value);
  }

  #text(value: string): Buffer {
    const bytes = Buffer.from(value);
    if (this.#chance(0.9)) return Buffer.concat([this.#head(3, bytes.length), bytes]);
    const cut = Buffer.from(value.slice(0, this.below(value.length + 1)));
    const rest = bytes.subarray(cut.length);
    const parts = [Buffer.from([0x7f]), this.#head(3, cut.length), cut, this.#head(3, rest.length), rest];
    return Buffer.concat([...parts, Buffer.from([0xff])]);
  }

  #container(type: 4 | 5, content: Buffer[], count: number): Buffer {
    if (this.#chance(0.8)) return Buffer.concat([this.#head(type, count), ...content]);
    return Buffer.concat([Buffer.from([(type << 5) | 31]), ...content, Buffer.from([0xff])]);
  }

  /** The first bytes of an item, at times longer than needed. */
  #head(type: number, argument: number): Buffer {
    const shortest = argument < 24 ? 0 : argument < 2 ** 8 ? 1 : argument < 2 ** 16 ? 2 : argument < 2 ** 32 ? 4 : 8;
    const size = this.#chance(0.9) ? shortest : Math.max(shortest, this.pick([1, 2, 4, 8]));
    const info = { 0: argument, 1: 24, 2: 25, 4: 26, 8: 27 }[size] ?? 0;
    const bytes = Buffer.alloc(9);
    bytes.writeBigUInt64BE(BigInt(argument), 1);
    return Buffer.concat([Buffer.from([(type << 5) | info]), bytes.subarray(9 - size)]);
  }
}
