import { randomUUID } from "node:crypto";
import type { AccountSettings } from "../rest/account-settings";
import { type Clock, systemClock } from "../core/clock";
import { type MqttConnection, openConnection } from "../mqtt/connection";
import type { SessionState } from "../mqtt/session";
import { valueTopic } from "../mqtt/topics";
import type { ClusterState } from "../cluster/cluster-state";
import { attempt, type CloudError, toCloudError } from "../core/errors";
import { createRest, type KnownThing, listDevices, type Rest, type Token } from "../rest";
import { maskedId } from "../core/text";
import { checkDevices } from "./board-checks";
import { type Check, runChecks, type ExamineOptions, defaultTimeoutMs } from "./run-checks";
import { type Answer, type Finding, found, redactFindings } from "./finding";
import { serverChecks, type Servers } from "./server-checks";
import { askServerTime } from "./server-time";
import { checkUses, type NodeUse } from "./node-uses";

/** An account to be examined. */
export interface AccountCase {
  settings: AccountSettings;
  /** The account as it runs with just these settings: its requests go out at its pace. */
  running?: { rest: Rest; session: SessionState; cluster?: ClusterFacts | undefined };
  /** The things and devices that nodes of the account name. */
  uses: readonly NodeUse[];
}

/** How this Node-RED stands among the copies of its flow. */
interface ClusterFacts {
  state: ClusterState;
  /** How many copies live, with this one. */
  copies: number;
  /** Milliseconds by which the clock of the engine is ahead of ours. */
  clockSkewMs: number;
  /** How many of the copies run another flow. */
  strangers: number;
}

/** Facts that the checks of an account gather. */
interface AccountState extends Servers {
  readonly given: AccountCase;
  readonly clock: Clock;
  /** A client of the examination's own, so that nothing is remembered. */
  readonly own: Rest;
  token?: Token;
  /** Why the space was refused. */
  spaceError?: CloudError;
  things: readonly KnownThing[];
  connection?: MqttConnection;
}

/** Milliseconds by which clocks may differ: more than a slow answer explains, less than hurts anything. */
const clockToleranceMs = 60_000;
/** Copies whose clocks are further apart from their engine's may give values twice, in milliseconds. */
const clusterToleranceMs = 2_000;
/** The most requests a second that any plan takes (docs/protocol.md#request-rate). */
const maxRequestsPerSecond = 10;

const accountChecks: readonly Check<AccountState>[] = [
  { id: "settings", needs: [], run: ({ given }) => Promise.resolve(settingsAnswers(given)) },
  ...serverChecks<AccountState>("api"),
  { id: "clock", needs: ["api-tls"], run: checkClock },
  { id: "token", needs: ["api-tls"], run: checkToken },
  { id: "space", needs: ["token"], run: ({ given, spaceError }) => Promise.resolve(spaceAnswer(given, spaceError)) },
  { id: "things", needs: ["space"], run: checkThings },
  { id: "pace", needs: ["things"], run: (state) => Promise.resolve(paceAnswer(state)) },
  { id: "session", needs: [], run: ({ given }) => Promise.resolve(sessionAnswers(given.running?.session)) },
  { id: "cluster", needs: [], run: ({ given }) => Promise.resolve(clusterAnswers(given.running?.cluster)) },
  ...serverChecks<AccountState>("broker"),
  { id: "login", needs: ["space", "broker-tls"], run: checkLogin },
  { id: "subscription", needs: ["things", "login"], run: checkSubscription },
  { id: "variables", needs: ["things"], run: ({ given, things }) => Promise.resolve(checkUses(given.uses, things)) },
  { id: "devices", needs: ["things"], run: checkAllDevices },
];

/**
 * Examines an account from the way to the cloud to the variables in flows. Never rejects; leaves no connection open.
 */
export async function examineAccount(
  given: AccountCase,
  options: ExamineOptions & { clock?: Clock },
): Promise<Finding[]> {
  const { clock = systemClock, timeoutMs = defaultTimeoutMs } = options;
  let { settings } = given;
  let own: Rest;
  try {
    settings = { ...settings, ...(await settings.locate?.()) };
  } catch (reason) {
    return [{ id: "settings", ...found("settings", "demo-closed", {}, toCloudError(reason)) }];
  }
  try {
    // One request a second, since no plan takes less.
    const requestsPerSecond = Math.min(settings.requestsPerSecond, 1);
    own = createRest({ ...settings, requestsPerSecond, timeoutMs });
  } catch (reason) {
    return [unusableSettings(toCloudError(reason))];
  }
  const { baseUrl, brokerUrl } = own.endpoints;
  const addresses = { api: baseUrl, broker: brokerUrl };
  const { tls, proxy } = settings;
  const state: AccountState = { given, clock, own, things: [], addresses, tls, proxy };
  try {
    const findings = await runChecks(accountChecks, state, options);
    return redactFindings(findings, [settings.clientSecret, state.token?.value ?? ""]);
  } finally {
    await state.connection?.close();
    own.close();
  }
}

/** Returns the only finding where settings could not even be read. */
export function unusableSettings(error: CloudError): Finding {
  return { id: "settings", ...found("settings", "unusable", {}, error) };
}

/** Tells of services that are known only while they run: those of a demo. */
function settingsAnswers({ settings }: AccountCase): Answer[] {
  return settings.locate === undefined ? [] : [found("settings", "demo")];
}

/**
 * Answers how far this computer is ahead of a server's time.
 * @param ahead milliseconds
 */
function clockAnswer(ahead: number): Answer {
  if (Math.abs(ahead) <= clockToleranceMs) return found("clock", "ok");
  return found("clock", ahead > 0 ? "ahead" : "behind", { minutes: Math.round(Math.abs(ahead) / 60_000) });
}

async function checkClock({ own, given, clock }: AccountState): Promise<Answer> {
  const time = await askServerTime(own.endpoints.baseUrl, defaultTimeoutMs / 2, given.settings);
  return time === undefined ? found("clock", "unknown") : clockAnswer(clock.now() - time);
}

/** Tells a wrong API key from a wrong space: without the space, a good key is accepted. */
async function checkToken(state: AccountState, signal: AbortSignal): Promise<Answer> {
  const { settings } = state.given;
  const key = maskedId(settings.clientId);
  const { value, error } = await attempt(state.own.tokens.get({ signal, fresh: true }));
  if (value !== undefined) {
    state.token = value;
    return found("token", "ok", { key });
  }
  if (error.code === "unauthorized" && error.statusCode !== 200 && settings.organization !== "") {
    const personal = createRest({ ...settings, organization: "" });
    const other = await attempt(personal.tokens.get({ signal }));
    personal.close();
    if (other.error === undefined) {
      state.spaceError = error;
      return found("token", "ok", { key });
    }
  }
  return found("token", tokenCode(error), { key }, error);
}

function tokenCode({
  code,
  statusCode = 0,
}: CloudError): "unauthorized" | "rate-limited" | "service" | "stranger" | "offline" {
  if (code === "rate_limited") return "rate-limited";
  if (code === "offline" || code === "timeout" || code === "cancelled") return "offline";
  if (code === "unauthorized" && statusCode !== 200) return "unauthorized";
  return statusCode >= 500 ? "service" : "stranger";
}

function spaceAnswer({ settings: { organization: space } }: AccountCase, error: CloudError | undefined): Answer {
  if (space === "") return found("space", "own");
  return error === undefined ? found("space", "ok", { space }) : found("space", "refused", { space }, error);
}

/** Reads the things anew, with the running account where there is one. */
async function checkThings(state: AccountState, signal: AbortSignal): Promise<Answer> {
  const { rest } = state.given.running ?? { rest: state.own };
  const { value, error } = await attempt(rest.directory.things({ signal, maxAgeMs: 0 }));
  if (value !== undefined) {
    state.things = value;
    return value.length === 0 ? found("things", "none") : found("things", "ok", { count: value.length });
  }
  const code = error.code.replaceAll("_", "-");
  const known = (["unauthorized", "forbidden", "rate-limited"] as const).find((one) => one === code);
  return found("things", known ?? "other", {}, error);
}

function paceAnswer({ given, own }: AccountState): Answer {
  const { requestsPerSecond: set } = given.settings;
  const full = given.running === undefined ? Math.min(set, 1) : set;
  const rate = (given.running?.rest ?? own).client.requestsPerSecond;
  if (rate < full) return found("pace", "slowed", { rate: Math.round(rate * 100) / 100, set });
  return found("pace", set > maxRequestsPerSecond ? "high" : "ok", { set });
}

function sessionAnswers(session: SessionState | undefined): Answer[] {
  if (session === undefined) return [];
  if (session.name === "waiting" || session.name === "refused") {
    return [found("session", session.name, {}, session.error)];
  }
  return [found("session", session.name === "closed" ? "idle" : session.name)];
}

function clusterAnswers(cluster: ClusterFacts | undefined): Answer[] {
  if (cluster === undefined) return [];
  const { state, copies: count, clockSkewMs, strangers } = cluster;
  if (state.name === "idle") return [];
  if (state.name === "no-engine") return [found("cluster", "no-engine", {}, state.error)];
  const answers = [speakerAnswer(state, count)];
  if (strangers > 0) answers.push(found("cluster", "strangers", { count: strangers }));
  if (Math.abs(clockSkewMs) > clusterToleranceMs) {
    answers.push(found("cluster", "clocks", { seconds: Math.round(Math.abs(clockSkewMs) / 1_000) }));
  }
  return answers;
}

/** Returns which copy speaks, and for what. */
function speakerAnswer(state: Exclude<ClusterState, { name: "idle" | "no-engine" }>, count: number): Answer {
  if (state.name === "standing-by") return found("cluster", state.name, { count, speaker: state.speaker });
  if (state.name === "joining" || state.share === undefined) return found("cluster", state.name, { count });
  const { part, of } = state.share;
  return found("cluster", "sharing", { count, part, of });
}

/** Logs in beside the session of the account, under a client id that nobody else has. */
async function checkLogin(state: AccountState, signal: AbortSignal): Promise<Answer> {
  const { own, token, given } = state;
  const { host } = new URL(own.endpoints.brokerUrl);
  const { value, error } = await attempt(
    openConnection({
      url: own.endpoints.brokerUrl,
      login: {
        clientId: `${token?.userId ?? ""}:doctor-${randomUUID()}`,
        userName: token?.userId ?? "",
        password: token?.value ?? "",
      },
      signal,
      onMessage: () => undefined,
      tls: given.settings.tls,
      proxy: given.settings.proxy,
    }),
  );
  if (value === undefined) return found("login", loginCode(error), { host }, error);
  state.connection = value;
  return found("login", "ok", { host });
}

function loginCode({ code }: CloudError): "unauthorized" | "offline" | "other" {
  return code === "unauthorized" || code === "offline" ? code : "other";
}

async function checkSubscription({ things, connection }: AccountState): Promise<Answer> {
  const [thing] = things;
  if (thing === undefined || connection === undefined) return found("subscription", "no-thing");
  const { value: refused, error } = await attempt(connection.subscribe([valueTopic(thing.id, "reported")]));
  if (refused === undefined) return found("subscription", "lost", {}, error);
  return found("subscription", refused.length === 0 ? "ok" : "refused", { thing: thing.name });
}

async function checkAllDevices({ given, own, things }: AccountState, signal: AbortSignal): Promise<Answer[]> {
  const { client } = (given.running ?? { rest: own }).rest;
  const { value: devices, error } = await attempt(listDevices(client, { signal }));
  if (devices === undefined) return [found("devices", "unlisted", {}, error)];
  return checkDevices(devices, things, given.uses);
}
