import { nameLabel } from "../node-label";
import { typedAccount, writeValue } from "../admin-client";
import { errorText, textsOf, type Translate } from "../i18n";
import { addDemoAccount } from "./add-demo-account";
import { makeDraggable, putAndFollow, type Putting, putInSight } from "./drag-to-canvas";
import { notLoadedText } from "../import-file";
import { loadPart, usePart } from "../load-part";
import type { DetailsPanel } from "./details-panel";
import { listRows, type TreeItem, type TreeRow } from "./tree-rows";
import { Tree } from "./tree";
import { watchVisibility } from "./visibility";
import type { ClusterAnswer } from "../../admin/protocol";
import { type Seen, AccountPoller } from "./poll-account";

const accountType = "arduino-cloud-account";
/** Changes of flows come in crowds: one look at the accounts is enough for all of a moment. */
const gatherMs = 50;

/** The content of the sidebar's tab: the account, a search, the tree, and what is to be said of the chosen item. */
export class CloudTab {
  readonly #element: JQuery;
  readonly #translate: Translate;
  readonly #chooser = $("<select>");
  readonly #search = $('<input type="text">');
  readonly #refresh = $('<button type="button" class="red-ui-button red-ui-button-small">');
  readonly #note = $('<div class="arduino-cloud-sidebar-note" role="status">');
  /** The buttons that add an account, shown where there is none. */
  readonly #start = $('<div class="arduino-cloud-sidebar-start">');
  readonly #tryDemo = $('<button type="button" class="red-ui-button">').on("click", addDemoAccount);
  readonly #tip = $('<div class="arduino-cloud-sidebar-tip">');
  readonly #tree: Tree;
  readonly #details = $('<section class="arduino-cloud-sidebar-details">').hide();
  /** Made when something is chosen first. */
  #panel: Promise<DetailsPanel> | undefined;
  readonly #putting: Putting;
  readonly #watch = new AccountPoller((seen) => this.#show(seen));
  readonly #openings = new Map<string, boolean>();
  /** Branches that were opened or closed in the present search. */
  readonly #searchOpenings = new Map<string, boolean>();
  #account: EditorNode | undefined;
  /** The source of the account's settings: its id, or all its settings where they are not deployed. */
  #settings = "";
  #seen: Seen = { overview: {}, isLoading: false };
  #timer: number | undefined;

  /** Fills `element`. */
  constructor(element: JQuery, translate: Translate) {
    this.#element = element;
    this.#translate = translate;
    this.#putting = { translate, account: () => this.#account?.id ?? "" };
    const putting = this.#putting;
    this.#tree = new Tree({
      translate,
      onChoose: (row) => this.#describe(row),
      onToggle: (row, open) => {
        this.#presentOpenings().set(row.key, open);
        this.#draw();
      },
      onEnter: ({ item }, alt) => putInSight(item, alt, putting),
      onDoubleClick: ({ item }, alt) => putAndFollow(item, alt, putting),
      onLine: (element, row) => makeDraggable(element, row, putting),
    });
    this.#build();
    this.#listen();
  }

  /** Leads whoever uses the keyboard to the search, from where the arrow keys lead on into the tree. */
  focus(): void {
    this.#search.trigger("focus");
  }

  #build(): void {
    const translate = this.#translate;
    const head = $('<div class="arduino-cloud-sidebar-head">').append(this.#chooser, this.#search, this.#refresh);
    this.#chooser.attr("aria-label", translate("label.account"));
    this.#search.attr({ "aria-label": translate("label.search"), placeholder: translate("label.search") });
    this.#refresh
      .attr("aria-label", translate("label.refresh"))
      .append($('<i class="fa fa-refresh" aria-hidden="true">'));
    RED.popover.tooltip(this.#refresh, translate("label.refresh"));
    const add = $('<button type="button" class="red-ui-button">')
      .text(translate("label.add-account"))
      .on("click", () => RED.editor.editConfig("", accountType, "_ADD_"));
    this.#start.append(add, this.#tryDemo);
    this.#tip.text(`${translate("tip.drag")} ${translate("page.tip.mark")}`);
    this.#element.append(head, this.#note, this.#start, this.#tree.element, this.#details, this.#tip);
    this.#draw();
  }

  #listen(): void {
    this.#chooser.on("change", () => this.#choose(String(this.#chooser.val())));
    this.#search.on("input", () => {
      this.#searchOpenings.clear();
      this.#draw();
    });
    this.#search.on("keydown", (event) => {
      if (event.key === "ArrowDown") this.#tree.element.trigger("focus");
      else if (event.key === "Escape") this.#search.val("").trigger("input");
    });
    this.#refresh.on("click", () => this.#watch.refresh());
    for (const event of ["flows:loaded", "nodes:add", "nodes:change", "nodes:remove", "workspace:clear", "deploy"])
      RED.events.on(event, () => this.#accountsMayDiffer());
    // Flows can be stopped and started without a deploy.
    RED.events.on("runtime-state", () => this.#watch.lookSoon());
    const element = this.#element.get(0);
    if (element !== undefined) watchVisibility(element, (isVisible) => this.#watch.setVisible(isVisible));
    // The package may be enabled in an editor that has its flows already.
    this.#accountsMayDiffer();
  }

  #accountsMayDiffer(): void {
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#listAccounts(), gatherMs);
  }

  #listAccounts(): void {
    const accounts: EditorNode[] = [];
    RED.nodes.eachConfig((node) => {
      if (node.type === accountType) accounts.push(node);
    });
    // The texts of nodes may come later than this tab, and are there when the flows are.
    this.#tryDemo.text(textsOf(accountType)("label.try-demo"));
    const label = this.#translate("label.account");
    const options = accounts.map((node) => $("<option>").val(node.id).text(nameLabel(node, label)));
    this.#chooser
      .empty()
      .append(options)
      .toggle(accounts.length > 1);
    const present = accounts.find(({ id }) => id === this.#account?.id) ?? accounts[0];
    if (present !== undefined) this.#chooser.val(present.id);
    this.#choose(present?.id);
  }

  /** Looks at an account, anew if it is another one or its settings are others than those last used. */
  #choose(id: string | undefined): void {
    const account = id === undefined ? undefined : (RED.nodes.node(id) ?? undefined);
    const settings = account?.changed === true ? JSON.stringify(typedAccount(account)) : (account?.id ?? "");
    if (settings === this.#settings) return;
    this.#settings = settings;
    if (account?.id !== this.#account?.id) this.#tree.unmark();
    this.#account = account;
    this.#watch.watch(account);
  }

  #show(seen: Seen): void {
    this.#seen = seen;
    this.#draw();
  }

  #draw(): void {
    const { overview, isLoading } = this.#seen;
    const rows = listRows(overview, this.#presentOpenings(), this.#searched());
    this.#tree.element.toggle(rows.length > 0);
    this.#tree.setRows(rows);
    this.#describe(this.#tree.chosen);
    this.#tip.toggle(rows.length > 0);
    this.#search.prop("disabled", this.#account === undefined);
    this.#refresh.prop("disabled", this.#account === undefined || isLoading);
    this.#refresh.find("i").toggleClass("fa-spin", isLoading);
    const text = this.#notes(rows.length).join(" ");
    if (this.#note.text() !== text) this.#note.text(text);
    this.#start.toggle(this.#account === undefined);
  }

  /** Makes a page of an item, or of all variables that are selected. */
  #makePage(item: TreeItem): void {
    const account = this.#account;
    const items = item.kind === "variable" ? this.#tree.selected : [item];
    const translate = this.#translate;
    if (account !== undefined) usePart("page", ({ openPage }) => openPage({ account, items, translate }));
  }

  /** Tells of a row below the tree; of none, nothing. */
  #describe(row: TreeRow | undefined): void {
    if (row === undefined && this.#panel === undefined) return;
    this.#panel ??= loadPart("details").then(({ DetailsPanel: Panel }) => {
      this.#details.empty();
      const onAdd = (item: TreeItem, out: boolean): void => putAndFollow(item, out, this.#putting);
      const onWrite = async (item: TreeItem & { kind: "variable" }, value: unknown): Promise<void> => {
        if (this.#account !== undefined) await writeValue(this.#account, item.thing.id, item.variable.variable, value);
        this.#watch.refresh("values");
      };
      const onPage = (item: TreeItem): void => this.#makePage(item);
      return new Panel(this.#details, { translate: this.#translate, onAdd, onWrite, onPage });
    });
    this.#panel.then(
      // Others may have been chosen meanwhile.
      (panel) => panel.show(this.#tree.chosen, this.#tree.selected.length),
      () => {
        this.#panel = undefined;
        this.#details.text(notLoadedText()).show();
      },
    );
  }

  #searched(): string {
    return String(this.#search.val() ?? "").trim();
  }

  #presentOpenings(): Map<string, boolean> {
    return this.#searched() === "" ? this.#openings : this.#searchOpenings;
  }

  /** Says how things stand, where that is not plain from the tree. */
  #notes(rows: number): string[] {
    const { overview, problem, isLoading, cluster } = this.#seen;
    const translate = this.#translate;
    if (this.#account === undefined) return [translate("tip.no-account")];
    const isKnown = overview.things !== undefined;
    if (problem !== undefined) return [errorText(problem), ...(isKnown ? [translate("tip.kept")] : [])];
    if (!isKnown) return isLoading ? [translate("tip.loading")] : [];
    const notes: string[] = [];
    if (this.#account.changed === true) notes.push(translate("tip.undeployed"));
    if (cluster) notes.push(...clusterNotes(cluster, translate));
    if (overview.things?.length === 0) notes.push(translate("tip.no-things"));
    else if (rows === 0) notes.push(translate("tip.nothing-found"));
    return notes;
  }
}

/** Says which copy of a cluster sends the values. */
function clusterNotes({ state, share, speaker = "", copies: count }: ClusterAnswer, translate: Translate): string[] {
  if (state === "idle" || state === "joining") return [];
  if (share !== undefined) return [translate("tip.cluster-sharing", { ...share, count })];
  return [translate(`tip.cluster-${state}`, { speaker, count })];
}
