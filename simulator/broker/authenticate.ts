import type { PeerCertificate } from "../net/listeners";
import type { Store } from "../store/store";
import type { Tokens } from "../store/tokens";
import type { Login } from "./topics";

/** Credentials of a client, from its CONNECT packet and the TLS handshake before it. */
interface Credentials {
  clientId: string;
  /** Empty where the packet has none. */
  userName: string;
  password: string;
  certificate?: PeerCertificate | undefined;
}

/**
 * Returns who logs in, by certificate, secret key or token (docs/protocol.md#logins); undefined for a stranger.
 * `expiresAt` is the end of a user's token, in milliseconds since 1970.
 */
export function loginOf(
  store: Store,
  tokens: Tokens,
  credentials: Credentials,
): (Login & { expiresAt?: number }) | undefined {
  const { clientId, userName, password, certificate } = credentials;
  if (certificate) return byCertificate(store, credentials, certificate);
  const device = store.devices.get(userName);
  if (device) {
    const right = device.deleted_at === undefined && clientId === userName && password === device.secret_key;
    return right ? { kind: "device", deviceId: device.id } : undefined;
  }
  const owner = tokens.verify(password);
  if (owner?.userId !== userName) return undefined;
  const { expiresAt, ...scope } = owner;
  return { kind: "user", scope, expiresAt };
}

/**
 * Finds the device of a certificate: client id and common name are its id, and there is no user name
 * (docs/protocol.md#logins).
 */
function byCertificate(store: Store, { clientId, userName }: Credentials, shown: PeerCertificate): Login | undefined {
  const device = store.devices.get(shown.commonName);
  const known = device?.certificates.some(({ serial, enabled }) => serial === shown.serial && enabled) ?? false;
  const right = known && device?.deleted_at === undefined && clientId === device?.id && userName === "";
  return right ? { kind: "device", deviceId: shown.commonName } : undefined;
}
