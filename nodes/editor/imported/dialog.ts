import { textOf } from "../../../cloud/core/text";
import { fetchFrom } from "../admin-client";
import { textsOf } from "../i18n";
import { nameLabel } from "../node-label";
import { openModal } from "../widgets/modal";

const translate = textsOf("arduino-cloud-sidebar");

/** An environment variable of a tab that names a thing or a device, and what may be chosen for it. */
interface Question {
  tab: EditorTab;
  /** The name of the environment variable. */
  variable: string;
  kind: "thing" | "device";
  /** The name that the flow has now. */
  given: string;
}

/** Asks once which of several accounts imported nodes shall use. */
export function askForAccount(accounts: readonly EditorNode[], take: (account: EditorNode) => void): void {
  const select = selectOf(accounts.map((node) => [node.id, nameLabel(node, translate("label.account"))]));
  open([row(translate("import.which-account"), select)], () => {
    const account = accounts.find(({ id }) => id === select.val());
    if (account !== undefined) take(account);
  });
}

/** Asks for the things and devices that imported flows name in environment variables, where the account has no such. */
export async function askForOpen(nodes: readonly EditorNode[], account: EditorNode): Promise<void> {
  const questions = questionsOf(nodes);
  if (questions.length === 0) return;
  const [things, devices] = await Promise.all([
    fetchFrom(account, "overview/things").catch(() => []),
    questions.some(({ kind }) => kind === "device") ? fetchFrom(account, "overview/devices").catch(() => []) : [],
  ]);
  const namesOf = { thing: things.map(({ name }) => name), device: devices.map(({ name }) => name) };
  const unanswered = questions.filter(({ kind, given }) => namesOf[kind].length > 0 && !namesOf[kind].includes(given));
  if (unanswered.length === 0) return;
  const fields = unanswered.map((question) => {
    const names = namesOf[question.kind].map((name): [string, string] => [name, name]);
    return { question, select: selectOf([["", translate("import.later")], ...names]) };
  });
  const rows = fields.map(({ question: { kind, given }, select }) =>
    row(translate(`import.which-${kind}`, { name: given }), select),
  );
  open(rows, () => {
    const dirty = RED.nodes.dirty();
    const events = fields.flatMap(({ question, select }) => fillIn(question, String(select.val() ?? ""), dirty));
    // One step, however many questions there were.
    if (events.length > 0) RED.history.push({ t: "multi", events, dirty });
  });
}

/** Returns what the tabs of nodes leave open: environment variables that fields of nodes are made of. */
function questionsOf(nodes: readonly EditorNode[]): Question[] {
  const tabs = new Set(
    nodes.map(({ z }) => RED.nodes.workspace(textOf(z))).filter((tab) => tab !== null && tab !== undefined),
  );
  return [...tabs].flatMap((tab) =>
    (tab.env ?? []).flatMap(({ name, value, type }): Question[] => {
      const kinds = (["thing", "device"] as const).filter((field) =>
        nodes.some((node) => node.z === tab.id && node[field] === `\${${name}}`),
      );
      const [kind] = kinds;
      return kind === undefined || type !== "str" || value === "" ? [] : [{ tab, variable: name, kind, given: value }];
    }),
  );
}

/** Puts a choice into the environment of its tab, as the form of the tab does; returns what undo needs, if anything. */
function fillIn({ tab, variable }: Question, value: string, dirty: boolean): HistoryEvent[] {
  if (value === "") return [];
  const event = { t: "edit", node: tab, changes: { env: tab.env }, changed: tab.changed, dirty };
  tab.env = (tab.env ?? []).map((entry) => (entry.name === variable ? { ...entry, value } : entry));
  tab.changed = true;
  RED.nodes.dirty(true);
  RED.events.emit("flows:change", tab);
  return [event];
}

function row(text: string, select: JQuery): JQuery {
  const label = $("<label>").text(text).css({ width: "auto", display: "block" });
  return $('<div class="form-row">').append(label.append($("<br>"), select.css({ width: "100%" })));
}

function selectOf(entries: readonly (readonly [value: string, text: string])[]): JQuery {
  return $("<select>").append(entries.map(([value, text]) => $("<option>").val(value).text(text)));
}

function open(rows: readonly JQuery[], accept: () => void): void {
  const content = $('<div class="arduino-cloud-imported">').append(...rows);
  const close = (): void => {
    content.dialog("close");
  };
  openModal(content, {
    title: translate("import.title"),
    resizable: false,
    width: Math.min(480, window.innerWidth - 40),
    classes: { "ui-dialog-titlebar-close": "hide", "ui-widget-overlay": "red-ui-editor-dialog" },
    buttons: [
      { text: translate("import.later"), click: close },
      {
        text: translate("import.ok"),
        class: "primary",
        click: () => {
          close();
          accept();
        },
      },
    ],
  });
}
