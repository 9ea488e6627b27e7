import "reflect-metadata";
import { randomBytes, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

/** A private key and the certificate for it, in PEM: what Node's TLS servers and clients take. */
export interface Identity {
  key: string;
  cert: string;
}

/** A certificate that the authority signed for a device. */
export interface Signed {
  pem: string;
  /** Base64. */
  der: string;
  /** Hexadecimal; also how the broker knows the certificate again. */
  serial: string;
  /** RFC 3339. */
  notBefore: string;
  notAfter: string;
  /** The two integers of its ECDSA signature, hexadecimal. */
  r: string;
  s: string;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
/** Short, because `ArduinoDevicev2Cert.pem` has at most 512 characters (docs/protocol.md#models). */
const authorityName = "CN=Arduino";
const day = 86_400_000;

/** A certificate authority that lives as long as the simulator: P-256 keys, in memory only. */
export class Authority {
  readonly #certificate: x509.X509Certificate;
  readonly #keys: webcrypto.CryptoKeyPair;

  private constructor(keys: webcrypto.CryptoKeyPair, certificate: x509.X509Certificate) {
    this.#certificate = certificate;
    this.#keys = keys;
  }

  /** Makes a new one. */
  static async create(): Promise<Authority> {
    const keys = await newKeys();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      name: authorityName,
      ...validity(),
      serialNumber: newSerial(),
      keys,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      ],
    });
    return new Authority(keys, certificate);
  }

  /** Its own certificate, for those who shall trust it. */
  get pem(): string {
    return this.#certificate.toString("pem");
  }

  /** Makes a new identity for servers on 127.0.0.1 and localhost. */
  async serverIdentity(): Promise<Identity> {
    const keys = await newKeys();
    const certificate = await this.#certify("CN=localhost", keys.publicKey, [
      new x509.SubjectAlternativeNameExtension([
        { type: "dns", value: "localhost" },
        { type: "ip", value: "127.0.0.1" },
      ]),
    ]);
    return { key: await privatePem(keys), cert: certificate.toString("pem") };
  }

  /**
   * Signs a certificate request in PEM for `commonName`, whatever name it asks for (docs/operations.md).
   * @throws Error where the text is no request, its own signature is wrong, or its key is not of the curve P-256
   */
  async sign(request: string, commonName: string): Promise<Signed> {
    const csr = new x509.Pkcs10CertificateRequest(request);
    const { name, namedCurve } = csr.publicKey.algorithm as { name: string; namedCurve?: string };
    if (name !== "ECDSA" || namedCurve !== "P-256") throw new Error("the key must be of the curve P-256");
    if (!(await csr.verify())) throw new Error("the signature of the request is wrong");
    // A list of extensions must not be empty, and there is room for a short one only.
    const certificate = await this.#certify(`CN=${commonName}`, csr.publicKey, [
      new x509.BasicConstraintsExtension(false),
    ]);
    return {
      pem: certificate.toString("pem"),
      der: Buffer.from(certificate.rawData).toString("base64"),
      serial: certificate.serialNumber,
      notBefore: certificate.notBefore.toISOString(),
      notAfter: certificate.notAfter.toISOString(),
      ...signatureParts(Buffer.from(certificate.signature)),
    };
  }

  #certify(
    subject: string,
    publicKey: x509.PublicKeyType,
    extensions: x509.Extension[],
  ): Promise<x509.X509Certificate> {
    return x509.X509CertificateGenerator.create({
      subject,
      issuer: authorityName,
      ...validity(),
      serialNumber: newSerial(),
      publicKey,
      signingKey: this.#keys.privateKey,
      signingAlgorithm: algorithm,
      extensions,
    });
  }
}

/**
 * Makes a new P-256 key and a certificate request for it, as a board or a provisioning tool makes them.
 * @returns both in PEM
 */
export async function certificateRequest(commonName: string): Promise<{ key: string; csr: string }> {
  const keys = await newKeys();
  const csr = await x509.Pkcs10CertificateRequestGenerator.create({
    name: `CN=${commonName}`,
    keys,
    signingAlgorithm: algorithm,
  });
  return { key: await privatePem(keys), csr: csr.toString("pem") };
}

const newKeys = (): Promise<webcrypto.CryptoKeyPair> =>
  webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);

/** Reads the two integers of an ECDSA signature in DER: a sequence of two integers, each shorter than 128 bytes. */
function signatureParts(der: Buffer): { r: string; s: string } {
  const end = 4 + (der[3] ?? 0);
  return { r: integer(der.subarray(4, end)), s: integer(der.subarray(end + 2)) };
}

/** Returns 32 bytes, hexadecimal, without the zero that DER puts in front of a high bit. */
const integer = (bytes: Buffer): string => bytes.toString("hex").padStart(64, "0").slice(-64);

/** Returns a serial number that is positive and without leading zeros, as certificates want it. */
const newSerial = (): string => `4${randomBytes(8).toString("hex").slice(1)}`;

/** Returns a validity from an hour ago, for clocks that are a little behind, to ten years ahead. */
const validity = (): { notBefore: Date; notAfter: Date } => ({
  notBefore: new Date(Date.now() - day / 24),
  notAfter: new Date(Date.now() + 3650 * day),
});

async function privatePem({ privateKey }: webcrypto.CryptoKeyPair): Promise<string> {
  const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", privateKey);
  return x509.PemConverter.encode(pkcs8, "PRIVATE KEY");
}
