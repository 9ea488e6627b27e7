import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";

/** So many messages go out at once, and so many are not acknowledged at most. */
const block = 50;
const maxAhead = 200;

/** The types of MQTT 3.1.1 packets that a client sends and that matter here (section 2.2.1). */
const packet = { connect: 1, puback: 4, subscribe: 8, unsubscribe: 10, ping: 12 };

/**
 * Pours values over one client by WebSocket, as accounts connect, quicker than it can take them: the answers that MQTT asks
 * for, and no more. A broker that does its work would be slower than the client, and it is the client that is measured.
 */
export class Hose {
  readonly #server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  #socket: WebSocket | undefined;
  #received: Buffer = Buffer.alloc(0);
  #packets: readonly Buffer[] = [];
  #sent = 0;
  #acknowledged = 0;

  private constructor() {
    this.#server.on("connection", (socket) => {
      this.#socket = socket;
      socket.on("message", (chunk: Buffer) => this.#take(socket, chunk));
    });
  }

  /** Opens one on a free port. */
  static async start(): Promise<Hose> {
    const hose = new Hose();
    await once(hose.#server, "listening");
    return hose;
  }

  /** Where the client finds it. */
  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/mqtt`;
  }

  /** Sends what `publishPacket` made, as far ahead of the client that it never has to wait. */
  pour(packets: readonly Buffer[]): void {
    this.#packets = packets;
    this.#sent = 0;
    this.#acknowledged = 0;
    this.#send();
  }

  stop(): void {
    this.#server.close();
    this.#socket?.terminate();
  }

  /** Always whole blocks: what breaks one up once, as a timer does, would let the client work in small pieces for ever. */
  #send(): void {
    while (this.#sent < this.#packets.length && this.#sent - this.#acknowledged <= maxAhead - block) {
      const packets = this.#packets.slice(this.#sent, this.#sent + block);
      this.#sent += packets.length;
      this.#socket?.send(Buffer.concat(packets));
    }
  }

  #take(socket: WebSocket, chunk: Buffer): void {
    let bytes = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    for (let end = endOfPacket(bytes); end <= bytes.length; end = endOfPacket(bytes)) {
      if (typeOf(bytes) === packet.puback) this.#acknowledged++;
      else socket.send(Buffer.from(answerTo(bytes.subarray(0, end))));
      bytes = bytes.subarray(end);
    }
    this.#received = bytes;
    this.#send();
  }
}

function typeOf(bytes: Uint8Array): number {
  return (bytes[0] ?? 0) >> 4;
}

/** Returns a message of QoS 1 as it goes over the wire. */
export function publishPacket(topic: string, payload: Uint8Array, id: number): Buffer {
  const name = Buffer.from(topic);
  const header = Buffer.from([name.length >> 8, name.length & 0xff]);
  const body = Buffer.concat([header, name, Buffer.from([id >> 8, id & 0xff]), payload]);
  if (body.length > 127) throw new Error("The values of the benchmark are short.");
  return Buffer.concat([Buffer.from([0x32, body.length]), body]);
}

/** Returns where the first packet ends; Infinity where that is not known yet. */
function endOfPacket(bytes: Uint8Array): number {
  let length = 0;
  for (let index = 1; index < Math.min(bytes.length, 5); index++) {
    const byte = bytes[index] ?? 0;
    length += (byte & 0x7f) << (7 * (index - 1));
    if (byte < 0x80) return index + 1 + length;
  }
  return Infinity;
}

function answerTo(bytes: Buffer): number[] {
  const body = bytes.subarray(bytes.findIndex((byte, index) => index > 0 && byte < 0x80) + 1);
  const id = [...body.subarray(0, 2)];
  const type = typeOf(bytes);
  if (type === packet.connect) return [0x20, 2, 0, 0];
  if (type === packet.ping) return [0xd0, 0];
  if (type === packet.unsubscribe) return [0xb0, 2, ...id];
  if (type !== packet.subscribe) return [];
  const granted: number[] = [];
  for (let at = 2; at < body.length; at += 3 + body.readUInt16BE(at)) granted.push(1);
  return [0x90, 2 + granted.length, ...id, ...granted];
}
