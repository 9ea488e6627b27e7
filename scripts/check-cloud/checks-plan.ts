/** Checks of what a plan allows. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Check, row } from "./check";
import { fieldsOf } from "./probe";

/** So many variables are added at the most until the plan refuses one; they go with the thing. */
const maxAdded = 12;
/** Requests for tokens at once. */
const tokenCount = 20;

/** Checks that need the thing, and leave it with more variables. */
export const planChecks: readonly Check[] = [
  row("plan-retention", "Does a device tell for how long history is kept?", "yes, in days", async (sight) => {
    const { json } = await sight.probe.call("GET", `/v2/devices/${sight.objects.deviceId}/properties`);
    return Number.isInteger(fieldsOf(json).data_retention_days) ? "yes, in days" : "no";
  }),
  row("plan-limit", "How is a variable answered that is one too many for the plan?", "412", async (sight) => {
    const { probe, objects } = sight;
    for (let number = 1; number <= maxAdded; number++) {
      const name = `more${number}`;
      const facts = { type: "INT", permission: "READ_WRITE", update_strategy: "ON_CHANGE" };
      const { status } = await probe.call("PUT", `/v2/things/${objects.thingId}/properties`, {
        ...{ name, variable_name: name, ...facts },
      });
      if (status >= 400) return String(status);
    }
    return undefined;
  }),
];

/** The service counts the requests of a second. */
const windowMs = 1_100;

/** Of tokens and the limit of requests. */
export const tokenRateCheck: Check = row(
  "token-rate",
  "Do requests for tokens count against the limit of requests?",
  "no",
  async ({ probe }) => {
    await probe.token();
    await sleep(Math.min(windowMs, probe.settings.patienceMs), undefined, { signal: probe.settings.signal });
    const tokens = Array.from({ length: tokenCount }, () => probe.askToken());
    const answers = await Promise.all([...tokens, probe.call("GET", "/v1/property_types", undefined, { gapMs: 0 })]);
    const statuses = answers.map((answer) => ("answer" in answer ? answer.answer.status : answer.status));
    return statuses.includes(429) ? "yes" : "no";
  },
);
