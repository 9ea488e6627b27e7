import { createServer, type IncomingHttpHeaders, type RequestListener } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { setTimeout as delay } from "node:timers/promises";
import formBody from "@fastify/formbody";
import multipart from "@fastify/multipart";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { Faults, RestOrder } from "../behaviour/faults";
import { Listener } from "../net/listeners";
import { note, type Observed, type ObservedRequest } from "../behaviour/recorder";
import type { JsonValue } from "../json";
import type { Authority, Identity } from "../security/authority";
import type { Store } from "../store/store";
import type { Tokens } from "../store/tokens";
import { Failure } from "./failure";
import { checkFields, checkValue } from "./fields";
import { authenticate, RequestLimit } from "./auth-and-limits";
import { errorAnswer, orderedAnswer, takeOrder, type RawAnswer } from "./scripted-answers";
import { mediaType, type Call, type Route } from "./route";
import { routes } from "./routes";
import { giveToken, tokenPath } from "./token";

interface RestContext {
  store: Store;
  tokens: Tokens;
  faults: Faults;
  observed: Observed;
  /** Signs the certificates of devices; made when it is first needed. */
  authority: () => Promise<Authority>;
}

/** The REST face of the simulator, listening. */
interface RestFace {
  /** Base URL, as `http://127.0.0.1:<port>`. */
  url: string;
  /** The same over TLS, where it is switched on. */
  secureUrl: string | undefined;
  /** Closes the listener and destroys its connections, or opens the same port again. */
  setDown(down: boolean): Promise<void>;
  stop(): Promise<void>;
}

declare module "fastify" {
  interface FastifyRequest {
    observation: ObservedRequest;
    order: RestOrder | undefined;
  }
}

/** Bytes of the largest OTA file that is taken. */
const largestFile = 64 * 1024 * 1024;

/** Starts the REST face on 127.0.0.1. @param port 0 for a free one @param identity opens a second listener, with TLS */
export async function startRest(context: RestContext, port = 0, identity?: Identity): Promise<RestFace> {
  let handler: RequestListener | undefined;
  const timers = new Set<NodeJS.Timeout>();
  const app = fastify({
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 500 },
    serverFactory: (given) => createServer((handler = given)),
  });
  await prepare(app, context, timers);
  await app.ready();
  const plain = new Listener(createServer(handler), "127.0.0.1", port);
  const secure = identity && new Listener(createSecureServer(identity, handler), "127.0.0.1");
  const listeners = secure ? [plain, secure] : [plain];
  const setDown = async (down: boolean): Promise<void> => {
    await Promise.all(listeners.map((listener) => (down ? listener.close() : listener.open())));
  };
  await setDown(false);
  return {
    url: `http://127.0.0.1:${plain.port}`,
    secureUrl: secure && `https://127.0.0.1:${secure.port}`,
    setDown,
    async stop() {
      timers.forEach(clearTimeout);
      await setDown(true);
      await app.close();
    },
  };
}

async function prepare(app: FastifyInstance, context: RestContext, timers: Set<NodeJS.Timeout>): Promise<void> {
  readBodies(app);
  await app.register(formBody);
  await app.register(multipart, { attachFieldsToBody: "keyValues", limits: { fileSize: largestFile } });
  observe(app, context.observed);
  app.addHook("onSend", (_request, reply, _payload, next) => {
    const { clockOffsetMs } = context.faults;
    if (clockOffsetMs !== 0) void reply.header("date", new Date(Date.now() + clockOffsetMs).toUTCString());
    next();
  });
  obeyOrders(app, context.faults);
  const limit = new RequestLimit(context.faults);
  addToken(app, context, limit);
  for (const route of routes) addRoute(app, route, context, limit, timers);
  app.setNotFoundHandler((request, reply) => {
    sendRaw(reply, errorAnswer(404, `the simulator has no route ${request.method} ${request.observation.path}`));
  });
  app.setErrorHandler((error, _request, reply) => sendRaw(reply, answerOf(error)));
}

/** Reads JSON by any of its media types; an empty body is no body. */
function readBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(/^application\/([\w.-]+\+)?json/, { parseAs: "string" }, (_request, text, done) => {
    try {
      done(null, text === "" ? undefined : JSON.parse(text.toString()));
    } catch {
      done(new Failure(400, "the body is not valid JSON", "invalid_encoding"));
    }
  });
}

/** Writes down each request; the status follows when the answer goes out. */
function observe(app: FastifyInstance, observed: Observed): void {
  app.addHook("onRequest", (request, _reply, next) => {
    request.observation = {
      method: request.method,
      path: request.url.split("?")[0] ?? "",
      query: { ...(request.query as object) },
      headers: { ...request.headers },
      body: undefined,
      status: 0,
      at: Date.now(),
    };
    note(observed.requests, request.observation);
    next();
  });
  app.addHook("preHandler", (request, _reply, next) => {
    request.observation.body = request.body;
    next();
  });
}

/** Carries out the orders of `faults.rest`: before the work is done, or (`afterEffect`) in place of its answer. */
function obeyOrders(app: FastifyInstance, faults: Faults): void {
  app.addHook("preHandler", async (request, reply) => {
    const order = takeOrder(faults.rest, request.method, request.observation.path);
    request.order = order;
    if (order?.delayMs) await delay(order.delayMs, undefined, { ref: false });
    await order?.behind;
    if (!order || order.afterEffect || order.alter) return;
    if (order.drop) {
      reply.hijack();
      request.raw.socket.destroy();
      return;
    }
    const answer = orderedAnswer(order);
    if (answer) return sendRaw(reply, answer);
  });
  app.addHook("onSend", async (request, reply, payload) => {
    const { order } = request;
    if (order?.afterEffect && order.drop) {
      request.raw.socket.destroy();
      return payload;
    }
    if (order?.alter) {
      request.observation.status = reply.statusCode;
      return alteredAnswer(reply, order.alter, payload);
    }
    const answer = order?.afterEffect ? orderedAnswer(order) : undefined;
    if (answer) {
      for (const name of Object.keys(reply.getHeaders())) reply.removeHeader(name);
      reply.code(answer.status).headers(answer.headers);
    }
    request.observation.status = reply.statusCode;
    return answer ? Buffer.from(answer.body) : payload;
  });
}

/** Returns the body of an answer as an order wants it; where there was none, as JSON. */
function alteredAnswer(reply: FastifyReply, alter: (body: string) => string, payload: unknown): Buffer {
  const body = typeof payload === "string" || Buffer.isBuffer(payload) ? payload.toString() : "";
  reply.removeHeader("content-length");
  if (!reply.hasHeader("content-type")) reply.header("content-type", "application/json");
  return Buffer.from(alter(body));
}

function addToken(app: FastifyInstance, { store, tokens, faults }: RestContext, limit: RequestLimit): void {
  app.post(tokenPath, async (request, reply) => {
    if (faults.tokenStatus !== null) return sendRaw(reply, errorAnswer(faults.tokenStatus, "no token now"));
    if (store.choices.tokenCallsCount && !limit.admit(clientOf(request.body))) return tooMany(reply, faults);
    return giveToken(request.body, request.headers, store, tokens);
  });
}

const clientOf = (body: unknown): string => String((body as { client_id?: unknown } | undefined)?.client_id);

function tooMany(reply: FastifyReply, faults: Faults): FastifyReply {
  if (faults.retryAfter !== null) reply.header("retry-after", String(faults.retryAfter));
  return sendRaw(reply, errorAnswer(429, ""));
}

function addRoute(
  app: FastifyInstance,
  route: Route,
  context: RestContext,
  limit: RequestLimit,
  timers: Set<NodeJS.Timeout>,
): void {
  const { store, tokens, faults, authority } = context;
  app.route({
    method: route.method,
    url: route.path,
    handler: async (request, reply) => {
      const scope = authenticate(request.headers, store, tokens);
      if (!limit.admit(`${scope.userId} ${scope.organizationId ?? ""}`)) return tooMany(reply, faults);
      const call = { store, faults, authority, scope, later: later(timers), ...readCall(route, request) };
      const result = await route.handle(call);
      const { success = 200 } = route;
      return answer(reply, route, typeof success === "number" ? success : success(call), result);
    },
    errorHandler: (error, _request, reply) => {
      const { status, ...rest } = answerOf(error);
      if ((route.emptyErrors ?? [404]).includes(status)) void reply.code(status).send();
      else sendRaw(reply, { status, ...rest });
    },
  });
}

function readCall(route: Route, request: FastifyRequest): Pick<Call, "params" | "query" | "body" | "list" | "files"> {
  const { body, list } = route;
  const given = Object.entries(request.body ?? {}) as [string, unknown][];
  return {
    params: request.params as Record<string, string>,
    query: checkFields(route.query ?? {}, request.query, "query", true),
    body: body ? checkFields(body, request.body ?? {}, "body", isForm(request.headers)) : {},
    list: list ? (checkValue({ kind: "array", items: list }, request.body ?? null, "body") as JsonValue[]) : [],
    files: Object.fromEntries(given.filter((entry): entry is [string, Buffer] => Buffer.isBuffer(entry[1]))),
  };
}

/** Returns whether the body's values come as texts. */
const isForm = (headers: IncomingHttpHeaders): boolean =>
  /^(application\/x-www-form-urlencoded|multipart\/form-data)/.test(headers["content-type"] ?? "");

function later(timers: Set<NodeJS.Timeout>): Call["later"] {
  return (milliseconds, work) => {
    if (milliseconds <= 0) {
      work();
      return;
    }
    const timer = setTimeout(() => {
      timers.delete(timer);
      work();
    }, milliseconds);
    timers.add(timer);
  };
}

/** Success as the API gives it: a vendor media type, or nothing at all (docs/protocol.md#conventions). */
function answer(reply: FastifyReply, route: Route, status: number, result: unknown): FastifyReply {
  reply.code(status);
  if (route.answers === undefined) return reply.send();
  // A Buffer, because Fastify would add a charset to the media type of a text.
  return reply.header("content-type", mediaType(route.answers)).send(Buffer.from(JSON.stringify(result)));
}

function sendRaw(reply: FastifyReply, { status, headers, body }: RawAnswer): FastifyReply {
  return reply.code(status).headers(headers).send(Buffer.from(body));
}

function answerOf(error: unknown): RawAnswer {
  if (error instanceof Failure) return errorAnswer(error.status, error.detail, error.code);
  const status = (error as { statusCode?: number }).statusCode ?? 500;
  return errorAnswer(status, error instanceof Error ? error.message : String(error));
}
