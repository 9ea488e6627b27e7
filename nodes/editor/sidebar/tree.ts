import type { Translate } from "../i18n";
import { TreeLine } from "./tree-line";
import type { TreeItem, TreeRow } from "./tree-rows";

interface TreeOptions {
  translate: Translate;
  /** Another row is chosen. */
  onChoose: (row: TreeRow) => void;
  /** A branch shall be opened or closed. */
  onToggle: (row: TreeRow, open: boolean) => void;
  /** Enter was pressed, with Alt or without. */
  onEnter: (row: TreeRow, alt: boolean) => void;
  /** The row was double-clicked, with Alt or without. */
  onDoubleClick: (row: TreeRow, alt: boolean) => void;
  /** An element for lines was made, which shows whatever row `row` gives. */
  onLine: (element: JQuery, row: () => TreeRow | undefined) => void;
}

/** The height of a line in pixels, as in the style sheet. */
const lineHeight = 26;
/** Lines that are ready above and below what is in sight. */
const spare = 6;

/**
 * A tree of any length: only the lines in sight are elements of the page. Keys are those of a tree by the ARIA practices;
 * Enter acts on the chosen row.
 */
export class Tree {
  readonly element = $('<div class="arduino-cloud-sidebar-tree" role="tree" tabindex="0">');
  readonly #space = $('<div class="arduino-cloud-sidebar-space" role="none">');
  readonly #options: TreeOptions;
  readonly #lines: TreeLine[] = [];
  #rows: readonly TreeRow[] = [];
  #chosen: string | undefined;
  /** Variables that are selected with Ctrl or the space bar, by key. */
  readonly #marked = new Map<string, TreeItem>();

  constructor(options: TreeOptions) {
    this.#options = options;
    this.element
      .attr({ "aria-label": options.translate("label.tree"), "aria-multiselectable": "true" })
      .append(this.#space);
    this.element.on("scroll", () => this.#draw());
    this.element.on("keydown", (event) => this.#onKey(event));
    this.element.on("focus", () => {
      if (this.chosen === undefined) this.#choose(0);
    });
    // A drag begins with the same key of the mouse, so the browser moves no focus.
    this.element.on("click", () => this.element.get(0)?.focus({ preventScroll: true }));
    const element = this.element.get(0);
    if (element !== undefined) new ResizeObserver(() => this.#draw()).observe(element);
  }

  /** The row that is chosen, if it is in the tree. */
  get chosen(): TreeRow | undefined {
    return this.#rows.find(({ key }) => key === this.#chosen);
  }

  /** The variables that are selected: several, or the chosen one; none where something else is chosen. */
  get selected(): TreeItem[] {
    const item = this.chosen?.item;
    if (item?.kind !== "variable") return [];
    return this.#marked.size > 0 ? [...this.#marked.values()] : [item];
  }

  /** Forgets which variables are selected. */
  unmark(): void {
    this.#marked.clear();
  }

  /** Shows other rows. What was chosen stays chosen while it is among them. */
  setRows(rows: readonly TreeRow[]): void {
    this.#rows = rows;
    this.#space.height(rows.length * lineHeight);
    this.#draw();
  }

  #draw(): void {
    const element = this.element.get(0);
    if (element === undefined) return;
    const first = Math.max(0, Math.floor(element.scrollTop / lineHeight) - spare);
    const count = Math.ceil(element.clientHeight / lineHeight) + 2 * spare;
    while (this.#lines.length < count) this.#addLine();
    this.#lines.forEach((line, slot) => {
      // A row keeps its element while others come into sight, so that a drag is not disturbed.
      const index = first + ((slot - (first % this.#lines.length) + this.#lines.length) % this.#lines.length);
      const row = this.#rows[index];
      line.show(row, index * lineHeight, {
        isChosen: row !== undefined && row.key === this.#chosen,
        isSelected: row !== undefined && (this.#marked.size > 0 ? this.#marked.has(row.key) : row.key === this.#chosen),
      });
    });
    const active = this.#lines.find(({ row }) => row !== undefined && row.key === this.#chosen);
    if (active === undefined) this.element.removeAttr("aria-activedescendant");
    else this.element.attr("aria-activedescendant", active.element.attr("id") ?? "");
  }

  #addLine(): void {
    const line = new TreeLine(`arduino-cloud-sidebar-line-${this.#lines.length}`, this.#options.translate);
    this.#lines.push(line);
    this.#space.append(line.element);
    line.element.on("click", (event) => {
      if (line.row === undefined) return;
      if (event.ctrlKey || event.metaKey) {
        this.#mark(line.row);
        return;
      }
      this.#marked.clear();
      this.#choose(this.#rows.indexOf(line.row));
      if ($(event.target).is(".arduino-cloud-sidebar-caret") || line.row.item.kind === "group") this.#toggle(line.row);
    });
    line.element.on("dblclick", (event) => {
      if (line.row === undefined || $(event.target).is(".arduino-cloud-sidebar-caret")) return;
      this.#options.onDoubleClick(line.row, event.altKey);
    });
    this.#options.onLine(line.element, () => line.row);
  }

  #toggle(row: TreeRow): void {
    if (row.open !== undefined) this.#options.onToggle(row, !row.open);
  }

  /** Selects a variable beside others, or no longer. */
  #mark(row: TreeRow): void {
    const { chosen } = this;
    if (this.#marked.size === 0 && chosen?.item.kind === "variable" && chosen.key !== row.key)
      this.#marked.set(chosen.key, chosen.item);
    if (!this.#marked.delete(row.key) && row.item.kind === "variable") this.#marked.set(row.key, row.item);
    this.#choose(this.#rows.indexOf(row));
  }

  #choose(index: number): void {
    const row = this.#rows[Math.min(Math.max(index, 0), this.#rows.length - 1)];
    if (row === undefined) return;
    this.#chosen = row.key;
    this.#options.onChoose(row);
    this.#reveal(this.#rows.indexOf(row));
    this.#draw();
  }

  #reveal(index: number): void {
    const element = this.element.get(0);
    if (element === undefined) return;
    const top = index * lineHeight;
    if (top < element.scrollTop) element.scrollTop = top;
    const bottom = top + lineHeight;
    if (bottom > element.scrollTop + element.clientHeight) element.scrollTop = bottom - element.clientHeight;
  }

  #onKey(event: JQuery.KeyDownEvent): void {
    const index = this.#rows.findIndex(({ key }) => key === this.#chosen);
    const row = this.#rows[index];
    const page = Math.max(1, Math.floor((this.element.height() ?? 0) / lineHeight) - 1);
    const moves: Record<string, () => void> = {
      ArrowDown: () => this.#choose(index + 1),
      ArrowUp: () => this.#choose(index - 1),
      PageDown: () => this.#choose(index + page),
      PageUp: () => this.#choose(index - page),
      Home: () => this.#choose(0),
      End: () => this.#choose(this.#rows.length - 1),
      ArrowRight: () => this.#goIn(index),
      ArrowLeft: () => this.#goOut(index),
      " ": () => row && (row.item.kind === "variable" ? this.#mark(row) : this.#toggle(row)),
      Enter: () => row && this.#options.onEnter(row, event.altKey),
    };
    if (event.key === "z" && (event.ctrlKey || event.metaKey)) {
      // What Enter has added is taken back here too: the editor's own key counts on the canvas only, and the browser's
      // would undo in the search.
      event.preventDefault();
      RED.actions.invoke("core:undo");
      return;
    }
    const move = moves[event.key];
    if (move === undefined || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    // The editor has shortcuts of its own for the arrows.
    event.stopPropagation();
    move();
  }

  #goIn(index: number): void {
    const row = this.#rows[index];
    if (row?.open === false) this.#options.onToggle(row, true);
    else if (row?.open === true) this.#choose(index + 1);
  }

  #goOut(index: number): void {
    const row = this.#rows[index];
    if (row === undefined) return;
    if (row.open === true) {
      this.#options.onToggle(row, false);
      return;
    }
    let above = index - 1;
    while (above >= 0 && (this.#rows[above]?.level ?? 0) >= row.level) above--;
    if (above >= 0) this.#choose(above);
  }
}
