import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { ActivityLog } from "../../cloud/core/activity-log";
import { createRest, type Rest, type RestSettings } from "../../cloud/rest/index";
import { systemClock, type Clock } from "../../cloud/core/clock";

/** A request as it arrived. */
export interface Seen {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage["headers"];
  body: string;
  /** `performance.now()` at its arrival. */
  at: number;
}

/** An answer: a status with a body (text as it is, anything else as JSON), or a way of not answering. */
export type Reply =
  | { status?: number; headers?: Record<string, string>; body?: unknown }
  | "drop"
  | "silence"
  | { raw: (response: ServerResponse) => void };

/** A reply, or what makes one for a request. */
export type Answer = Reply | ((seen: Seen) => Reply);

/** A far side that does what a test tells it. */
export interface FakeCloud {
  readonly url: string;
  /** Requests for tokens, and all others. */
  readonly tokenRequests: Seen[];
  readonly requests: Seen[];
  /** How the next token requests are answered; the last one stays. Default: a good token. */
  tokenReplies: Answer[];
  /** How the next requests are answered; the last one stays. Default: 200 with `[]`. */
  replies: Answer[];
  /** Tokens that are good; every token handed out is added. */
  readonly goodTokens: Set<string>;
  /** Seconds in `expires_in`. */
  lifetime: number;
  stop(): Promise<void>;
}

export const userId = "0b5a2ad4-6f2c-4f59-9a3f-1f6f6f2d7c11";
export const secrets = { clientId: "client-id-0123456789abcdefghijkl", clientSecret: "s3cret+/= with&odd%chars" };

/** An unsigned JWT with these claims. */
export function jwt(claims: Record<string, unknown>): string {
  const part = (json: unknown): string => Buffer.from(JSON.stringify(json)).toString("base64url");
  return `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}.c2lnbmF0dXJl`;
}

/** The token answer of a healthy cloud. */
export function tokenBody(token: string, lifetime = 300): Record<string, unknown> {
  return { access_token: token, token_type: "Bearer", expires_in: lifetime };
}

export async function startFakeCloud(): Promise<FakeCloud> {
  let count = 0;
  const cloud = {
    url: "",
    tokenRequests: [] as Seen[],
    requests: [] as Seen[],
    tokenReplies: [] as Answer[],
    replies: [] as Answer[],
    goodTokens: new Set<string>(),
    lifetime: 300,
  };
  const goodToken = (): Reply => {
    // Letters that differ between base64 and base64url must survive.
    const token = jwt({ "http://arduino.cc/id": userId, count: (count += 1), odd: "ÿ?>~ü" });
    cloud.goodTokens.add(token);
    return { body: tokenBody(token, cloud.lifetime) };
  };
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("error", () => undefined);
    request.on("data", (chunk: string) => (body += chunk));
    request.on("end", () => {
      const url = new URL(request.url ?? "", "http://localhost");
      const { method = "", headers } = request;
      const seen: Seen = { method, path: url.pathname, query: url.searchParams, headers, body, at: performance.now() };
      if (url.pathname === "/iot/v1/clients/token") {
        cloud.tokenRequests.push(seen);
        answer(response, seen, next(cloud.tokenReplies) ?? goodToken);
        return;
      }
      cloud.requests.push(seen);
      const isGood = cloud.goodTokens.has((headers.authorization ?? "").replace("Bearer ", ""));
      answer(response, seen, isGood ? (next(cloud.replies) ?? { body: [] }) : { status: 401 });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cloud.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(cloud, {
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}

function next<T>(list: T[]): T | undefined {
  return list.length > 1 ? list.shift() : list[0];
}

function answer(response: ServerResponse, seen: Seen, given: Answer): void {
  const reply = typeof given === "function" ? given(seen) : given;
  if (reply === "silence") return;
  if (reply === "drop") {
    response.destroy();
    return;
  }
  if ("raw" in reply) {
    reply.raw(response);
    return;
  }
  const { status = 200, headers = {}, body } = reply;
  const isText = typeof body === "string" || body === undefined;
  const mediaType = { "content-type": "application/vnd.arduino.thing+json" };
  response.writeHead(status, { ...(isText ? {} : mediaType), ...headers });
  response.end(isText ? body : JSON.stringify(body));
}

/**
 * Makes the REST of an account on a fake cloud. Its waits are short, but an answer may take 30 s by the machine's clock:
 * a time-out is for specs that have a clock of their own.
 */
export function restOn(cloud: FakeCloud, settings: Partial<RestSettings> = {}): Rest {
  const usual = { baseUrl: cloud.url, requestsPerSecond: 1_000, clock: hastyClock, timeoutMs: 30_000 * haste };
  return createRest({ ...secrets, ...usual, ...settings });
}

/** Returns a log that notes only the pauses before another try. */
export function pausesTo(lines: string[]): ActivityLog {
  return {
    debug: (line) => {
      if (line.includes("Trying again")) lines.push(line);
    },
  };
}

const haste = 20;

/** A clock that runs twenty times too fast: waits of a second take 50 ms. */
export const hastyClock: Clock = {
  ...systemClock,
  monotonic: () => systemClock.monotonic() * haste,
  after: (milliseconds, work) => systemClock.after(milliseconds / haste, work),
};
