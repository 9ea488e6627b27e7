import { CborReader, major } from "../codec/cbor-reader";
import { CborWriter } from "../codec/cbor-writer";

/** Commands that a device sends on `c/up`, with the tag of its frame (docs/protocol.md#commands). */
const upTags = { thingBegin: 0x01_03_00, lastValuesBegin: 0x01_05_00, deviceBegin: 0x01_07_00, netConfig: 0x01_11_00 };

/** A command of the cloud that a device without a sketch acts on (docs/protocol.md#commands). */
export type Command =
  | { readonly name: "thing-update" | "thing-detach"; readonly thingId: string }
  /** `pack` holds SenML. */
  | { readonly name: "last-values"; readonly pack: Uint8Array }
  /** `offset` in seconds, good until `until`, in seconds since 1970. */
  | { readonly name: "timezone"; readonly offset: number; readonly until: number };

/** Far more than the last values of a thing take. */
const maxFrameBytes = 2 ** 20;

/** Encodes DeviceBegin: a device with a library of this version is there. */
export function encodeDeviceBegin(libraryVersion: string): Buffer {
  return encodeCommand(upTags.deviceBegin, [libraryVersion]);
}

/** Encodes DeviceNetConfig for a device that tells nothing of its network (type 0). */
export function encodeNoNetConfig(): Buffer {
  return encodeCommand(upTags.netConfig, [0]);
}

/**
 * Encodes ThingBegin, which asks for the device's thing. The id that goes with it is always blank
 * (docs/protocol.md#commands).
 */
export function encodeThingBegin(): Buffer {
  return encodeCommand(upTags.thingBegin, [""]);
}

/** Encodes LastValuesBegin, which asks for the last values of the device's thing. */
export function encodeLastValuesBegin(): Buffer {
  return encodeCommand(upTags.lastValuesBegin, []);
}

function encodeCommand(tag: number, parameters: readonly (string | number)[]): Buffer {
  const writer = new CborWriter();
  writer.tag(tag);
  writer.array(parameters.length);
  for (const parameter of parameters) {
    if (typeof parameter === "string") writer.text(parameter);
    else writer.integer(parameter);
  }
  return writer.bytes();
}

/** Readers of the parameters of each command from the cloud; `undefined` stands for one that is not acted on. */
const readers = new Map<number, (parameters: ParameterReader) => Command | undefined>([
  // An update over the air, of a firmware that a Node-RED does not have.
  [0x01_01_00, (parameters) => parameters.skip(4)],
  [0x01_04_00, (parameters) => ({ name: "thing-update", thingId: parameters.text() })],
  [0x01_06_00, (parameters) => ({ name: "last-values", pack: parameters.bytes() })],
  [0x01_09_00, (parameters) => ({ name: "timezone", offset: parameters.integer(), until: parameters.integer() })],
  [0x01_10_00, (parameters) => ({ name: "thing-detach", thingId: parameters.text() })],
]);

/**
 * Decodes a command of the cloud, as it comes on `c/dw` (docs/protocol.md#commands); `undefined` for a well-formed one
 * that this device has no use for.
 * @throws CloudError `invalid_value` for anything else: no tagged array in CBOR, an unknown tag, parameters of the
 *   wrong number or kind, bytes behind the end
 */
export function decodeCommand(payload: Uint8Array): Command | undefined {
  const reader = new CborReader(payload, "a command");
  if (payload.length > maxFrameBytes) throw reader.error(`it has ${payload.length} bytes, more than ${maxFrameBytes}`);
  const first = reader.byte();
  if (first >> 5 !== major.tag) throw reader.error("it does not begin with a tag", 0);
  const tag = reader.argument(first);
  const read = readers.get(tag);
  if (read === undefined) throw reader.error(`the tag 0x${tag.toString(16)} is not known`, 0);
  const parameters = new ParameterReader(reader);
  const command = read(parameters);
  parameters.end();
  return command;
}

/** Reads the array of parameters one after the other. Every method throws `invalid_value` where another kind stands. */
class ParameterReader {
  readonly #reader: CborReader;
  #left: number;

  constructor(reader: CborReader) {
    this.#reader = reader;
    const first = reader.byte();
    if (first >> 5 !== major.array) throw reader.error("an array of parameters is expected", reader.at - 1);
    this.#left = reader.count(first, 1);
  }

  text(): string {
    const value = this.#reader.scalar(this.#next());
    if (typeof value !== "string") throw this.#reader.error("a text is expected");
    return value;
  }

  integer(): number {
    const first = this.#next();
    const value = first >> 5 <= major.negative ? this.#reader.scalar(first) : undefined;
    if (!Number.isSafeInteger(value)) throw this.#reader.error("a whole number is expected");
    return value as number;
  }

  bytes(): Uint8Array {
    return this.#reader.byteString(this.#next());
  }

  skip(count: number): undefined {
    for (let left = count; left > 0; left -= 1) this.#reader.scalar(this.#next());
  }

  end(): void {
    if (this.#reader.hasNext(this.#left)) throw this.#reader.error("there are too many parameters");
    if (!this.#reader.done) throw this.#reader.error("it goes on after its end");
  }

  /** Returns the first byte of the next parameter. */
  #next(): number {
    if (!this.#reader.hasNext(this.#left)) throw this.#reader.error("a parameter is missing");
    this.#left -= 1;
    return this.#reader.byte();
  }
}
