import { textsOf, type Translate } from "../i18n";
import { lastValueWords } from "../last-value-words";
import { itemName, statusText } from "./details";
import type { TreeItem, TreeRow } from "./tree-rows";

const icons: Record<TreeItem["kind"], string> = {
  group: "fa-folder-o",
  thing: "fa-cube",
  variable: "fa-tag",
  device: "fa-microchip",
  dashboard: "fa-th-large",
};

/** How much of an object a line says, so that there is room for its name: on or off, and how bright. */
const mostParts = 2;

/** How a line stands out. */
interface LineState {
  /** The keys act on it. */
  isChosen: boolean;
  /** It is among those that a button acts on. */
  isSelected: boolean;
}

/** The texts of a line of the tree. */
interface LineTexts {
  name: string;
  /** The type. */
  detail: string;
  /** The text at the end: a value, a status, a number. */
  end: string;
  /** The class of the end, which gives it its looks. */
  look: "" | "online" | "offline" | "unknown" | "none";
}

/**
 * One element of the tree, which shows one line after the other as the tree is scrolled. Names and values come from the
 * cloud and may hold anything: they are put in as text.
 */
export class TreeLine {
  readonly element: JQuery;
  row: TreeRow | undefined;
  readonly #translate: Translate;
  readonly #caret = $('<i class="fa arduino-cloud-sidebar-caret" aria-hidden="true">');
  readonly #icon = $('<i class="arduino-cloud-sidebar-icon" aria-hidden="true">');
  readonly #name = $('<span class="arduino-cloud-sidebar-name" dir="auto">');
  readonly #detail = $('<small class="arduino-cloud-sidebar-type">');
  readonly #end = $('<span class="arduino-cloud-sidebar-end" dir="auto">');

  constructor(id: string, translate: Translate) {
    this.#translate = translate;
    this.element = $('<div class="arduino-cloud-sidebar-line" role="treeitem">')
      .attr("id", id)
      .append(this.#caret, this.#icon, this.#name, this.#detail, this.#end);
  }

  /** Shows a row at its place, `top` pixels from the beginning of the tree; `undefined` hides the element. */
  show(row: TreeRow | undefined, top: number, { isChosen, isSelected }: LineState): void {
    const before = this.row;
    this.row = row;
    this.element.toggle(row !== undefined);
    if (row === undefined) return;
    const texts = textsOfLine(row.item, this.#translate);
    this.element.css({ transform: `translateY(${top}px)`, paddingInlineStart: `${(row.level - 1) * 14 + 4}px` }).attr({
      "aria-level": row.level,
      "aria-posinset": row.place,
      "aria-setsize": row.siblings,
      "aria-selected": isSelected ? "true" : "false",
      title: [texts.name, texts.detail, texts.end].filter(Boolean).join(" · "),
    });
    this.element.toggleClass("arduino-cloud-sidebar-chosen", isChosen);
    if (row.open === undefined) this.element.removeAttr("aria-expanded");
    else this.element.attr("aria-expanded", row.open ? "true" : "false");
    this.#caret.toggleClass("fa-angle-down", row.open === true).toggleClass("fa-angle-right", row.open === false);
    this.#icon.attr("class", `arduino-cloud-sidebar-icon fa ${icons[row.item.kind]}`);
    this.#name.text(texts.name);
    this.#detail.text(texts.detail);
    this.#showEnd(texts, before?.key === row.key);
  }

  /** Shows the end of the line; a new value of the same item lights up for a moment. */
  #showEnd({ end, look }: LineTexts, isSame: boolean): void {
    const isNew = isSame && this.#end.text() !== end;
    this.#end.text(end).attr("class", `arduino-cloud-sidebar-end${look && ` arduino-cloud-sidebar-${look}`}`);
    if (!isNew) return;
    // Reading a size in between starts the animation anew.
    this.#end.width();
    this.#end.addClass("arduino-cloud-sidebar-fresh");
  }
}

function textsOfLine(item: TreeItem, translate: Translate): LineTexts {
  const name = itemName(item);
  switch (item.kind) {
    case "group":
      return { name: translate(`label.${item.group}`), detail: "", end: String(item.count), look: "none" };
    case "variable": {
      const value = lastValueWords(item.variable, textsOf("arduino-cloud-account"), mostParts);
      const detail = item.variable.type;
      return { name, detail, end: value ?? translate("label.no-value"), look: value === undefined ? "none" : "" };
    }
    case "dashboard":
      return { name, detail: "", end: "", look: "" };
    case "thing":
    case "device": {
      const detail = item.kind === "device" ? item.device.type : "";
      if (item.device === undefined) return { name, detail, end: "", look: "" };
      const { status } = item.device;
      const look = status === "ONLINE" ? "online" : status === "OFFLINE" ? "offline" : "unknown";
      return { name, detail, end: statusText(status, translate), look };
    }
  }
}
