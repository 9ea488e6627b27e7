import type { NodeAPI } from "node-red";
import { allNamed } from "../../cloud/core/names";
import { CloudError } from "../../cloud/core/errors";
import { printable } from "../../cloud/core/text";
import { chooseOperation, type Manager } from "../../cloud/manage/index";
import { readPackageFile } from "../runtime/package-files";
import { fieldsOf } from "../admin/routes";
import { readSourceDashboard } from "../dashboard-page/dashboard";
import { makeFlow } from "../dashboard-page/make-flow";
import type { PageNode } from "../dashboard-page/node-list";
import type { PageTexts } from "../dashboard-page/notes";
import { type PagePlan, planDashboardPages } from "../dashboard-page/plan";
import { findPages, type PresentPages, themeOf } from "../dashboard-page/present-pages";

/** The flow of a dashboard, and what of the dashboard is not in it as it was. */
interface ExportedFlow {
  flow: PageNode[];
  unsupported: { widget: string; type: string; reason: string }[];
}

interface ExportRequest {
  /** The id of the account node. */
  account: string;
  /** Id or name of the dashboard. */
  dashboard: string;
  /** Id or name of the base that the pages belong to; blank for the only one there is. */
  base: string;
  manager: Pick<Manager, "run">;
  signal: AbortSignal;
}

/**
 * Makes a flow for Dashboard 2.0 of a dashboard; the base and theme that are deployed are used again.
 * @throws CloudError `invalid_input`, `not_found`, `ambiguous`, and what `RestClient.call` throws
 */
export async function exportFlow(RED: NodeAPI, request: ExportRequest): Promise<ExportedFlow> {
  const { account, dashboard, manager, signal } = request;
  const chosen = chooseOperation({ resource: "dashboards", operation: "get", method: "", path: "" });
  const { body } = await manager.run(chosen, { targets: { dashboard }, query: undefined, body: undefined }, { signal });
  const plan = planDashboardPages(readSourceDashboard(body));
  const texts = englishTexts();
  const present = deployedPages(RED);
  const base = chooseBase(present, request.base);
  const theme = themeOf(base, present);
  const newId = (): string => RED.util.generateId();
  const flow = makeFlow(plan, { account, newId, texts, present, ...(base && { base }), ...(theme && { theme }) });
  return { flow, unsupported: unsupportedOf(plan, texts) };
}

function deployedPages(RED: NodeAPI): PresentPages {
  const nodes: Record<string, unknown>[] = [];
  RED.nodes.eachNode((config) => nodes.push(fieldsOf(config)));
  return findPages(nodes);
}

function chooseBase({ bases }: PresentPages, wanted: string): string | undefined {
  if (wanted === "") {
    if (bases.length < 2) return bases[0]?.id;
    const names = bases.map(({ name, path }) => `"${printable(name)}" (${printable(path)})`).join(", ");
    throw new CloudError(
      "ambiguous",
      `export-flow: there are several dashboards here: ${names}. Name one in msg.base.`,
    );
  }
  const found = bases.filter(({ id }) => id === wanted);
  const named = found.length > 0 ? found : allNamed(bases, wanted);
  if (named.length === 1) return named[0]?.id;
  const [code, words] = named.length === 0 ? (["not_found", "no"] as const) : (["ambiguous", "more than one"] as const);
  throw new CloudError(
    code,
    `export-flow: there is ${words} dashboard "${printable(wanted)}" in this Node-RED (msg.base).`,
  );
}

/** Returns the texts of a page from the English catalogue, which the editor has too. */
function englishTexts(): PageTexts {
  const catalogue = fieldsOf(readPackageFile("locales", "en-US", "sidebar.json"));
  const { flow, note } = fieldsOf(fieldsOf(catalogue["arduino-cloud-sidebar"]).page) as Record<
    string,
    Record<string, string>
  >;
  return {
    flow: (key) => flow?.[key] ?? key,
    note: ({ code, values }) =>
      (note?.[code] ?? code).replace(/__(\w+?)__/g, (_match, name: string) => printable(values?.[name] ?? "")),
  };
}

function unsupportedOf({ pages }: PagePlan, texts: PageTexts): ExportedFlow["unsupported"] {
  return pages
    .flatMap(({ widgets }) => widgets)
    .flatMap(({ name, type, notes }) => notes.map((note) => ({ widget: name, type, reason: texts.note(note) })));
}
