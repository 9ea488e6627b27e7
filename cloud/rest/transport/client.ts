import { type ActivityLog, shownMs } from "../../core/activity-log";
import type { Clock } from "../../core/clock";
import { type CloudError, toCloudError } from "../../core/errors";
import { retry } from "../../core/retry";
import { Cancellations } from "../../core/abort";
import type { Endpoints } from "./endpoints";
import type { Http, HttpAnswer, HttpRequest } from "./http";
import type { Operation } from "../operations/index";
import { CloudClock } from "./cloud-clock";
import { describeDeprecation } from "./deprecation";
import { AdaptiveRateLimiter } from "./adaptive-rate-limiter";
import { nameCall, readBody, answerError } from "./error-response";
import { fillPath, nameObject, writeBody, writeQuery, type CallInput } from "./request";
import { parseRetryAfter, retryDelayMs } from "./retry";
import { secretsOf } from "./secrets";
import type { Token, TokenSource } from "./access-token";

/** The answer of an operation. */
export interface CallAnswer {
  status: number;
  /** Parsed JSON; `null` where the body is empty. */
  body: unknown;
}

/** Options of a call. */
export interface CallOptions {
  signal?: AbortSignal;
  /** Told how much of a body has gone out, in bytes. */
  onUpload?: (sent: number, total: number) => void;
}

/** The pace that several clients of one account keep together. */
export interface RequestGate {
  /** Waits until a request may go out. */
  turn(signal: AbortSignal): Promise<void>;
  /** Notes that the service has refused one by rate. */
  refused(retryAfterMs: number | undefined): void;
}

interface RestClientOptions {
  endpoints: Pick<Endpoints, "baseUrl">;
  tokens: Pick<TokenSource, "get" | "invalidate" | "secrets">;
  http: Http;
  clock: Clock;
  requestsPerSecond: number;
  /** Space id; blank for the user's own space. */
  organization?: string;
  /** Those who share the account's pace, where there are others. */
  gate?: RequestGate | undefined;
  log?: ActivityLog | undefined;
  /** Told once per operation what the service announces about it: that it is deprecated, ends, or a warning. */
  onNotice?: (message: string) => void;
}

/** A call that is ready to be sent, as often as needed. */
interface Call extends Omit<HttpRequest, "headers" | "url"> {
  /** Path and query, which stand behind the base URL. */
  target: string;
  operation: Operation;
  object: string;
  contentType?: string;
  /** Passwords and keys in the body. */
  bodySecrets: readonly string[];
}

/** How far a call has come. */
interface CallProgress {
  tries: number;
  /** Monotonic milliseconds at which the call was begun, and at which the last try went out or was begun. */
  readonly begunAt: number;
  sentAt: number;
  /** Whether the service may have carried out the last try. */
  sent: boolean;
  /** Milliseconds that the server asked for. */
  retryAfterMs: number | undefined;
}

/** The REST API of one account: with a token, at the account's pace, tried again where that helps. */
export class RestClient {
  readonly #options: RestClientOptions;
  readonly #rateLimiter: AdaptiveRateLimiter;
  readonly #cancellations = new Cancellations();
  readonly #cloudClock: CloudClock;
  /** Ids of operations whose notices have been told. */
  readonly #announced = new Set<string>();

  constructor(options: RestClientOptions) {
    this.#options = options;
    this.#cloudClock = new CloudClock(options.clock, options.onNotice);
    this.#rateLimiter = new AdaptiveRateLimiter(options);
  }

  /**
   * Calls an operation and returns its answer.
   * @throws CloudError by the status (docs/protocol.md#errors): `invalid_input`, `unauthorized`, `forbidden`,
   *   `not_found`, `conflict`, `precondition_failed`, `too_large`, `rate_limited`, `server_error`; else `offline`,
   *   `timeout`, `cancelled`, `not_configured`
   */
  async call(operation: Operation, input: CallInput = {}, { signal, onUpload }: CallOptions = {}): Promise<CallAnswer> {
    const path = fillPath(operation, input.path);
    const body = writeBody(operation, input.body);
    const call: Call = {
      operation,
      verb: operation.verb,
      target: path + writeQuery(input.query),
      ...(body === undefined ? {} : { body: body.data, contentType: body.type }),
      ...(onUpload && { onUpload }),
      what: nameCall(operation, path),
      object: nameObject(operation, input.path),
      maxAnswerBytes: operation.maxAnswerBytes,
      bodySecrets: secretsOf(operation, input.body),
    };
    return this.#cancellations.run(signal, ({ signal: either }) => this.#sendUntilDone(call, either));
  }

  /** The present pace in requests per second. */
  get requestsPerSecond(): number {
    return this.#rateLimiter.rate;
  }

  /** Sends nothing for a while: another client of the account was refused by rate. */
  pause(milliseconds: number): void {
    this.#rateLimiter.pause(milliseconds);
  }

  /**
   * Milliseconds by which the clock of the service is at least ahead of ours (negative: behind), as the last answer
   * tells; 0 where the difference may be due to its whole seconds and the way.
   */
  get clockSkew(): number {
    return this.#cloudClock.skewMs;
  }

  /** Returns the present time of the cloud, in milliseconds since 1970: what is relative to now is reckoned by it. */
  now(): number {
    return this.#cloudClock.now();
  }

  /** Ends everything under way, and all later calls, with `cancelled`. */
  close(): void {
    this.#cancellations.close();
    this.#rateLimiter.close();
  }

  /** Tries until it is done or hopeless, and tells the log. */
  async #sendUntilDone(call: Call, signal: AbortSignal): Promise<CallAnswer> {
    const { clock, log } = this.#options;
    const begunAt = clock.monotonic();
    const progress: CallProgress = { tries: 0, begunAt, sentAt: begunAt, sent: false, retryAfterMs: undefined };
    const onFailure = (error: CloudError, failures: number): number => {
      const { sent, retryAfterMs } = progress;
      const safe = call.operation.safe || !sent;
      const delayMs = retryDelayMs({ error, safe, attempt: failures, retryAfterMs }, clock.random());
      if (delayMs === undefined)
        throw failures === 1 ? error : error.withContext("", ` It was tried ${failures} times.`);
      // An answer may quote what was sent; what is told of the network has more to say than its code.
      const failure = error.statusCode === undefined ? error.message : `${call.what}: ${outcomeOf(error)}.`;
      log?.debug?.(`${failure} Trying again in ${shownMs(delayMs)}.`);
      return delayMs;
    };
    const work = (): Promise<CallAnswer> => this.#authorized(call, progress, signal);
    try {
      const answer = await retry(work, { clock, signal, what: call.what, onFailure });
      this.#tell(call, progress, String(answer.status));
      return answer;
    } catch (reason) {
      this.#tell(call, progress, outcomeOf(toCloudError(reason)));
      throw reason;
    }
  }

  #tell({ what }: Call, { tries, sentAt, begunAt }: CallProgress, outcome: string): void {
    if (this.#options.log?.debug === undefined) return;
    const now = this.#options.clock.monotonic();
    const count = tries === 1 ? "1 try" : `${tries} tries`;
    const [last, all] = [shownMs(now - sentAt), shownMs(now - begunAt)];
    this.#options.log.debug(`${what}: ${outcome} in ${last} (${count}, ${all} in all).`);
  }

  /** Sends once; if the token is refused, once more with a new one (docs/protocol.md#errors). */
  async #authorized(call: Call, progress: CallProgress, signal: AbortSignal): Promise<CallAnswer> {
    progress.tries += 1;
    progress.sentAt = this.#options.clock.monotonic();
    progress.retryAfterMs = undefined;
    let { answer, token } = await this.#send(call, progress, signal);
    if (answer.status === 401) {
      this.#options.tokens.invalidate(token.value);
      ({ answer, token } = await this.#send(call, progress, signal));
    }
    if (answer.status >= 200 && answer.status < 300) {
      return { status: answer.status, body: await readBody(answer, call.operation, call.what) };
    }
    progress.retryAfterMs = parseRetryAfter(answer.retryAfter, this.#options.clock.now());
    throw answerError(answer, call, [token.value, ...this.#options.tokens.secrets, ...call.bodySecrets]);
  }

  async #send(call: Call, progress: CallProgress, signal: AbortSignal): Promise<{ answer: HttpAnswer; token: Token }> {
    const { organization = "", http, tokens, clock, gate, endpoints } = this.#options;
    progress.sent = false;
    // First, so that requests that wait for a token do not go out all at once when it is there.
    await tokens.get({ signal });
    const started = await this.#rateLimiter.enter(signal);
    await gate?.turn(signal);
    // Again, since the wait for the turn may have outlasted the token.
    const token = await tokens.get({ signal });
    const headers: Record<string, string> = { Authorization: `Bearer ${token.value}` };
    if (organization !== "") headers["X-Organization"] = organization;
    if (call.contentType !== undefined) headers["Content-Type"] = call.contentType;
    progress.sent = true;
    progress.sentAt = clock.monotonic();
    const sentAt = clock.now();
    const url = endpoints.baseUrl + call.target;
    const answer = await http.send({ ...call, url, headers, secrets: [token.value, ...tokens.secrets] }, signal);
    this.#adapt(answer, started);
    this.#cloudClock.compare(answer.date ?? "", sentAt);
    this.#announce(call.operation, answer);
    return { answer, token };
  }

  #adapt(answer: HttpAnswer, started: number): void {
    const { clock, log, gate } = this.#options;
    const rate = this.requestsPerSecond;
    if (answer.status === 429) {
      const pauseMs = parseRetryAfter(answer.retryAfter, clock.now());
      this.#rateLimiter.refused(started, pauseMs);
      gate?.refused(pauseMs);
      if (pauseMs !== undefined) log?.debug?.(`The service asks for a pause: no request for ${shownMs(pauseMs)}.`);
    } else {
      this.#rateLimiter.accepted(started);
    }
    if (rate !== this.requestsPerSecond) {
      log?.debug?.(`From now on at most ${Math.round(this.requestsPerSecond * 10) / 10} requests a second go out.`);
    }
  }

  #announce(operation: Operation, { notices = {} }: HttpAnswer): void {
    const { onNotice } = this.#options;
    if (onNotice === undefined || this.#announced.has(operation.id)) return;
    const text = describeDeprecation(notices);
    if (text === "") return;
    this.#announced.add(operation.id);
    onNotice(`${nameCall(operation, operation.path)}: ${text}`);
  }
}

/** Returns how a request has failed, in a word: "404 not_found", or "offline" where there was no answer. */
function outcomeOf({ statusCode, code }: CloudError): string {
  return statusCode === undefined ? code : `${statusCode} ${code}`;
}
