/** The largest packet that is accepted, in bytes: one decoded payload may have a mebibyte (docs/protocol.md#message-limits). */
export const maxPacketBytes = 2 * 2 ** 20;

/**
 * Follows the packets of a stream by their fixed headers (MQTT 3.1.1, 2.2), and tells when one claims to be larger than
 * is accepted: MQTT.js itself would gather it in memory until it is whole, 256 MB at the most.
 */
export class PacketGuard {
  readonly #maxBytes: number;
  /** Bytes of the present packet that are still to come; undefined while its header is read. */
  #left: number | undefined;
  /** Of the header: how many bytes are read, and the remaining length so far. */
  #headerBytes = 0;
  #length = 0;

  constructor(maxBytes = maxPacketBytes) {
    this.#maxBytes = maxBytes;
  }

  /** Takes in the next bytes of the stream; returns whether all packets so far are small enough. */
  accepts(chunk: Uint8Array): boolean {
    for (let at = 0; at < chunk.length;) {
      if (this.#left === undefined) {
        this.#readHeader(chunk[at++] as number);
        if (this.#length > this.#maxBytes) return false;
      } else {
        const taken = Math.min(this.#left, chunk.length - at);
        at += taken;
        this.#left -= taken;
      }
      if (this.#left === 0) this.#begin();
    }
    return true;
  }

  #readHeader(byte: number): void {
    // The first byte is the type; the others hold seven bits of the length each, the lowest first.
    if (this.#headerBytes > 0) {
      this.#length += (byte & 0x7f) * 128 ** (this.#headerBytes - 1);
      // A fifth byte is malformed, which the parser says.
      if ((byte & 0x80) === 0 || this.#headerBytes === 4) this.#left = this.#length;
    }
    this.#headerBytes++;
  }

  #begin(): void {
    this.#left = undefined;
    this.#headerBytes = 0;
    this.#length = 0;
  }
}
