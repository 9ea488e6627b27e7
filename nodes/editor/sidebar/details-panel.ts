import type { Translate } from "../i18n";
import { addressOf, describeItem, type Line, itemName } from "./details";
import type { TreeItem, TreeRow } from "./tree-rows";
import { WriteControl } from "./write-control";

interface DetailsPanelOptions {
  translate: Translate;
  /** Puts the item on the canvas; `out` as property out. */
  onAdd: (item: TreeItem, out: boolean) => void;
  /** Writes to a variable; rejects with `ListError`. */
  onWrite: (item: TreeItem & { kind: "variable" }, value: unknown) => Promise<unknown>;
  /** Makes a page for Dashboard 2.0 of the item, or of all that is selected with it. */
  onPage: (item: TreeItem) => void;
}

/** The panel below the tree that tells of the chosen item. It keeps its buttons while values change. */
export class DetailsPanel {
  readonly element: JQuery;
  readonly #options: DetailsPanelOptions;
  #shape = "";
  #item: TreeItem | undefined;
  #control: WriteControl | undefined;
  /** The variable that the control is for, and its kind; blank for none. */
  #controlled = "";

  /** Fills `element`. */
  constructor(element: JQuery, options: DetailsPanelOptions) {
    this.element = element;
    this.#options = options;
  }

  /** Shows an item, or nothing; `count` tells how many variables are selected with it. */
  show(row: TreeRow | undefined, count = 1): void {
    const item = row === undefined || row.item.kind === "group" ? undefined : row.item;
    this.#item = item;
    this.element.toggle(item !== undefined);
    if (row === undefined || item === undefined) {
      this.#shape = "";
      this.#controlled = "";
      return;
    }
    const lines = describeItem(item, this.#options.translate);
    const shape = [
      row.key,
      itemName(item),
      isWritable(item),
      hasPage(item),
      count,
      ...lines.map(({ name }) => name),
    ].join("\n");
    if (shape !== this.#shape) this.#build(row.key, item, { lines, count });
    this.#shape = shape;
    if (item.kind === "variable") this.#control?.show(item.variable);
    const texts = this.element.find("dd > span");
    lines.forEach(({ text }, index) => {
      const place = texts.eq(index);
      if (place.text() !== text) place.text(text);
    });
  }

  #build(key: string, item: TreeItem, { lines, count }: { lines: readonly Line[]; count: number }): void {
    const { translate } = this.#options;
    const list = $("<dl>");
    for (const { name } of lines) {
      const text = $("<dd>").append(
        $("<span>")
          .attr("dir", "auto")
          .toggleClass("arduino-cloud-sidebar-id", name === "id"),
      );
      if (name === "id") text.append(this.#copyButton());
      list.append($("<dt>").text(translate(`label.${name}`)), text);
    }
    const heading = $("<h4>").text(itemName(item)).attr("dir", "auto");
    const focused = this.#control?.element.find(":focus");
    const control = this.#controlOf(key, item);
    this.element
      .empty()
      .attr("aria-label", itemName(item))
      .append(
        heading,
        control ?? [],
        list,
        $('<div class="arduino-cloud-sidebar-acts">').append(this.#acts(item, count)),
      );
    focused?.trigger("focus");
  }

  /**
   * Returns what a variable is written with. For the same variable it is the same, so that what it says stays: the first
   * value adds lines, and the panel is built anew.
   */
  #controlOf(key: string, item: TreeItem): JQuery | undefined {
    const { translate, onWrite } = this.#options;
    const kind = item.kind === "variable" ? item.variable.control : undefined;
    const controlled = `${key}\n${kind}`;
    const before = this.#control;
    if (before !== undefined && controlled === this.#controlled) return before.element.detach();
    this.#controlled = controlled;
    this.#control =
      kind === undefined || item.kind !== "variable"
        ? undefined
        : new WriteControl(item.variable, kind, translate, (value) => onWrite(item, value));
    return this.#control?.element;
  }

  #copyButton(): JQuery {
    const label = this.#options.translate("label.copy");
    const button = $('<button type="button" class="red-ui-button red-ui-button-small">')
      .attr("aria-label", label)
      .append($('<i class="fa fa-clipboard" aria-hidden="true">'));
    button.on("click", () => {
      const id = button.siblings("span").text();
      RED.clipboard.copyText(id, button, "clipboard.copyMessageValue");
      button.trigger("focus");
    });
    RED.popover.tooltip(button, label);
    return button;
  }

  #acts(item: TreeItem, count: number): JQuery[] {
    const { translate } = this.#options;
    const acts: JQuery[] = [];
    if (item.kind === "thing" || item.kind === "variable") {
      acts.push(this.#addButton("label.add-in", false));
      acts.push(this.#addButton("label.add-out", true).prop("disabled", !isWritable(item)));
    } else if (item.kind === "device") {
      acts.push(this.#addButton("label.add-status", false));
    }
    if (hasPage(item)) acts.push(this.#pageButton(item, count));
    const address = addressOf(item);
    if (address !== undefined)
      acts.push(
        $('<a target="_blank" rel="noopener noreferrer">')
          .attr("href", address)
          .text(translate("label.open"))
          .append(" ", $('<i class="fa fa-external-link" aria-hidden="true">')),
      );
    return acts;
  }

  #pageButton(item: TreeItem, count: number): JQuery {
    const { translate, onPage } = this.#options;
    const label = item.kind === "dashboard" ? translate("page.label.make") : translate("page.label.make-of-variables");
    return $('<button type="button" class="red-ui-button">')
      .text(count > 1 ? `${label} (${count})` : label)
      .on("click", () => {
        if (this.#item !== undefined) onPage(this.#item);
      });
  }

  #addButton(key: string, out: boolean): JQuery {
    return $('<button type="button" class="red-ui-button">')
      .text(this.#options.translate(key))
      .on("click", () => {
        if (this.#item !== undefined) this.#options.onAdd(this.#item, out);
      });
  }
}

function isWritable(item: TreeItem): boolean {
  return item.kind !== "variable" || item.variable.writable;
}

/** Returns whether a page can be made of an item: a thing without variables has nothing to show. */
function hasPage(item: TreeItem): boolean {
  return item.kind !== "device" && (item.kind !== "thing" || item.thing.variables.length > 0);
}
