/** Checks of tokens and of the API. */
import { type Check, row, type Sight, unknownId } from "./check";
import { type Answer, fieldsOf } from "./probe";

/** Returns an answer's form: its status and what kind of body it has. */
function formOf({ status, headers, text }: Answer): string {
  const [type = ""] = (headers.get("content-type") ?? "").split(";");
  return `${status}, ${text === "" ? "no body" : type}`;
}

/** Returns the form of a time: digits as such, so that nobody learns when. */
function timeFormOf(value: unknown): string {
  if (typeof value !== "string") return typeof value;
  const digits = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(\d+))?Z$/.exec(value);
  return digits === null ? "another form" : "RFC 3339 in UTC";
}

const publish = ({ probe, objects }: Sight, variable: string, body: object): Promise<Answer> =>
  probe.call("PUT", `/v2/things/${objects.thingId}/properties/${objects.properties[variable]}/publish`, body);

const propertyOf = async ({ probe, objects }: Sight, variable: string): Promise<Record<string, unknown>> =>
  fieldsOf((await probe.call("GET", `/v2/things/${objects.thingId}/properties/${objects.properties[variable]}`)).json);

const thingOf = async ({ probe, objects }: Sight): Promise<Record<string, unknown>> =>
  fieldsOf((await probe.call("GET", `/v2/things/${objects.thingId}`)).json);

const tokens: readonly Check[] = [
  row(
    "token-life",
    "How long does a token live?",
    "300 s",
    async ({ probe }) => `${(await probe.token()).expiresIn} s`,
  ),
  row("token-user", "Is the user's id in the token?", "yes", async ({ probe }) =>
    (await probe.token()).userId === "" ? "no" : "yes",
  ),
  row("token-audience", "Is the audience without /iot taken?", "yes", async ({ probe }) =>
    (await probe.askToken("https://api2.arduino.cc")).value === "" ? "no" : "yes",
  ),
  row("token-wrong-audience", "How is another audience answered?", "400", async ({ probe }) =>
    String((await probe.askToken("https://example.org")).answer.status),
  ),
];

const conventions: readonly Check[] = [
  row("list", "How is a list answered?", "200, application/vnd.arduino.thing+json", async ({ probe }) =>
    formOf(await probe.call("GET", "/v2/things")),
  ),
  row("not-found", "How is an unknown thing answered?", "404, no body", async ({ probe }) =>
    formOf(await probe.call("GET", `/v2/things/${unknownId}`)),
  ),
  row("bad-request", "How is a bad request answered?", "400, application/vnd.goa.error+json", async ({ probe }) =>
    formOf(await probe.call("PUT", "/v2/things", { name: "?" })),
  ),
  row("error-fields", "Which fields has an error?", "code, detail, id, meta, status", async ({ probe }) => {
    const { json } = await probe.call("PUT", "/v2/things", { name: "?" });
    return Object.keys(fieldsOf(json)).sort().join(", ");
  }),
  row("times", "In which form are times?", "RFC 3339 in UTC", async (sight) =>
    timeFormOf((await thingOf(sight)).created_at),
  ),
  row("timezone", "Has a new thing a time zone?", "America/New_York", async (sight) => {
    const { timezone } = await thingOf(sight);
    return timezone === "America/New_York" ? timezone : "another one";
  }),
  row("date-header", "Do answers tell the time?", "yes", async ({ probe }) =>
    (await probe.call("GET", "/v2/things")).headers.has("date") ? "yes" : "no",
  ),
  row("rate-headers", "Which headers tell of the rate?", "none", async ({ probe }) => {
    const names = [...(await probe.call("GET", "/v2/things")).headers.keys()];
    return (
      names
        .filter((name) => /rate-?limit/.test(name))
        .sort()
        .join(", ") || "none"
    );
  }),
];

const values: readonly Check[] = [
  row("never-written", "What is the value that was never written?", '"N/A", without a time', async (sight) => {
    const { last_value: value, value_updated_at: time } = await propertyOf(sight, "fresh");
    const shown = value === "N/A" ? '"N/A"' : value === undefined ? "absent" : value === null ? "null" : "another one";
    return `${shown}, ${time === undefined ? "without" : "with"} a time`;
  }),
  row("publish", "How is a write answered?", "200, no body", async (sight) =>
    formOf(await publish(sight, "count", { value: 1 })),
  ),
  row("publish-wrong-kind", "How is a text for a number answered?", "200", async (sight) =>
    String((await publish(sight, "count", { value: "a text" })).status),
  ),
  row("publish-read-only", "How is a write to a read-only variable answered?", "200", async (sight) =>
    String((await publish(sight, "fixed", { value: 1 })).status),
  ),
  row("publish-foreign-device", "How is a write as a foreign device answered?", "400", async (sight) =>
    String((await publish(sight, "count", { value: 1, device_id: unknownId })).status),
  ),
  row("publish-as-device", "Does a write as the device become the last value?", "yes", async (sight) => {
    await publish(sight, "level", { value: 17, device_id: sight.objects.deviceId });
    const look = async (): Promise<string | undefined> =>
      (await propertyOf(sight, "level")).last_value === 17 ? "yes" : undefined;
    return (await sight.probe.wait(look)) ?? "no";
  }),
  row("publish-names", "Which names does a write of several take?", "variable and shown names", async (sight) => {
    const { probe, objects } = sight;
    const taken: string[] = [];
    for (const [kind, name] of [
      ["variable", "count"],
      ["shown", "Shown count"],
    ]) {
      const body = { properties: [{ property: name, value: 5 }] };
      const { status } = await probe.call("PUT", `/v2/things/${objects.thingId}/publish`, body);
      if (status < 300) taken.push(kind ?? "");
    }
    return taken.length === 0 ? "none" : `${taken.join(" and ")} names`;
  }),
];

const things: readonly Check[] = [
  row("serial", "Does a device take a blank serial?", "200", async ({ probe, objects }) =>
    String((await probe.call("POST", `/v2/devices/${objects.deviceId}`, { serial: "" })).status),
  ),
  row("update-properties", "Does a thing's update with a list of variables keep the others?", "yes", async (sight) => {
    const { probe, objects } = sight;
    const names = { name: "Shown count", variable_name: "count" };
    const properties = [{ ...names, type: "INT", permission: "READ_WRITE", update_strategy: "ON_CHANGE" }];
    const path = `/v2/things/${objects.thingId}`;
    const { status } = await probe.call("POST", path, { properties });
    if (status >= 400) return String(status);
    const { json } = await probe.call("GET", `${path}/properties`);
    return Array.isArray(json) && json.length >= 4 ? "yes" : "no";
  }),
  row("unbind", "Does a blank device_id unbind a device?", "yes", async (sight) => {
    const { probe, objects } = sight;
    const isBound = async (): Promise<boolean> => ((await thingOf(sight)).device_id ?? "") !== "";
    if (!(await isBound())) return undefined;
    await probe.call("POST", `/v2/things/${objects.thingId}`, { device_id: "" });
    return (await isBound()) ? "no" : "yes";
  }),
  row("soft-delete", "Is a deleted thing still listed?", "no, and reading is 404", async (sight) => {
    const { probe, objects } = sight;
    await probe.call("DELETE", `/v2/things/${objects.thingId}`);
    const list = (await probe.call("GET", "/v2/things")).json as unknown[];
    const isListed = list.some((one) => fieldsOf(one).id === objects.thingId);
    const { status } = await probe.call("GET", `/v2/things/${objects.thingId}`);
    return `${isListed ? "yes" : "no"}, and reading is ${status}`;
  }),
  row("restore", "What restores a deleted thing?", "soft_deleted: false only", async (sight) => {
    const { probe, objects } = sight;
    const path = `/v2/things/${objects.thingId}`;
    const isThere = async (): Promise<boolean> => (await probe.call("GET", path)).status === 200;
    await probe.call("POST", path, { timezone: "Europe/Rome" });
    if (await isThere()) return "any update";
    await probe.call("POST", path, { soft_deleted: false });
    return (await isThere()) ? "soft_deleted: false only" : "neither";
  }),
];

export const restChecks: readonly Check[] = [...tokens, ...conventions, ...values];

/** Checks after which the thing is no longer what it was. */
export const lastChecks: readonly Check[] = [
  ...things,
  row("rate", "How are too many requests answered?", "429, text/plain, without Retry-After", async ({ probe }) => {
    const all = await Promise.all(
      Array.from({ length: 25 }, () => probe.call("GET", "/v1/property_types", undefined, { gapMs: 0 })),
    );
    const refused = all.find(({ status }) => status === 429);
    if (refused === undefined) return undefined;
    return `${formOf(refused)}, ${refused.headers.has("retry-after") ? "with" : "without"} Retry-After`;
  }),
];
