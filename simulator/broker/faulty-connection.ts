import { Duplex } from "node:stream";
import type { PeerCertificate } from "../net/listeners";

interface Waiting {
  due: number;
  bytes: Buffer;
}

/**
 * A connection between the broker and a client's stream (a socket, or a WebSocket as a stream) that can be made slow
 * or half-open without the broker's knowledge.
 */
export class Link extends Duplex {
  readonly #delay: () => number;
  readonly #stream: Duplex;
  #muted = false;
  readonly #waiting: Waiting[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** Ends the stream, once nothing is waiting any more. */
  #finish: (() => void) | undefined;

  /**
   * @param delay gives how long bytes to the client wait, in milliseconds
   * @param certificate what the client has proved to be
   */
  constructor(
    stream: Duplex,
    readonly transport: "ws" | "tcp",
    delay: () => number,
    readonly certificate?: PeerCertificate,
  ) {
    super();
    this.#delay = delay;
    this.#stream = stream;
    let ended = false;
    stream.on("data", (chunk: Buffer) => {
      if (!this.#muted && !this.push(chunk)) stream.pause();
    });
    stream.on("end", () => {
      ended = true;
      this.push(null);
    });
    stream.on("error", () => this.destroy());
    stream.on("close", () => {
      // After an orderly end the broker still reads what is buffered, and closes when it comes to the end.
      if (!ended) this.destroy();
    });
  }

  /**
   * Makes the connection half-open: what comes from either side is lost, and the socket stays open whatever the broker
   * does.
   */
  mute(on: boolean): void {
    this.#muted = on;
    if (!on && this.destroyed) this.#stream.destroy();
  }

  /** Ends the connection at once, half-open or not. */
  kill(): void {
    this.destroy();
    this.#stream.destroy();
  }

  override _read(): void {
    this.#stream.resume();
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#pass(chunk, done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.#pass(Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
  }

  override _final(done: () => void): void {
    this.#finish = () => {
      if (this.#muted) done();
      else this.#stream.end(done);
    };
    this.#arm();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.#timer);
    if (!this.#muted) this.#stream.destroy();
    done(error);
  }

  #pass(bytes: Buffer, done: (error?: Error | null) => void): void {
    const delay = this.#delay();
    if (this.#muted) done();
    else if (delay === 0 && this.#waiting.length === 0) this.#stream.write(bytes, done);
    else {
      this.#waiting.push({ due: performance.now() + delay, bytes });
      this.#arm();
      done();
    }
  }

  /** Sets one timer for the oldest waiting bytes, so that their order is kept. */
  #arm(): void {
    if (this.#timer !== undefined) return;
    const next = this.#waiting[0];
    if (next === undefined) {
      this.#finish?.();
      return;
    }
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#waiting.shift();
        if (!this.#muted && !this.#stream.destroyed) this.#stream.write(next.bytes);
        this.#arm();
      },
      Math.max(0, next.due - performance.now()),
    );
  }
}
