import { CloudError, type ErrorCode } from "../../core/errors";
import type { HttpAnswer } from "./http";
import type { Operation } from "../operations/index";
import { printable, redact } from "../../core/text";
import { asRecord, isJsonType, parseJson } from "../../core/json";
import { parseListInTurns } from "../../core/parse-in-turns";

interface Meaning {
  code: ErrorCode;
  /** The refusal in words; the service's own text is better where there is one. */
  said: string;
  /** Advice to the user. */
  advice: string;
}

/** The meaning of a status (docs/protocol.md#errors). */
const meanings: Record<number, Meaning> = {
  400: { code: "invalid_input", said: "the request is not valid", advice: "Check the fields that were sent." },
  401: {
    code: "unauthorized",
    said: "the access token was refused",
    advice: "Check the API key and the space of the account.",
  },
  403: {
    code: "forbidden",
    said: "this is not allowed",
    advice: "Check the rights of the API key, the plan and the space.",
  },
  404: { code: "not_found", said: "there is no such object", advice: "It is deleted, mistyped or of another space." },
  408: { code: "timeout", said: "the request took too long", advice: "Try again later." },
  409: {
    code: "conflict",
    said: "it conflicts with something that exists",
    advice: "Free the device or name first, or use force.",
  },
  410: { code: "not_found", said: "it is gone", advice: "It was removed." },
  412: {
    code: "precondition_failed",
    said: "a condition is not met",
    advice: "Check what it depends on and the limits of the plan.",
  },
  413: { code: "too_large", said: "the request is too large", advice: "Send less at once." },
  422: { code: "invalid_input", said: "the request is not valid", advice: "Check the fields that were sent." },
  429: {
    code: "rate_limited",
    said: "too many requests",
    advice: "Lower the account's requests per second; other programs with the same key count too.",
  },
  501: { code: "server_error", said: "the service does not offer this", advice: "Ask in another way." },
};

const serverFault: Meaning = { code: "server_error", said: "the service has a fault", advice: "Try again later." };
const oddRefusal: Meaning = { code: "invalid_input", said: "the request was refused", advice: "Check the request." };
const redirect: Meaning = {
  code: "server_error",
  said: "the address leads elsewhere, which is not followed",
  advice: "Check the account's base URL.",
};

function meaningOf(status: number): Meaning {
  const known = meanings[status];
  if (known !== undefined) return known;
  if (status >= 500) return serverFault;
  return status >= 400 ? oddRefusal : redirect;
}

/** Returns what an operation on certain objects is called in errors: "things: get (GET /iot/v2/things/1234…)". */
export function nameCall({ resource, name, verb }: Operation, path: string): string {
  return `${resource}: ${name} (${verb} ${path})`;
}

/**
 * Returns the error of an answer that is not a success.
 * @param call `what`: as `nameCall` returns it; `object`: what a 404 is about, as in "thing 1234…"
 * @param secrets what the service may echo but nobody may see
 */
export function answerError(
  answer: HttpAnswer,
  { operation, what, object }: { operation: Operation; what: string; object: string },
  secrets: readonly string[],
): CloudError {
  const foreign = foreignAnswer(answer, what);
  if (foreign !== undefined) return foreign;
  const { code, said, advice } = meaningOf(answer.status);
  const { detail, requestId } = readErrorBody(answer, secrets);
  const reason = code === "not_found" && object !== "" ? `no ${object}` : said;
  return new CloudError(code, `${what}: ${reason} (HTTP ${answer.status}${detail && `, "${detail}"`}). ${advice}`, {
    statusCode: answer.status,
    ...(detail && { detail }),
    ...(requestId && { requestId }),
    // Who may not even list what there is lacks rights or a plan, whatever single object is asked for.
    ...(code === "forbidden" && isList(operation) && { isOfAccount: true }),
  });
}

/**
 * Returns the error of an answer that is not the API's, but of something on the way: a proxy that wants a password, or a
 * filter's page; undefined for all others. It may pass, so it counts as a fault of the service.
 */
export function foreignAnswer({ status, mediaType, text }: HttpAnswer, what: string): CloudError | undefined {
  const facts = { statusCode: status };
  if (status === 407) {
    const said = `${what}: the proxy on the way wants a user name and a password (HTTP 407).`;
    return new CloudError("server_error", `${said} Put them into the address of the proxy.`, facts);
  }
  // Those of the service's own gateway are pages, too.
  if (status >= 500 || !/^\s*text\/html\b/i.test(mediaType) || text.trim() === "") return undefined;
  return new CloudError(
    "server_error",
    `${what}: something between here and the Arduino Cloud has answered, with a web page (HTTP ${status}): ` +
      "a filter, a proxy or a log-in page of the network. Check them, and the account's base URL.",
    facts,
  );
}

/**
 * Reads the body of an error: the goa model, a short plain text (429), a web page, or nothing
 * (docs/protocol.md#errors).
 */
function readErrorBody(
  { mediaType, text }: HttpAnswer,
  secrets: readonly string[],
): { detail: string; requestId: string } {
  const clean = (value: unknown): string => (typeof value === "string" ? printable(redact(value, secrets)) : "");
  const model = asRecord(parseJson(text));
  if (model !== undefined) return { detail: clean(model.detail), requestId: clean(model.id) };
  return { detail: mediaType.startsWith("text/plain") ? clean(text) : "", requestId: "" };
}

const onTheWay = "Check the account's base URL and any proxy; try again later.";

function isList({ verb, name }: Operation): boolean {
  return verb === "GET" && /^list\b/.test(name);
}

/**
 * Makes the error of a success whose body is none that the operation answers.
 * @param call names the operation, as in "things: list"
 * @param expected what it should be, as in "a list"
 */
export function unexpectedAnswer(call: string, expected: string): CloudError {
  return new CloudError(
    "server_error",
    `${call}: the answer is not ${expected}. Check the account's base URL; try again later.`,
  );
}

/**
 * Reads the body of a success: `null` where the operation has none or it is empty (docs/protocol.md#conventions).
 * @throws CloudError `server_error` where it is not JSON, or where there is nothing in place of a list; also where nothing
 *   is expected: then something else has answered, and the cloud may not even have seen the request
 */
export async function readBody(answer: HttpAnswer, operation: Operation, what: string): Promise<unknown> {
  // A long list is not even made a text in one go; what is no list after all, is.
  const { long } = answer;
  const list = long === undefined ? undefined : await parseListInTurns(long.chunks, long.clean);
  if (list !== undefined && operation.answer !== "empty") return list;
  if (answer.text.trim() === "") {
    if (!isList(operation)) return null;
    // An empty list is `[]` or `null`: a cloud that says nothing at all is none.
    throw new CloudError("server_error", `${what}: the answer is empty, not a list. ${onTheWay}`, {
      statusCode: answer.status,
    });
  }
  const body = parseJson(answer.text);
  if (body !== undefined) return operation.answer === "empty" ? null : body;
  const foreign = foreignAnswer(answer, what);
  if (foreign !== undefined) throw foreign;
  const form = isJsonType(answer.mediaType) ? "broken JSON" : `${printable(answer.mediaType) || "something"}, not JSON`;
  throw new CloudError("server_error", `${what}: the answer is ${form}. ${onTheWay}`, { statusCode: answer.status });
}
