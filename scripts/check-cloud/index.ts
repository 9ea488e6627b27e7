import type { Check } from "./check";
import { brokerChecks, expiryCheck } from "./checks-broker";
import { deviceChecks } from "./checks-device";
import { historyChecks } from "./checks-history";
import { planChecks, tokenRateCheck } from "./checks-plan";
import { lastChecks, restChecks } from "./checks-rest";
import { timeChecks } from "./checks-times";
import { CheckObjectsKeeper, LeftBehind } from "./objects";
import { CloudProbe, fieldsOf, type ProbeSettings } from "./probe";
import { type Outcome, reportOf, type WidgetKind } from "./report";

/** All checks, in their order. */
export const checks: readonly Check[] = [
  ...restChecks,
  ...historyChecks,
  ...timeChecks,
  ...brokerChecks,
  ...deviceChecks,
  ...planChecks,
  tokenRateCheck,
  ...lastChecks,
  expiryCheck,
];

/** The result of a run of the checks. */
interface CheckRun {
  outcomes: Outcome[];
  report: string;
  /** How much of what it made could not be removed. */
  left: number;
}

/**
 * Holds what the simulator assumes against a service: makes a thing and a device, looks, and removes them, whatever happens.
 * @param begins told each check before it begins
 * @throws LeftBehind where it failed, and something could not be removed
 */
export async function checkCloud(
  settings: ProbeSettings,
  { isLong = false, begins = () => undefined }: { isLong?: boolean; begins?: (check: Check) => void },
): Promise<CheckRun> {
  const probe = new CloudProbe(settings);
  // To remove what was made must not be called off.
  const remover = new CloudProbe({ ...settings, signal: new AbortController().signal });
  const keeper = new CheckObjectsKeeper(probe, remover);
  const outcomes: Outcome[] = [];
  const secrets = [settings.clientId, settings.clientSecret, settings.organization];
  const finish = async (): Promise<number> => {
    probe.close();
    return keeper.remove();
  };
  let report: string;
  try {
    const sight = { probe, objects: await keeper.make() };
    const widgets = await widgetsOf(probe);
    for (const check of checks) {
      begins(check);
      const { question, assumed } = check;
      const look = check.isLong && !isLong ? Promise.resolve({ fault: "takes minutes: --long" }) : seenBy(check, sight);
      outcomes.push({ question, assumed, ...(await look) });
      settings.signal.throwIfAborted();
    }
    report = reportOf(outcomes, widgets, secrets);
  } catch (reason) {
    const left = await finish();
    throw left > 0 ? new LeftBehind({ cause: reason }) : reason;
  }
  return { outcomes, report, left: await finish() };
}

async function seenBy(check: Check, sight: Parameters<Check["see"]>[0]): Promise<Pick<Outcome, "seen" | "fault">> {
  try {
    return { seen: await check.see(sight) };
  } catch (reason) {
    return { fault: reason instanceof Error ? reason.message : String(reason) };
  }
}

/** Returns the kinds of widgets in the account's dashboards with the names of their options: no text that a user wrote. */
async function widgetsOf(probe: CloudProbe): Promise<WidgetKind[]> {
  const { json } = await probe.call("GET", "/v2/dashboards");
  const kinds = new Map<string, Set<string>>();
  for (const dashboard of Array.isArray(json) ? (json as unknown[]) : []) {
    for (const widget of (fieldsOf(dashboard).widgets as unknown[] | undefined) ?? []) {
      const { type, options } = fieldsOf(widget);
      const names = kinds.get(String(type)) ?? new Set();
      for (const name of Object.keys(fieldsOf(options))) names.add(name);
      kinds.set(String(type), names);
    }
  }
  const isName = (name: string): boolean => /^[A-Za-z][\w-]{0,30}$/.test(name);
  return [...kinds]
    .filter(([kind]) => isName(kind))
    .map(([kind, names]) => ({ kind, options: [...names].filter(isName).sort() }));
}
