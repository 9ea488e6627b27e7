import type { Request, RequestHandler, Response } from "express";
import type { Node, NodeAPI } from "node-red";
import type { CloudAccount } from "../../cloud/account";
import type { AccountSettings } from "../../cloud/rest/account-settings";
import { abortable } from "../../cloud/core/abort";
import { CloudError, type ErrorCode } from "../../cloud/core/errors";
import { inBackground } from "../../cloud/core/guard";
import { createRest, listDevices, type Rest } from "../../cloud/rest/index";
import { type AccountNode, findAccount } from "../runtime/account-node";
import { HouseClosed } from "../runtime/demo-house";
import { NoDeviceInDemo } from "../runtime/device-settings";
import { FlowsStopped } from "../runtime/not-running";
import { isDemo, readAccountSettings } from "../runtime/account-settings";
import { asWritten, type RawSettings } from "../runtime/settings";
import type { Refusal } from "./protocol";
import { SharedRuns } from "./shared-runs";
import { findDeployed, isSameWay, requireDeployedVariables, SecretNeeded, withStored } from "./stored-secrets";
import { chooseDevices, listAllVariables, thingChoices, listVariables } from "./choices";
import { textOf, trimmedText } from "../../cloud/core/text";

const accountType = "arduino-cloud-account";
/** Milliseconds for one answer to the editor. */
const timeoutMs = 30_000;
/** A list that is not older, in milliseconds, need not be asked for again, unless the user refreshes. */
export const answerTtlMs = 30_000;

/**
 * Registers the endpoints that the forms use, once per load:
 *
 * - `GET arduino-cloud/accounts/:id/things`, `…/things/:thing`, `…/variables` and `…/devices`: lists of a deployed
 *   account;
 * - `POST arduino-cloud/things`, `/thing`, `/variables` and `/devices`: the same with settings that are not deployed,
 *   in the body.
 *
 * Reading with a deployed account needs `arduino-cloud.read`. Whatever makes the server use credentials that somebody
 * typed needs `arduino-cloud.write`. Answers never hold a secret.
 */
export function registerAdminRoutes(RED: NodeAPI): void {
  const { httpAdmin } = RED;
  registerList(RED, "things", "things", async ({ directory }, request, signal) =>
    thingChoices(await directory.things({ signal, maxAgeMs: maxAge(request) })),
  );
  registerList(RED, "things/:thing", "thing", async ({ directory }, request, signal) => {
    const thing: unknown = request.params.thing ?? fieldsOf(request.body).thing;
    return listVariables(await directory.thing(textOf(thing), { signal, maxAgeMs: maxAge(request) }));
  });
  registerList(RED, "variables", "variables", async ({ directory }, request, signal) =>
    listAllVariables(await directory.things({ signal, maxAgeMs: maxAge(request) })),
  );
  httpAdmin.get(
    "/arduino-cloud/accounts/:id/devices",
    RED.auth.needsPermission("arduino-cloud.read"),
    // The account's nodes ask for the same list: one request does for all.
    answer(async (request, signal) => {
      const { polling } = runningAccount(RED, request) ?? {};
      if (polling !== undefined) return chooseDevices(await polling.devices(signal));
      return withStopped(RED, request, async ({ client }) => chooseDevices(await listDevices(client, { signal })));
    }),
  );
  httpAdmin.post(
    "/arduino-cloud/devices",
    RED.auth.needsPermission("arduino-cloud.write"),
    answer((request, signal) =>
      withTyped(RED, request, async ({ client }) => chooseDevices(await listDevices(client, { signal }))),
    ),
  );
}

/**
 * Registers both endpoints of a list: `GET arduino-cloud/accounts/:id/<deployed>` of a deployed account, and
 * `POST arduino-cloud/<typed>` with settings that are not deployed.
 */
export function registerList(
  RED: NodeAPI,
  deployed: string,
  typed: string,
  ask: (rest: Rest, request: Request, signal: AbortSignal) => Promise<unknown>,
): void {
  RED.httpAdmin.get(
    `/arduino-cloud/accounts/:id/${deployed}`,
    RED.auth.needsPermission("arduino-cloud.read"),
    answer(async (request, signal) => {
      const { rest } = runningAccount(RED, request) ?? {};
      if (rest !== undefined) return ask(rest, request, signal);
      return withStopped(RED, request, (stopped) => ask(stopped, request, signal));
    }),
  );
  RED.httpAdmin.post(
    `/arduino-cloud/${typed}`,
    RED.auth.needsPermission("arduino-cloud.write"),
    answer((request, signal) => withTyped(RED, request, (rest) => ask(rest, request, signal))),
  );
}

/** Returns the account of a request as it runs; `undefined` where it is deployed, but the flows are stopped. */
function runningAccount(RED: NodeAPI, request: Request): CloudAccount | undefined {
  const id = String(request.params.id ?? "");
  const node = RED.nodes.getNode(id) as Node | null | undefined;
  // All nodes are looked through only where it does not run.
  const { config } = node ? {} : findDeployed(RED, id, accountType);
  if (config !== undefined && config.d !== true) return undefined;
  return findAccount(RED, id).account;
}

/** Asks the cloud for a deployed account that does not run, over a client that lives no longer than this. */
function withStopped<T>(RED: NodeAPI, request: Request, ask: (rest: Rest) => Promise<T>): Promise<T> {
  const { config = {}, stored } = findDeployed(RED, String(request.params.id ?? ""), accountType);
  return withClient(readAccountSettings(RED, filledIn(RED, undefined, config), filledIn(RED, undefined, stored)), ask);
}

/** Asks the cloud with settings that are not deployed, over a client that lives no longer than this. */
export async function withTyped<T>(RED: NodeAPI, request: Request, ask: (rest: Rest) => Promise<T>): Promise<T> {
  return withClient(typedSettings(RED, request.body), ask);
}

async function withClient<T>(settings: AccountSettings, ask: (rest: Rest) => Promise<T>): Promise<T> {
  const rest = createRest({ ...settings, timeoutMs });
  try {
    return await ask(rest);
  } finally {
    rest.close();
  }
}

/**
 * Returns the settings in the body of a request: those of a form, a stored secret in place of `__PWRD__`, `${ENV}`
 * replaced as a deploy would, both only where the deployed account has them too.
 * @throws CloudError `not_configured`; SecretNeeded
 */
export function typedSettings(RED: NodeAPI, body: unknown): AccountSettings {
  const { id, settings, credentials } = fieldsOf(body);
  const { config, stored } = findDeployed(RED, trimmedText(id), accountType);
  const typed = fieldsOf(settings);
  // It uses no secret of anybody.
  if (isDemo(typed)) return readAccountSettings(RED, typed, {});
  const secrets = withStored(fieldsOf(credentials), stored, isSameWay(typed, config));
  requireDeployedVariables(typed, config);
  requireDeployedVariables(secrets, config && stored);
  const node = RED.nodes.getNode(trimmedText(id)) as AccountNode | null | undefined;
  return readAccountSettings(RED, filledIn(RED, node, typed), filledIn(RED, node, secrets));
}

/** Returns settings with what their environment variables hold, and what stands in the form. */
export function filledIn(RED: NodeAPI, node: Node | null | undefined, written: RawSettings): RawSettings {
  const resolve = (value: unknown): unknown => resolveEnvironment(RED, node ?? undefined, value);
  return { ...mapValues(written, resolve), [asWritten]: written };
}

/** Returns the value that a setting of the form `${NAME}` stands for, as a deploy would find it; any other as it is. */
export function resolveEnvironment(RED: NodeAPI, node: Node | undefined, value: unknown): unknown {
  if (typeof value !== "string" || !/^\$\{[^}]+\}$/.test(value)) return value;
  // Without a node, Node-RED looks at the environment of the process.
  return RED.util.evaluateNodeProperty(value, "env", node as Node, {});
}

function maxAge(request: Request): number {
  return request.query.refresh === undefined ? answerTtlMs : 0;
}

/** The HTTP status of each code. Never 401 or 403: the editor takes those for its own user's. */
const statuses: Partial<Record<ErrorCode, number>> = {
  not_configured: 409,
  invalid_input: 400,
  not_found: 404,
  ambiguous: 409,
  timeout: 504,
};

/** Makes an endpoint of an async function: JSON, or the error as `{code, message}`. */
export function answer(work: (request: Request, signal: AbortSignal) => Promise<unknown>): RequestHandler {
  return (request: Request, response: Response): void => {
    // A form of another site can send texts and forms, with the user's login, but no JSON.
    if (request.method === "POST" && !request.is("application/json")) {
      const refusal: Refusal = { code: "invalid_input", message: "The body of the request has to be JSON." };
      response.status(415).json(refusal);
      return;
    }
    const signal = AbortSignal.timeout(timeoutMs);
    const refuse = (reason: unknown): void => {
      const { code, message } = signal.aborted ? tooSlow : reason instanceof CloudError ? reason : internal;
      const refusal: Refusal = { code: refusalOf(reason) ?? code, message };
      response.status(statuses[code] ?? 502).json(refusal);
    };
    inBackground(run(work, request, signal).then((body) => void response.json(body), refuse));
  };
}

/** Returns the code of an error that the editor has a sentence of its own for. */
function refusalOf(reason: unknown): Refusal["code"] | undefined {
  if (reason instanceof SecretNeeded) return "secret_needed";
  if (reason instanceof FlowsStopped) return "flows_stopped";
  if (reason instanceof HouseClosed) return "demo_closed";
  return reason instanceof NoDeviceInDemo ? "demo_house" : undefined;
}

/** Requests with typed settings, which have no pace of their own as deployed ones have. */
const typedRuns = new SharedRuns(4);

function run(
  work: (request: Request, signal: AbortSignal) => Promise<unknown>,
  request: Request,
  signal: AbortSignal,
): Promise<unknown> {
  // What makes something is asked for each time.
  if (request.method !== "POST" || !isTyped(request.body) || request.path.endsWith("/create"))
    return work(request, signal);
  const key = JSON.stringify([request.path, request.query, request.body]);
  return abortable(
    typedRuns.run(key, () => work(request, signal)),
    signal,
    "The request",
  );
}

/** Returns whether a body has settings, of an account or device, that are not deployed. */
function isTyped(body: unknown): boolean {
  const { settings, account, device } = fieldsOf(body);
  return [settings, fieldsOf(account).settings, fieldsOf(device).settings].some((given) => given !== undefined);
}

const tooSlow = new CloudError("timeout", `The cloud did not answer within ${timeoutMs / 1000} seconds.`);
/** Anything else that goes wrong is a fault of ours, whose text nobody has checked for secrets. */
const internal = new CloudError("server_error", "The request failed inside Node-RED.");

/** Returns the fields of a value that came from the editor; none where it is no object. */
export function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

/** Returns the same fields with other values. */
export function mapValues(
  fields: Record<string, unknown>,
  change: (value: unknown, field: string) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, change(value, field)]));
}
