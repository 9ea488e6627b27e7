import { randomUUID } from "node:crypto";
import type { AccountSettings } from "../../cloud/rest/account-settings";
import { openConnection } from "../../cloud/mqtt/connection";
import { attempt, type CloudError, toCloudError } from "../../cloud/core/errors";
import { clockAnswer } from "../../cloud/doctor/index";
import { createRest, type Rest, type Token } from "../../cloud/rest/index";
import { probe } from "../../cloud/doctor/reachability";
import type { TestedCheck, CheckName } from "./protocol";

/** Milliseconds for all of a test; a part that takes longer ends as `timeout`. */
const timeoutMs = 20_000;

/** What each step can come to: the catalogue has a sentence for each. A failure that is not listed is `other`. */
export const checkReasons: Record<CheckName, readonly string[]> = {
  settings: ["other"],
  network: ["ok", "dns", "refused", "tls", "timeout", "other"],
  clock: ["ok", "ahead", "behind"],
  "sign-in": ["ok", "unauthorized", "rate-limited", "other"],
  space: ["other"],
  things: ["ok", "unauthorized", "forbidden", "rate-limited", "other"],
  broker: ["ok", "unauthorized", "offline", "timeout", "other"],
};

/**
 * Tries an account step by step: address, clock, API key, space, REST, broker. Gives a line for each step that was
 * tried; what cannot be tried after a failure is left out. Never rejects; leaves no connection open.
 */
export async function testConnection(settings: AccountSettings): Promise<TestedCheck[]> {
  const signal = AbortSignal.timeout(timeoutMs);
  let rest: Rest;
  try {
    rest = createRest({ ...settings, timeout: timeoutMs });
  } catch (reason) {
    return [failed("settings", toCloudError(reason))];
  }
  try {
    const seen = probe(rest.endpoints.baseUrl, timeoutMs / 2, settings.tls);
    const token = await attempt(rest.tokens.get({ signal, fresh: true }));
    const checks = networkChecks(await seen, token.error, rest.endpoints.baseUrl);
    if (token.error !== undefined) return [...checks, ...(await tokenChecks(settings, token.error, signal))];
    checks.push(passed("sign-in"));
    // One after the other, since a free plan takes one request a second.
    checks.push(await thingsCheck(rest, settings.organization, signal));
    checks.push(await brokerCheck(rest, token.value, settings, signal));
    return checks;
  } finally {
    rest.close();
  }
}

/** What went wrong in settings that could not even be read. */
export function settingsCheck(error: CloudError): TestedCheck {
  return failed("settings", error);
}

function networkChecks(
  seen: Awaited<ReturnType<typeof probe>>,
  error: CloudError | undefined,
  url: string,
): TestedCheck[] {
  const { host } = new URL(url);
  const isSilent = error?.code === "offline" || error?.code === "timeout";
  if (!isSilent) return [passed("network", { host }), ...clockChecks(seen.reached ? seen.time : undefined)];
  const reason = seen.reached ? "other" : seen.reason;
  return [{ name: "network", state: "failed", reason, values: { host }, detail: error.message }];
}

function clockChecks(serverTime: number | undefined): TestedCheck[] {
  if (serverTime === undefined) return [];
  const { code, values } = clockAnswer(Date.now() - serverTime);
  return code === "ok" ? [passed("clock")] : [{ name: "clock", state: "warning", reason: code, values }];
}

/** Tells a wrong API key from a wrong space: without the space, a good key is accepted. */
async function tokenChecks(settings: AccountSettings, error: CloudError, signal: AbortSignal): Promise<TestedCheck[]> {
  if (error.code === "offline" || error.code === "timeout") return [];
  if (error.code !== "unauthorized" || settings.organization === "") return [failed("sign-in", error)];
  const personal = createRest({ ...settings, organization: "", timeout: timeoutMs });
  try {
    const { error: other } = await attempt(personal.tokens.get({ signal }));
    if (other === undefined) return [passed("sign-in"), failed("space", error)];
    return [failed("sign-in", other)];
  } finally {
    personal.close();
  }
}

async function thingsCheck(rest: Rest, organization: string, signal: AbortSignal): Promise<TestedCheck> {
  const { value: things, error } = await attempt(rest.directory.things({ signal, maxAge: 0 }));
  if (error === undefined) return passed("things", { count: things.length });
  const isSpace = organization !== "" && ["forbidden", "not_found", "unauthorized"].includes(error.code);
  return failed(isSpace ? "space" : "things", error);
}

async function brokerCheck(
  rest: Rest,
  token: Token,
  settings: AccountSettings,
  signal: AbortSignal,
): Promise<TestedCheck> {
  const url = rest.endpoints.brokerUrl;
  const { host } = new URL(url);
  const { value: link, error } = await attempt(
    openConnection({
      url,
      login: { clientId: `${token.userId}:test-${randomUUID()}`, userName: token.userId, password: token.value },
      signal,
      onMessage: () => undefined,
      ...(settings.tls === undefined ? {} : { tls: settings.tls }),
    }),
  );
  if (error !== undefined) return failed("broker", error, { host });
  await link.close();
  return passed("broker", { host });
}

function passed(name: CheckName, values: TestedCheck["values"] = {}): TestedCheck {
  return { name, state: "ok", reason: "ok", values };
}

function failed(name: CheckName, error: CloudError, values: TestedCheck["values"] = {}): TestedCheck {
  // The signal that ends a test after its time aborts what is under way.
  const code = (error.code === "cancelled" ? "timeout" : error.code).replaceAll("_", "-");
  const reason = checkReasons[name].includes(code) ? code : "other";
  return { name, state: "failed", reason, values, detail: error.message };
}
