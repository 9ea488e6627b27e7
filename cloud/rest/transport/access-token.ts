import { type ActivityLog, shownMs } from "../../core/activity-log";
import type { Clock } from "../../core/clock";
import { CloudError, isCredentials, isTransient, toCloudError } from "../../core/errors";
import { abortable } from "../../core/abort";
import type { Endpoints } from "./endpoints";
import type { Http, HttpAnswer } from "./http";
import { maskedId, printable, redact } from "../../core/text";
import { foreignAnswer } from "./error-response";
import { asRecord, parseJson } from "../../core/json";

/** Access to the cloud for some minutes. */
export interface Token {
  /** The JWT: bearer of REST calls and password of the broker's users (docs/protocol.md#tokens). */
  value: string;
  /** The user's id: user name at the broker (docs/protocol.md#tokens). */
  userId: string;
  /** Milliseconds from issue to expiry. */
  lifetimeMs: number;
  /** When it expires, in monotonic milliseconds of the clock. */
  expiresAt: number;
}

/** Options of `get`. */
interface TokenRequest {
  signal?: AbortSignal;
  /** Milliseconds of life that must be left; by default the last fifth, at most 30 s, is not used. */
  minLifeMs?: number;
  /** At least nine tenths of its life must be left: for a broker login, which ends with the token. */
  fresh?: boolean;
}

export interface TokenSettings {
  endpoints: Pick<Endpoints, "tokenUrl" | "audience">;
  clientId: string;
  clientSecret: string;
  /** Space id; blank for the user's own space. */
  organization?: string;
  http: Http;
  clock: Clock;
  log?: ActivityLog | undefined;
  /** Called ahead of each token; tells whether the services have moved since, which don't know earlier tokens then. */
  follow?: (() => Promise<boolean>) | undefined;
}

const what = "token: request (POST /iot/v1/clients/token)";
/** A token lives five minutes (docs/protocol.md#tokens). */
const defaultLifetimeMs = 300_000;
const userIdClaim = "http://arduino.cc/id";

/** The token of one account: asked for once for all who need it, renewed ahead of expiry, shared with nobody else. */
export class TokenSource {
  readonly #settings: TokenSettings;
  #token: Token | undefined;
  #flight: Promise<Token> | undefined;

  constructor(settings: TokenSettings) {
    this.#settings = settings;
  }

  /**
   * Returns a token with enough life left. Callers at the same moment share one request, and an aborted caller does not
   * take it from the others.
   * @throws CloudError `not_configured`, `unauthorized`, `rate_limited`, `server_error`, `offline`, `timeout`,
   *   `cancelled`; `isTransient` tells which ones pass
   */
  async get({ signal, minLifeMs, fresh = false }: TokenRequest = {}): Promise<Token> {
    const { follow } = this.#settings;
    if (follow !== undefined && (await abortable(follow(), signal, what))) this.#token = undefined;
    const token = this.#token;
    if (token !== undefined && this.#lifeLeft(token) >= wantedLife(token.lifetimeMs, minLifeMs, fresh)) return token;
    this.#flight ??= this.#request().finally(() => (this.#flight = undefined));
    try {
      return await abortable(this.#flight, signal, what);
    } catch (reason) {
      const error = toCloudError(reason);
      const isPressing = fresh || minLifeMs !== undefined;
      if (token === undefined || isPressing || !isTransient(error) || isCredentials(error)) throw error;
      // A renewal ahead of time that fails is no reason to stop while the old token is good.
      if (this.#token !== token || this.#lifeLeft(token) <= 0) throw error;
      return token;
    }
  }

  /** The API key: nothing that the cloud answers may show it. */
  get secrets(): readonly string[] {
    return [this.#settings.clientSecret, this.#settings.clientId];
  }

  /** Forgets a token that the cloud refused; one that has replaced it meanwhile stays. */
  invalidate(value: string): void {
    if (this.#token?.value === value) this.#token = undefined;
  }

  #lifeLeft(token: Token): number {
    return token.expiresAt - this.#settings.clock.monotonic();
  }

  async #request(): Promise<Token> {
    const { clientId, clientSecret, organization = "", endpoints, http, clock } = this.#settings;
    if (clientId === "" || clientSecret === "") {
      const missing = clientId === "" ? "client id" : "client secret";
      throw new CloudError("not_configured", `token: the ${missing} is missing. Enter the API key in the account.`);
    }
    const form = new URLSearchParams({
      grant_type: "client_credentials",
      client_id: clientId,
      client_secret: clientSecret,
      audience: endpoints.audience,
    });
    const headers: Record<string, string> = { "Content-Type": "application/x-www-form-urlencoded" };
    if (organization !== "") {
      // Official clients differ in where they name the space, so it goes in both places (docs/protocol.md#tokens).
      form.set("organization_id", organization);
      headers["X-Organization"] = organization;
    }
    const asked = clock.monotonic();
    const answer = await this.#tell(
      http.send({ verb: "POST", url: endpoints.tokenUrl, headers, body: form.toString(), what, secrets: this.secrets }),
    );
    if (answer.status !== 200) throw foreignAnswer(answer, what) ?? this.#refusal(answer);
    const token = readToken(answer, asked);
    this.#token = token;
    return token;
  }

  /** Waits for an answer, and tells of it. */
  async #tell(request: Promise<HttpAnswer>): Promise<HttpAnswer> {
    const { clock, log } = this.#settings;
    const sentAt = clock.monotonic();
    const tell = (outcome: string): void =>
      log?.debug?.(`${what}: ${outcome} in ${shownMs(clock.monotonic() - sentAt)} (1 try).`);
    try {
      const answer = await request;
      tell(String(answer.status));
      return answer;
    } catch (reason) {
      tell(toCloudError(reason).code);
      throw reason;
    }
  }

  #refusal(answer: HttpAnswer): CloudError {
    const { clientId, organization = "" } = this.#settings;
    const model = asRecord(parseJson(answer.text));
    const clean = (text: unknown): string => (typeof text === "string" ? printable(redact(text, this.secrets)) : "");
    const detail = clean(model?.detail) || clean(model?.error_description);
    const requestId = clean(model?.id);
    const { code, hint } = refusals(answer.status, organization !== "");
    return new CloudError(
      code,
      `${what}: HTTP ${answer.status}${detail && `, "${detail}"`}, for client id ${maskedId(clientId)}. ${hint}`,
      { statusCode: answer.status, ...(detail && { detail }), ...(requestId && { requestId }) },
    );
  }
}

function wantedLife(lifetimeMs: number, minLifeMs: number | undefined, fresh: boolean): number {
  const most = lifetimeMs * 0.9;
  if (fresh) return most;
  // A wish beyond what a new token has would ask anew each time.
  return Math.min(most, minLifeMs ?? Math.min(lifetimeMs / 5, 30_000));
}

function refusals(status: number, hasSpace: boolean): { code: CloudError["code"]; hint: string } {
  if (status === 429) return { code: "rate_limited", hint: "Too many requests; try again in a moment." };
  if (status === 400 || status === 401 || status === 403) {
    const space = hasSpace ? ", and that the key belongs to the space given" : "";
    return { code: "unauthorized", hint: `Check the client id and the client secret${space}.` };
  }
  if (status >= 500) return { code: "server_error", hint: "The service has a fault; try again later." };
  return { code: "server_error", hint: "The base URL does not seem to lead to the Arduino Cloud; check it." };
}

/** Reads the answer of the token endpoint, which may be anything. */
function readToken(answer: HttpAnswer, asked: number): Token {
  const body = asRecord(parseJson(answer.text));
  if (body === undefined) {
    const foreign = foreignAnswer(answer, what);
    if (foreign !== undefined) throw foreign;
    throw new CloudError("server_error", `${what}: the answer is not JSON. Check the base URL and any proxy.`, {
      statusCode: answer.status,
    });
  }
  const value = body.access_token;
  if (typeof value !== "string" || !/^[\w.~+/=-]+$/.test(value)) throw unusable("it holds no access_token");
  const claims = readClaims(value);
  const userId = claims[userIdClaim];
  if (userId === undefined) throw unusable(`its token has no claim ${userIdClaim}`);
  if (typeof userId !== "string" || !/^[\w.|@-]{1,128}$/.test(userId)) {
    throw unusable(`the claim ${userIdClaim} of its token is not a user id`);
  }
  const lifetimeMs = readLifetime(body.expires_in, claims);
  return { value, userId, lifetimeMs, expiresAt: asked + lifetimeMs };
}

function readClaims(token: string): Record<string, unknown> {
  const payload = token.split(".")[1];
  if (payload === undefined) throw unusable("its token is not a JWT");
  const claims = asRecord(parseJson(Buffer.from(payload, "base64url").toString("utf8")));
  if (claims === undefined) throw unusable("the payload of its token cannot be read");
  return claims;
}

/**
 * Reads the life of a token, in milliseconds. Only spans are used, never the time of day, so that a wrong clock does no
 * harm.
 */
function readLifetime(expiresIn: unknown, { exp, iat }: Record<string, unknown>): number {
  const stated = Number(typeof expiresIn === "string" ? expiresIn.trim() || NaN : (expiresIn ?? NaN));
  if (Number.isFinite(stated) && stated > 0) return stated * 1_000;
  const span = typeof exp === "number" && typeof iat === "number" ? exp - iat : NaN;
  return Number.isFinite(span) && span > 0 ? span * 1_000 : defaultLifetimeMs;
}

function unusable(reason: string): CloudError {
  return new CloudError("unauthorized", `${what}: the answer cannot be used: ${reason}. Check the base URL.`, {
    statusCode: 200,
  });
}
