import type { PageTexts } from "../../nodes/dashboard-page/notes";
import { readSourceDashboard } from "../../nodes/dashboard-page/dashboard";
import { makeFlow, type PageTarget } from "../../nodes/dashboard-page/make-flow";
import type { PageNode } from "../../nodes/dashboard-page/node-list";
import { planDashboardPages } from "../../nodes/dashboard-page/plan";

/** A widget as the API answers it, as far as a spec cares. */
export type RawWidget = Record<string, unknown> & { type: string };

/** Texts that name themselves. */
const plainTexts: PageTexts = {
  flow: (key) => key,
  note: ({ code, values }) => [code, values?.keys ?? ""].join(" ").trim(),
};

/** Returns ids that look like those of Node-RED, in their order. */
export function countedIds(): () => string {
  let last = 0;
  return () => (++last).toString(16).padStart(16, "0");
}

const nothing = { bases: [], themes: [], pages: [] };

/** Makes the flow of a dashboard, with counted ids. */
export function flowOf(dashboard: unknown, target: Partial<PageTarget> = {}): PageNode[] {
  const usual = { account: "acct", newId: countedIds(), texts: plainTexts, present: nothing };
  return makeFlow(planDashboardPages(readSourceDashboard(dashboard)), { ...usual, ...target });
}

/** Returns a variable as a widget's answer holds it. */
export function linked(name: string, type: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    ...{ id: `id of ${name}`, name, variable_name: name, type, permission: "READ_WRITE" },
    ...{ thing_id: "thing-1", thing_name: "House" },
    ...more,
  };
}
