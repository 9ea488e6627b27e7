/**
 * The command protocol between a device and the cloud: tagged CBOR arrays on `c/up` and `c/dw`
 * (docs/protocol.md#commands).
 */
import { decode, encode, Tag } from "cbor2";

type Kind = "text" | "bytes" | "number" | "any";

interface CommandShape {
  tag: number;
  /** Kinds of the parameters, in order. */
  parameters: readonly Kind[];
  /** More parameters of any kind may follow. */
  open?: true;
}

/** Every known command (docs/protocol.md#commands). */
const shapes = {
  OtaBegin: { tag: 0x01_0000, parameters: ["bytes"] },
  OtaUpdate: { tag: 0x01_0100, parameters: ["bytes", "text", "bytes", "bytes"] },
  // The state comes as a CBOR simple value from C++ and as an integer from the connector.
  OtaProgress: { tag: 0x01_0200, parameters: ["bytes", "any", "number", "number"] },
  ThingBegin: { tag: 0x01_0300, parameters: ["text"] },
  ThingUpdate: { tag: 0x01_0400, parameters: ["text"] },
  LastValuesBegin: { tag: 0x01_0500, parameters: [] },
  LastValuesUpdate: { tag: 0x01_0600, parameters: ["bytes"] },
  DeviceBegin: { tag: 0x01_0700, parameters: ["text"] },
  TimezoneRequest: { tag: 0x01_0800, parameters: [] },
  Timezone: { tag: 0x01_0900, parameters: ["number", "number"] },
  ThingDetach: { tag: 0x01_1000, parameters: ["text"] },
  DeviceNetConfig: { tag: 0x01_1100, parameters: ["number"], open: true },
  WifiFirmwareVersion: { tag: 0x01_2014, parameters: ["text"] },
} as const satisfies Record<string, CommandShape>;

export type CommandName = keyof typeof shapes;

export interface Command {
  name: CommandName;
  parameters: unknown[];
}

const byTag = new Map<number, [CommandName, CommandShape]>(
  Object.entries(shapes).map(([name, shape]) => [shape.tag, [name as CommandName, shape]]),
);

const is: Record<Kind, (value: unknown) => boolean> = {
  text: (value) => typeof value === "string",
  bytes: (value) => value instanceof Uint8Array,
  number: (value) => typeof value === "number" || typeof value === "bigint",
  any: () => true,
};

/** Encodes a command with its frame. */
export function encodeCommand(name: CommandName, parameters: readonly unknown[] = []): Uint8Array {
  return encode(new Tag(shapes[name].tag, parameters));
}

/**
 * Reads a frame.
 * @throws Error for bytes that are no tagged array, an unknown tag, or parameters of the wrong number or kind
 */
export function decodeCommand(payload: Uint8Array): Command {
  const frame: unknown = decode(payload, { preferMap: true, maxDepth: 16 });
  if (!(frame instanceof Tag)) throw new Error("A command must be a tagged CBOR array.");
  const [name, shape] = byTag.get(Number(frame.tag)) ?? [];
  if (name === undefined || shape === undefined) throw new Error(`Command tag ${Number(frame.tag)} is not known.`);
  const parameters = frame.contents;
  const fits =
    Array.isArray(parameters) &&
    (shape.open ? parameters.length >= shape.parameters.length : parameters.length === shape.parameters.length) &&
    shape.parameters.every((kind, index) => is[kind](parameters[index]));
  if (!fits) throw new Error(`The parameters of ${name} are not (${shape.parameters.join(", ")}).`);
  return { name, parameters: parameters as unknown[] };
}
