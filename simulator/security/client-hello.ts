/** Numbers of TLS (RFC 8446, section 4). */
const handshake = 22;
const clientHello = 1;
const supportedVersions = 43;
const tls13 = 0x0304;

/** The alert that refuses a version: level fatal, `protocol_version`. */
export const versionAlert = Buffer.of(21, 3, 3, 0, 2, 2, 70);

/**
 * Returns whether the first bytes of a connection are a TLS hello that offers version 1.3. Node's own server does not
 * tell.
 * @param record the first TLS record, as far as it has come; for anything else the answer is false
 */
export function offersTls13(record: Buffer): boolean {
  if (record[0] !== handshake || record[5] !== clientHello) return false;
  let at = 5 + 4 + 2 + 32;
  at += 1 + byte(record, at); // session id
  at += 2 + word(record, at); // cipher suites
  at += 1 + byte(record, at); // compression methods
  at += 2; // length of all extensions
  while (at + 4 <= record.length) {
    const length = word(record, at + 2);
    if (word(record, at) === supportedVersions) return lists(record.subarray(at + 5, at + 4 + length), tls13);
    at += 4 + length;
  }
  return false;
}

const byte = (bytes: Buffer, at: number): number => bytes[at] ?? 0;
const word = (bytes: Buffer, at: number): number => byte(bytes, at) * 256 + byte(bytes, at + 1);

function lists(versions: Buffer, wanted: number): boolean {
  for (let at = 0; at + 2 <= versions.length; at += 2) if (word(versions, at) === wanted) return true;
  return false;
}
