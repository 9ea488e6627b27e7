import http from "node:http";
import https from "node:https";
import type { TlsOptions } from "../core/tls";

/** Why a server gave no answer at all, and the system's own word for it, such as `ENOTFOUND`. */
export interface NoAnswer {
  reached: false;
  reason: "dns" | "refused" | "tls" | "timeout" | "other";
  detail: string;
}

/** A server that answered, whatever it answered. `time` is its clock in milliseconds since 1970, where it told. */
export interface Answered {
  reached: true;
  time: number | undefined;
}

const reasons: Record<string, NoAnswer["reason"]> = {
  ENOTFOUND: "dns",
  EAI_AGAIN: "dns",
  ECONNREFUSED: "refused",
  ETIMEDOUT: "timeout",
  EPROTO: "tls",
};

/**
 * Finds out whether a web server answers, and what time it has: for telling a user what is wrong, without credentials.
 * Never rejects.
 * @param timeout milliseconds
 */
export function probe(url: string, timeout: number, tls: TlsOptions = {}): Promise<Answered | NoAnswer> {
  return new Promise((resolve) => {
    const client = url.startsWith("https:") ? https : http;
    const request = client.request(url, { method: "HEAD", agent: false, timeout, ...tls }, (response) => {
      response.resume();
      const time = Date.parse(response.headers.date ?? "");
      resolve({ reached: true, time: Number.isNaN(time) ? undefined : time });
    });
    request.on("timeout", () => {
      resolve({ reached: false, reason: "timeout", detail: "ETIMEDOUT" });
      request.destroy();
    });
    request.on("error", (error: NodeJS.ErrnoException) => {
      const code = error.code ?? "";
      resolve({ reached: false, reason: reasons[code] ?? (isTls(code) ? "tls" : "other"), detail: code });
    });
    request.end();
  });
}

/** Returns whether a code is one of OpenSSL or of Node's certificate check. */
function isTls(code: string): boolean {
  return /CERT|SSL|TLS|SIGNATURE|ISSUER/.test(code);
}
