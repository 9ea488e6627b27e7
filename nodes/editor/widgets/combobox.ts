import { type ListChoice, matchedPieces } from "./choice-index";
import { textsOf } from "../i18n";

interface ComboOptions {
  input: JQuery;
  /** The name of the list, for those who hear it. */
  label: string;
  /** Returns the choices for a text; a text of ours in its place where there is no list. */
  search: (text: string) => readonly ListChoice[] | string;
  choose: (choice: ListChoice) => void;
}

/** How many entries are drawn at once; scrolling, or the arrow keys, draw more. */
const page = 100;
/** Entries that PageUp and PageDown go over. */
const leap = 8;
const height = 260;
let lists = 0;

/**
 * The list below a text field, as the combobox pattern of WAI-ARIA has it: the field keeps the focus, arrow keys move
 * through the list, Enter takes what is marked, Tab only what was walked to, Escape closes the list and nothing else.
 * Only what is in sight is drawn, so that it stays quick with 20,000 entries.
 */
export class Combobox {
  readonly #options: ComboOptions;
  readonly #id = `arduino-cloud-list-${++lists}`;
  #list: JQuery | undefined;
  #choices: readonly ListChoice[] = [];
  #drawn = 0;
  /** The entry that is marked; -1 for none. */
  #active = -1;
  /** Whether the list shows what was searched for: then its first entry is what Enter takes. */
  #isTyped = false;
  /** Whether the arrow keys have moved the mark. Until then Tab leaves what is typed, which may be in no list yet. */
  #isWalked = false;
  readonly #place = (): void => this.#put();

  constructor(options: ComboOptions) {
    this.#options = options;
    options.input.attr({
      role: "combobox",
      autocomplete: "off",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-haspopup": "listbox",
    });
    options.input.on("input", () => this.#open(true));
    options.input.on("click", () => {
      if (this.#list === undefined) this.#open(false);
    });
    options.input.on("blur", () => this.close());
    options.input.on("keydown", (event) => this.#press(event));
  }

  /** Shows what there is now, if the list is open. */
  refresh(): void {
    if (this.#list !== undefined) this.#open(this.#isTyped);
  }

  close(): void {
    this.#list?.remove();
    this.#list = undefined;
    document.removeEventListener("scroll", this.#place, true);
    window.removeEventListener("resize", this.#place);
    this.#options.input.attr("aria-expanded", "false").removeAttr("aria-controls").removeAttr("aria-activedescendant");
  }

  #open(isTyped: boolean): void {
    this.#isTyped = isTyped;
    this.#isWalked = false;
    const text = String(this.#options.input.val() ?? "");
    const found = this.#options.search(text);
    if (found.length === 0) {
      this.close();
      return;
    }
    this.#choices = typeof found === "string" ? [] : found;
    const list = this.#list ?? this.#show();
    list.empty().scrollTop(0);
    this.#drawn = 0;
    if (typeof found === "string") list.append(note(found).attr({ role: "option", "aria-disabled": "true" }));
    else this.#draw();
    this.#put();
    this.#mark(isTyped && text.trim() !== "" ? 0 : -1);
  }

  #show(): JQuery {
    const list = $('<div class="arduino-cloud-list" role="listbox">')
      .attr({ id: this.#id, "aria-label": this.#options.label })
      // The field must not lose the focus to the list.
      .on("mousedown", (event) => event.preventDefault())
      .on("click", "[data-index]", (event) => this.#take(Number($(event.currentTarget).attr("data-index"))))
      .on("scroll", () => {
        const { scrollTop, clientHeight, scrollHeight } = list.get(0) as HTMLElement;
        if (scrollTop + 2 * clientHeight > scrollHeight) this.#draw();
      });
    this.#list = list.appendTo(document.body);
    this.#options.input.attr({ "aria-expanded": "true", "aria-controls": this.#id });
    document.addEventListener("scroll", this.#place, true);
    window.addEventListener("resize", this.#place);
    return list;
  }

  /** Draws the next entries. */
  #draw(): void {
    const end = Math.min(this.#drawn + page, this.#choices.length);
    this.#list?.children(".arduino-cloud-list-note").remove();
    for (; this.#drawn < end; this.#drawn++) {
      const choice = this.#choices[this.#drawn] as ListChoice;
      this.#groupOf(choice, this.#choices[this.#drawn - 1]).append(this.#entry(choice, this.#drawn));
    }
    const count = this.#choices.length - end;
    if (count === 0) return;
    const more = textsOf("arduino-cloud-account")("list.more", { count });
    this.#list?.append(note(more).attr("aria-hidden", "true"));
  }

  /** Returns the element that an entry goes into: the list, or its owner's part of it. */
  #groupOf({ owner }: ListChoice, before: ListChoice | undefined): JQuery {
    const list = this.#list as JQuery;
    if (owner === undefined) return list;
    if (owner.value === before?.owner?.value) return list.children('[role="group"]').last();
    const heading = $('<div class="arduino-cloud-list-heading" dir="auto" aria-hidden="true">').text(owner.name);
    return $('<div role="group">').attr("aria-label", owner.name).append(heading).appendTo(list);
  }

  #entry({ name, detail, problem }: ListChoice, index: number): JQuery {
    const facts = detail();
    const second = problem === undefined ? facts : [problem, facts].filter(Boolean).join(" ");
    const title = this.#isTyped ? this.#marked(name) : [document.createTextNode(name)];
    return $('<div class="arduino-cloud-choice" role="option" aria-selected="false">')
      .attr({ id: `${this.#id}-${index}`, "data-index": index, title: second })
      .append($("<div>").append(title).attr("dir", "auto"), $("<small>").text(second));
  }

  /** Returns a name with the letters marked that the search has found. */
  #marked(name: string): (HTMLElement | Text)[] {
    return matchedPieces(name, String(this.#options.input.val() ?? "")).map(({ text, isMatch }) => {
      if (!isMatch) return document.createTextNode(text);
      const mark = document.createElement("mark");
      mark.textContent = text;
      return mark;
    });
  }

  #put(): void {
    const field = this.#options.input.get(0);
    if (field === undefined || this.#list === undefined) return;
    const { left, top, bottom, width } = field.getBoundingClientRect();
    const below = window.innerHeight - bottom - 8;
    const isBelow = below >= height || below >= top;
    this.#list.css({
      left,
      width: Math.min(Math.max(300, width), window.innerWidth - left - 8),
      maxHeight: Math.min(height, isBelow ? below : top - 8),
      top: isBelow ? bottom + 1 : "auto",
      bottom: isBelow ? "auto" : window.innerHeight - top + 1,
    });
  }

  #press(event: JQuery.KeyDownEvent): void {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: leap, PageUp: -leap };
    const step = steps[event.key];
    if (step !== undefined) {
      event.preventDefault();
      if (this.#list === undefined) this.#open(false);
      else {
        this.#isWalked = true;
        this.#mark(Math.max(0, Math.min(this.#active + step, this.#choices.length - 1)));
      }
      return;
    }
    if (this.#list === undefined) return;
    if (event.key === "Tab" && this.#isWalked) this.#take(this.#active);
    if (event.key !== "Enter" && event.key !== "Escape") return;
    // Without a list these keys are the editor's.
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Enter") this.#take(this.#active);
    else this.close();
  }

  #mark(index: number): void {
    while (index >= this.#drawn && this.#drawn < this.#choices.length) this.#draw();
    this.#active = this.#choices[index] === undefined ? -1 : index;
    this.#list?.find('[aria-selected="true"]').attr("aria-selected", "false");
    const entry = this.#list?.find(`#${this.#id}-${this.#active}`).attr("aria-selected", "true");
    entry?.get(0)?.scrollIntoView({ block: "nearest" });
    if (this.#active < 0) this.#options.input.removeAttr("aria-activedescendant");
    else this.#options.input.attr("aria-activedescendant", `${this.#id}-${this.#active}`);
  }

  #take(index: number): void {
    const choice = this.#choices[index];
    this.close();
    if (choice !== undefined) this.#options.choose(choice);
  }
}

function note(text: string): JQuery {
  return $('<div class="arduino-cloud-list-note">').text(text);
}
