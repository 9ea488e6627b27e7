/** Checks of times: of reports that are late, and of those that stored values are asked for by. */
import { type Check, row, type Sight } from "./check";
import { type Answer, fieldsOf } from "./probe";

const minuteMs = 60_000;
/** When the late reports were made, before now. */
const agesMs = [40 * minuteMs, 30 * minuteMs, 20 * minuteMs];
const lateValue = 40;

const inUtc = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;
const formOf = (time: unknown): string => (inUtc.test(String(time)) ? "RFC 3339 in UTC" : "another form");

/** Asks for stored values of the variable that late reports go to. */
async function ask(
  { probe, objects }: Sight,
  kind: "" | "_raw" | "_sampling",
  window?: object,
): Promise<Record<string, unknown>> {
  const now = Date.now();
  const usual = { from: new Date(now - 60 * minuteMs).toISOString(), to: new Date(now - 10 * minuteMs).toISOString() };
  const request = { q: `property.${objects.properties.count}`, ...usual, ...window };
  const answer: Answer = await probe.call("POST", `/v2/series/batch_query${kind}`, {
    resp_version: 1,
    requests: [request],
  });
  return answer.status === 200 ? fieldsOf((fieldsOf(answer.json).responses as unknown[] | undefined)?.[0]) : {};
}

const timesOf = ({ times }: Record<string, unknown>): string[] => (times as string[] | undefined) ?? [];

/** Returns in which order the points of a query are that is not told any. */
async function orderOf(sight: Sight, kind: "" | "_sampling"): Promise<string | undefined> {
  const times = timesOf(await ask(sight, kind, { interval: 300 }));
  const [first = "", last = ""] = [times[0], times.at(-1)];
  if (first === last) return undefined;
  return first < last ? "oldest first" : "newest first";
}

/** Checks of late reports; those behind the first need what it has written. */
export const timeChecks: readonly Check[] = [
  row("late-report", "Does a report of an earlier time become the last value?", "no", async (sight) => {
    const { probe, objects } = sight;
    const path = `/v2/things/${objects.thingId}/properties/${objects.properties.count}`;
    await probe.call("PUT", `${path}/publish`, { value: 7, device_id: objects.deviceId });
    const isLast = async (): Promise<unknown> => fieldsOf((await probe.call("GET", path)).json).last_value;
    if ((await probe.wait(async () => ((await isLast()) === 7 ? true : undefined))) === undefined) return undefined;
    const now = Date.now();
    const reports = agesMs.map((age, index) => ({
      timestamp: new Date(now - age).toISOString(),
      value: lateValue + index,
    }));
    const { status } = await probe.call("PUT", `${path}/publish_batch`, reports);
    if (status >= 400) return String(status);
    const isStored = async (): Promise<true | undefined> =>
      timesOf(await ask(sight, "_raw")).length >= agesMs.length || undefined;
    if ((await probe.wait(isStored)) === undefined) return undefined;
    return (await isLast()) === 7 ? "no" : "yes";
  }),
  row("value-times", "In which form is the time of a last value?", "RFC 3339 in UTC", async ({ probe, objects }) => {
    const path = `/v2/things/${objects.thingId}/properties/${objects.properties.count}`;
    const { value_updated_at: time } = fieldsOf((await probe.call("GET", path)).json);
    return time === undefined ? undefined : formOf(time);
  }),
  row("bin-times", "In which form are the times of bins and samples?", "RFC 3339 in UTC", async (sight) => {
    const times = [...timesOf(await ask(sight, "")), ...timesOf(await ask(sight, "_sampling"))];
    if (times.length === 0) return undefined;
    return [...new Set(times.map(formOf))].join(", ");
  }),
  row("window-forms", "Which times does a window take?", "UTC, an offset, nine digits", async (sight) => {
    const from = new Date(Date.now() - 60 * minuteMs);
    const offset = new Date(from.getTime() + 120 * minuteMs).toISOString().replace("Z", "+02:00");
    const forms = {
      UTC: from.toISOString(),
      "an offset": offset,
      "nine digits": from.toISOString().replace("Z", "000000Z"),
    };
    const taken: string[] = [];
    for (const [name, text] of Object.entries(forms))
      if (timesOf(await ask(sight, "_raw", { from: text })).length >= agesMs.length) taken.push(name);
    return taken.join(", ") || "none";
  }),
  row("bins-order", "In which order are bins?", "oldest first", (sight) => orderOf(sight, "")),
  row("samples-order", "In which order are samples?", "oldest first", (sight) => orderOf(sight, "_sampling")),
  row("thing-limit", "What does the limit of a thing's query count?", "all variables together", async (sight) => {
    const { probe, objects } = sight;
    const { count, level } = objects.properties;
    const now = Date.now();
    const past = agesMs.map((age) => ({ timestamp: new Date(now - age).toISOString(), value: 1.5 }));
    await probe.call("PUT", `/v2/things/${objects.thingId}/properties/${level}/publish_batch`, past);
    const window = {
      from: new Date(now - 60 * minuteMs).toISOString(),
      to: new Date(now - 10 * minuteMs).toISOString(),
    };
    const pointsOf = async (limit: number): Promise<number> => {
      const request = { q: `thing.${objects.thingId}`, ...window, series_limit: limit };
      const { json } = await probe.call("POST", "/v2/series/batch_query_raw", { resp_version: 1, requests: [request] });
      const elements = ((fieldsOf(json).responses as unknown[] | undefined) ?? []).map(fieldsOf);
      const ours = elements.filter(({ query }) => [`property.${count}`, `property.${level}`].includes(String(query)));
      return ours.reduce((sum, element) => sum + timesOf(element).length, 0);
    };
    const isStored = async (): Promise<true | undefined> => (await pointsOf(1_000)) >= 2 * agesMs.length || undefined;
    if ((await probe.wait(isStored)) === undefined) return undefined;
    return (await pointsOf(agesMs.length)) <= agesMs.length ? "all variables together" : "each variable alone";
  }),
];
