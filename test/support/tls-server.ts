import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { type AddressInfo } from "node:net";
import tls from "node:tls";
import * as x509 from "@peculiar/x509";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** A TLS server with a certificate of its own making, which is its own authority. */
interface TlsServer {
  port: number;
  /** Its certificate, for those who trust it. */
  ca: string;
  stop(): Promise<void>;
}

/** Starts one on 127.0.0.1 whose certificate is for `names` and good from `from` to `to`, in days from now. */
export async function startTlsServer({ from = -1, to = 365, names = ["127.0.0.1"] } = {}): Promise<TlsServer> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const inDays = (days: number): Date => new Date(Date.now() + days * 86_400_000);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=spec",
    notBefore: inDays(from),
    notAfter: inDays(to),
    serialNumber: "4a",
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.SubjectAlternativeNameExtension(
        names.map((value) => ({ type: /^[\d.]+$/.test(value) ? ("ip" as const) : ("dns" as const), value })),
      ),
    ],
  });
  const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  const ca = certificate.toString("pem");
  const server = tls.createServer({ cert: ca, key: x509.PemConverter.encode(pkcs8, "PRIVATE KEY") }, (socket) =>
    socket.on("error", () => socket.destroy()),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    ca,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
