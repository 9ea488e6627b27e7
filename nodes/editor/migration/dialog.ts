import type { CarriedKeys } from "../../admin/protocol";
import { planMigration } from "../../migration/convert";
import type { FlowNode } from "../../migration/old-nodes";
import type { KeyMove, Migration, MigrationStep } from "../../migration/report";
import { post } from "../admin-client";
import { textsOf, type Translate } from "../i18n";
import { lockedFlows, presentFlow, replaceFlow } from "./flow";
import { openModal } from "../widgets/modal";

const field = "arduino-cloud-migration-keep-shape";

/** Shows what would become of the nodes of Arduino's own package, and converts them when the user says so. */
export function openMigration(translate: Translate): void {
  const flow = presentFlow();
  const plan = (keepsShape: boolean): Migration => planMigration(flow, { keepsShape, newId: () => RED.nodes.id() });
  if (plan(true).steps.length === 0) {
    RED.notify($("<p>").text(translate("tip.nothing")), { type: "warning" });
    return;
  }
  const locked = lockedFlows(flow);
  const keep = $("<input>", { type: "checkbox", id: field }).prop("checked", true);
  const list = $("<ul>").attr("tabindex", 0);
  const show = (): void => void list.empty().append(stepsOf(plan(keep.is(":checked")), translate));
  keep.on("change", show);
  show();
  const content = $("<div>").addClass("arduino-cloud-migration").append(contentOf({ locked, keep, list }, translate));
  const close = (): void => void content.dialog("close");
  const convert = (): void => {
    // The ids of new accounts must be those that the keys go to.
    const migration = plan(keep.is(":checked"));
    content.parent().find("button").prop("disabled", true);
    void carry(migration).then((missing) => {
      close();
      apply(flow, migration);
      tell(migration, missing, translate);
    });
  };
  openModal(content, {
    title: translate("label.title"),
    width: 640,
    buttons: [
      { text: translate("label.cancel"), click: close },
      { text: translate("label.convert"), class: "primary", disabled: locked.length > 0, click: convert },
    ],
  });
}

/** Returns the content of the dialog, from the top. */
function contentOf(
  { locked, keep, list }: { locked: readonly string[]; keep: JQuery; list: JQuery },
  translate: Translate,
): JQuery[] {
  const problem = (flow: string): JQuery =>
    $("<p>").addClass("arduino-cloud-problem").text(translate("tip.locked", { flow }));
  const label = $("<label>", { for: field }).css("display", "inline").text(translate("label.keep-shape"));
  return [
    $("<p>").text(translate("tip.intro")),
    ...locked.map(problem),
    list.attr("aria-label", translate("label.title")),
    $("<div>").append(keep, label),
    $("<div>").addClass("arduino-cloud-hint").text(translate("tip.keep-shape")),
  ];
}

function stepsOf({ steps }: Migration, translate: Translate): JQuery[] {
  return steps.map((step) =>
    $("<li>").append(
      ...heading(step, translate),
      $("<ul>").append(...step.notes.map(({ code, values }) => $("<li>").text(translate(`note.${code}`, values)))),
    ),
  );
}

function heading({ name, from, to }: MigrationStep, translate: Translate): (JQuery | string)[] {
  const parts = [$("<span>").text(from), " ", $("<strong>").attr("dir", "auto").text(name), " "];
  return [...parts, $("<span>").text(`${translate("label.becomes")} ${typeLabel(to)}`)];
}

/** Returns the name of a type of ours in the palette or the list of config nodes. */
function typeLabel(type: string): string {
  return textsOf(type)(type === "arduino-cloud-account" ? "label.account" : "palette");
}

/** Has the server copy the API keys; returns the accounts that have none then. */
async function carry({ flow, keys }: Migration): Promise<KeyMove[]> {
  const moves = keys.map(({ from, to }) => ({ from, to }));
  // Whoever may not deploy, or has lost the connection, enters the key when it is asked for.
  const { carried } = await post<CarriedKeys>("arduino-cloud/migration/keys", { keys: moves }).catch(() => ({
    carried: [] as string[],
  }));
  return keys.filter(({ to }) => !carried.includes(to) && !hasTypedKey(flow, to));
}

function hasTypedKey(flow: readonly FlowNode[], id: string): boolean {
  const credentials = flow.find((node) => node.id === id)?.credentials;
  return typeof credentials === "object" && credentials !== null && "clientSecret" in credentials;
}

function apply(before: readonly FlowNode[], { flow, steps }: Migration): void {
  const same = new Set(before);
  const changed = flow.filter((node) => !same.has(node)).map(({ id }) => id);
  replaceFlow(flow, new Set([...steps.map(({ id }) => id), ...changed]));
}

function tell({ steps }: Migration, missing: readonly KeyMove[], translate: Translate): void {
  const lines = [
    translate("tip.converted", { count: steps.length }),
    ...missing.map(({ name, to }) => translate("tip.enter-key", { account: name || to })),
  ];
  const text = $("<div>").append(...lines.map((line) => $("<p>").text(line)));
  RED.notify(text, missing.length > 0 ? { type: "warning", timeout: 20_000 } : { type: "success" });
}
