/** Checks of stored values. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Check, row, type Sight, unknownId } from "./check";
import { type Answer, fieldsOf } from "./probe";

/** Asks for the values of the last hour. */
function ask({ probe }: Sight, kind: "" | "_raw" | "_sampling", q: string, more: object = {}): Promise<Answer> {
  const now = Date.now();
  const window = { from: new Date(now - 3_600_000).toISOString(), to: new Date(now + 60_000).toISOString() };
  const body = { resp_version: 1, requests: [{ q, ...window, ...more }] };
  return probe.call("POST", `/v2/series/batch_query${kind}`, body);
}

const elementOf = ({ json }: Answer): Record<string, unknown> =>
  fieldsOf((fieldsOf(json).responses as unknown[] | undefined)?.[0]);

/** Returns the times of values; what is null is none. */
function timesOf(answer: Answer): string[] {
  const { times = [], values = [] } = elementOf(answer) as { times?: string[]; values?: unknown[] };
  return times.filter((_time, index) => values[index] !== null);
}

const level = ({ objects }: Sight): string => `property.${objects.properties.level}`;

export const historyChecks: readonly Check[] = [
  row("history-delay", "How soon is a value in history?", "within 5 s", async (sight) => {
    const { probe, objects } = sight;
    const path = `/v2/things/${objects.thingId}/properties/${objects.properties.level}/publish`;
    const start = Date.now();
    for (const value of [1.5, 2.5]) {
      await probe.call("PUT", path, { value, device_id: objects.deviceId });
      // Values of one instant would have no order.
      await sleep(5, undefined, { signal: probe.settings.signal });
    }
    const look = async (): Promise<number | undefined> =>
      timesOf(await ask(sight, "_raw", level(sight))).length >= 2 ? Date.now() - start : undefined;
    const spent = await probe.wait(look);
    if (spent === undefined) return undefined;
    return spent < 5_000 + 3 * probe.settings.gapMs ? "within 5 s" : spent < 60_000 ? "within a minute" : "later";
  }),
  row("history-times", "In which form are the times of history?", "RFC 3339 in UTC", async (sight) => {
    const [time] = timesOf(await ask(sight, "_raw", level(sight)));
    if (time === undefined) return undefined;
    return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(time) ? "RFC 3339 in UTC" : "another form";
  }),
  row("history-nulls", "Are there nulls among stored values?", "no", async (sight) => {
    const { values = [] } = elementOf(await ask(sight, "_raw", level(sight))) as { values?: unknown[] };
    if (values.length === 0) return undefined;
    return values.includes(null) ? "yes" : "no";
  }),
  row("history-order", "In which order are stored values?", "newest first unless sort says ASC", async (sight) => {
    const usual = timesOf(await ask(sight, "_raw", level(sight)));
    const ascending = timesOf(await ask(sight, "_raw", level(sight), { sort: "ASC" }));
    if (usual.length < 2) return undefined;
    const spanMs = (times: string[]): number => Date.parse(times.at(-1) ?? "") - Date.parse(times[0] ?? "");
    const [isFalling, isRising] = [spanMs(usual) < 0, spanMs(ascending) > 0];
    return isFalling && isRising ? "newest first unless sort says ASC" : "another one";
  }),
  row("history-edges", "Does a window hold its first and its last instant?", "the first only", async (sight) => {
    const [from = "", to = ""] = timesOf(await ask(sight, "_raw", level(sight), { sort: "ASC" })).slice(-2);
    if (to === "" || from === to) return undefined;
    const inside = timesOf(await ask(sight, "_raw", level(sight), { sort: "ASC", from, to }));
    const [first, last] = [inside.includes(from), inside.includes(to)];
    return first && last ? "both" : first ? "the first only" : last ? "the last only" : "neither";
  }),
  row("history-limit", "How is a series_limit above 1,000 answered?", "200", async (sight) =>
    String((await ask(sight, "_raw", level(sight), { series_limit: 1_001 })).status),
  ),
  row("history-unknown", "How is an unknown variable answered?", "200, an element that is not ok", async (sight) => {
    const answer = await ask(sight, "_raw", `property.${unknownId}`);
    if (answer.status !== 200) return String(answer.status);
    return `200, ${elementOf(answer).status === "ok" ? "an element that is ok" : "an element that is not ok"}`;
  }),
  row("bins-default", "How wide is a bin when nothing is said?", "300 s", async (sight) => {
    const { interval } = elementOf(await ask(sight, "", level(sight)));
    return typeof interval === "number" ? `${interval} s` : undefined;
  }),
  row("bins-edges", "Where do bins begin?", "at multiples of their width", async (sight) => {
    const [time] = timesOf(await ask(sight, "", level(sight), { interval: 60 }));
    if (time === undefined) return undefined;
    return Date.parse(time) % 60_000 === 0 ? "at multiples of their width" : "elsewhere";
  }),
];
