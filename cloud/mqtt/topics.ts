/** Which way a value goes: `reported` by the device, or `requested` of the device (docs/protocol.md#topics). */
export type Direction = "reported" | "requested";

/** The topic that carries a thing's values: `/e/o` for what its device reports, `/e/i` for what is written to it. */
export function valueTopic(thingId: string, direction: Direction): string {
  return `/a/t/${thingId}/e/${direction === "reported" ? "o" : "i"}`;
}
