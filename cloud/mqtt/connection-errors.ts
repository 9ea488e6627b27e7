import { CloudError } from "../core/errors";
import { maxPacketBytes } from "./packet-guard";

/** CONNACK codes of MQTT 3.1.1, section 3.2.2.3. */
const badLogin = [4, 5];

/** Returns the error with which an open connection has ended; `failure` is what was heard of it before, if anything. */
export function closeError(failure: unknown): CloudError {
  if (failure instanceof CloudError) return failure;
  const detail = failure instanceof Error && failure.message ? ` (${failure.message})` : "";
  return new CloudError("offline", `The connection to the broker was closed${detail}.`);
}

/** How ws says that a frame, or its fragments together, have more bytes than are accepted. */
const frameCodes: unknown[] = ["WS_ERR_UNSUPPORTED_MESSAGE_LENGTH", "WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH"];

/** Returns the error of a broker that sends more at once than is accepted. */
export function packetError(): CloudError {
  return new CloudError("too_large", `The broker sent a packet of more than ${maxPacketBytes / 2 ** 20} MB.`);
}

/** Returns that error where a WebSocket has ended because of it. */
export function frameError(failure: unknown): CloudError | undefined {
  const isTooLarge = failure instanceof Error && "code" in failure && frameCodes.includes(failure.code);
  return isTooLarge ? packetError() : undefined;
}

/**
 * Returns the error of an attempt to connect that failed.
 * @param proxy `host:port` of the proxy that it went through, if any
 */
export function connectError(url: string, failure: unknown, proxy?: string): CloudError {
  const host = new URL(url).host;
  const code = failure instanceof Error && "code" in failure ? failure.code : undefined;
  if (typeof code === "number") {
    const reason = failure instanceof Error ? failure.message : "";
    return badLogin.includes(code)
      ? new CloudError("unauthorized", `The broker ${host} refused the login (CONNACK ${code}, ${reason}).`)
      : new CloudError("server_error", `The broker ${host} refused the connection (CONNACK ${code}, ${reason}).`);
  }
  const detail = failure instanceof Error && failure.message ? failure.message : "the connection was closed";
  const way = proxy === undefined ? "" : ` through the proxy ${proxy}`;
  return new CloudError("offline", `The broker ${host} could not be reached${way}: ${detail}.`);
}
