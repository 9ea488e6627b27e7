import { readSourceDashboard } from "../../dashboard-page/dashboard";
import { drawDashboard } from "../../dashboard-page/from-variables";
import { makeFlow } from "../../dashboard-page/make-flow";
import type { PageTexts } from "../../dashboard-page/notes";
import { type PagePlan, type PlannedWidget, planDashboardPages } from "../../dashboard-page/plan";
import { findPages, type PresentPages, themeOf } from "../../dashboard-page/present-pages";
import { fetchFrom, type ListError } from "../admin-client";
import { errorText, type Translate } from "../i18n";
import type { TreeItem } from "../sidebar/tree-rows";
import { isDashboardReady } from "./dashboard-ready";
import { variablesOf } from "./variables";
import { openModal } from "../widgets/modal";

/** The subject of a page: a dashboard, a thing with all its variables, or variables. */
interface PageSubject {
  account: EditorNode;
  items: readonly TreeItem[];
  translate: Translate;
}

/** Shows what would become of a dashboard or of variables as a page of Dashboard 2.0, and makes it when the user says so. */
export function openPage({ account, items, translate }: PageSubject): void {
  if (RED.view.state() === RED.state.EDITING) {
    RED.notify(translate("tip.canvas-closed"), "warning");
    return;
  }
  if (!isDashboardReady(translate)) return;
  const [first] = items;
  const source =
    first?.kind === "dashboard"
      ? fetchFrom(account, "dashboard", { dashboard: first.dashboard.id }).then(readSourceDashboard)
      : Promise.resolve(drawDashboard(items.flatMap(variablesOf), translate("page.label.base")));
  source.then(
    (dashboard) => showPlan(planDashboardPages(dashboard), account, translate),
    (reason: unknown) => {
      // What is no dashboard to make a page of is told by the engine; all else by the request.
      const code = (reason as Partial<ListError>).code ?? "server_error";
      RED.notify(code === "invalid_input" ? translate("page.tip.no-widget") : errorText(code), "error");
    },
  );
}

function showPlan(plan: PagePlan, account: EditorNode, translate: Translate): void {
  const texts = textsOfPage(translate);
  const present = findPages(presentConfigs());
  const base = chooser("base", translate("page.label.base"), present.bases, present.bases[0]?.id, translate);
  const theme = chooser(
    "theme",
    translate("page.label.theme"),
    present.themes,
    themeOf(present.bases[0]?.id, present),
    translate,
  );
  base.select.on("change", () => theme.select.val(themeOf(base.value(), present) ?? ""));
  const content = $("<div>")
    .addClass("arduino-cloud-page")
    .append($("<p>").text(translate("page.tip.intro")), ...planLines(plan, texts, translate), base.row, theme.row);
  const close = (): void => void content.dialog("close");
  openModal(content, {
    title: plan.dashboard.name,
    width: 600,
    buttons: [
      { text: RED._("common.label.cancel"), click: close },
      {
        text: translate("page.label.import"),
        class: "primary",
        click: () => {
          close();
          putFlow(plan, { account: account.id, texts, present, base: base.value(), theme: theme.value() });
          RED.notify($("<p>").text(translate("page.tip.made")), { type: "success" });
        },
      },
    ],
  });
}

interface ChosenTarget {
  account: string;
  texts: PageTexts;
  present: PresentPages;
  base: string | undefined;
  theme: string | undefined;
}

/** Adds the flow to the editor, as one step that undo takes back, and shows it. */
function putFlow(plan: PagePlan, { base, theme, ...target }: ChosenTarget): void {
  const newId = (): string => RED.nodes.id();
  const flow = makeFlow(plan, { ...target, newId, ...(base && { base }), ...(theme && { theme }) });
  RED.view.importNodes(flow, { generateIds: false, addFlow: false, notify: false });
  const tab = flow.find(({ type }) => type === "tab");
  if (tab !== undefined) RED.workspaces.show(tab.id, false);
}

function presentConfigs(): EditorNode[] {
  const nodes: EditorNode[] = [];
  RED.nodes.eachConfig((node) => nodes.push(node));
  // A reference to a config node is its id, in the editor as in flow files.
  return nodes;
}

/** Returns a choice of config nodes, shown only where there are several; its value is `undefined` for a new one. */
function chooser(
  name: "base" | "theme",
  label: string,
  nodes: readonly { id: string; name: string }[],
  preferred: string | undefined,
  translate: Translate,
): { row: JQuery; select: JQuery; value: () => string | undefined } {
  const id = `arduino-cloud-page-${name}`;
  const select = $("<select>", { id });
  for (const node of nodes)
    select.append(
      $("<option>")
        .val(node.id)
        .text(node.name || node.id),
    );
  // The editor of Dashboard 2.0 takes a second base away again.
  if (name === "theme" || nodes.length === 0)
    select.append($("<option>").val("").text(translate("page.label.new-one")));
  select.val(preferred ?? "");
  const row = $('<div class="form-row">')
    .append($("<label>", { for: id }).text(label), select)
    .toggle(nodes.length > 1);
  return { row, select, value: () => String(select.val() ?? "") || undefined };
}

/** Returns what is told of the pages: their names, and what is not carried over as it is. */
function planLines({ pages }: PagePlan, texts: PageTexts, translate: Translate): JQuery[] {
  const noted = pages.flatMap(({ widgets }) => widgets).filter(({ notes }) => notes.length > 0);
  const list = $("<ul>").attr({ tabindex: 0, "aria-label": translate("page.label.import") });
  for (const widget of noted) list.append(noteLine(widget, texts));
  return [
    ...pages.map(({ name, widgets }) =>
      $("<p>")
        .attr("dir", "auto")
        .text(translate("page.tip.page", { name, count: widgets.length })),
    ),
    noted.length === 0 ? $("<p>").text(translate("page.tip.as-they-are")) : list,
  ];
}

function noteLine({ name, type, notes }: PlannedWidget, texts: PageTexts): JQuery {
  const title = $("<strong>")
    .attr("dir", "auto")
    .text(name || type);
  const kind = name === "" ? "" : ` (${type})`;
  return $("<li>").append(title, $("<span>").text(`${kind}: ${notes.map(texts.note).join(" ")}`));
}

function textsOfPage(translate: Translate): PageTexts {
  return {
    flow: (key) => translate(`page.flow.${key}`),
    note: ({ code, values }) => translate(`page.note.${code}`, values),
  };
}
