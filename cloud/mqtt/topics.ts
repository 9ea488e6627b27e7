/** The direction of a value: `reported` by the device, or `requested` of the device (docs/protocol.md#topics). */
export type Direction = "reported" | "requested";

/**
 * Returns the topic that carries a thing's values: `/e/o` for what its device reports, `/e/i` for what is written to
 * it.
 */
export function valueTopic(thingId: string, direction: Direction): string {
  return `/a/t/${thingId}/e/${direction === "reported" ? "o" : "i"}`;
}

/** The longest text that a packet holds, in bytes (MQTT 3.1.1, section 1.5.3). */
const maxPacketTextBytes = 65_535;

/** Returns whether MQTT can carry a text. */
export function fitsPacket(text: string): boolean {
  return Buffer.byteLength(text) <= maxPacketTextBytes;
}

/** Returns whether MQTT can carry a topic, and the topic stands for itself alone: none of ours has a wildcard. */
export function isPlainTopic(topic: string): boolean {
  return topic !== "" && !/[+#\0]/.test(topic) && fitsPacket(topic);
}
