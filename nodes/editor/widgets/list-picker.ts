import { Combobox } from "./combobox";
import { failureCode } from "../admin-client";
import { type ListChoice, ChoiceIndex } from "./choice-index";
import { isEnvironment, setFieldValue } from "../form-fields";
import { errorText, textsOf, type Translate } from "../i18n";

export interface PickerOptions {
  /** The thing to choose; the default of that name holds the choice, if `place` does not say otherwise. */
  field: "thing" | "property" | "device" | "dashboard" | "trigger";
  /** The default that keeps the readable name, so that labels work without the cloud; absent: it is not kept. */
  nameField?: `${PickerOptions["field"]}Name`;
  /** Selectors of the field and of the line below it, where they are not those of a node's default. */
  place?: { input: string; hint: string };
  /** Whether the field shows the id itself. */
  showsId?: boolean;
  translate: Translate;
  /** Asks for the choices; `undefined` where there is nothing to choose from yet, as without an account. */
  load: (refresh: boolean) => Promise<ListChoice[]> | undefined;
  /** Whether the list is so large that it is asked for only when somebody opens it. */
  isLazy?: () => boolean;
  /** The text where there is nothing to choose from; absent: what `tip.<field>-none` says. */
  tipWithoutList?: () => string | undefined;
  /** Called when another choice has been made, with what it belongs to where the list has those of several. */
  onChange?: (owner: ListChoice["owner"]) => void;
}

type List =
  { name: "none" | "unasked" | "loading" } | { name: "ready"; index: ChoiceIndex } | { name: "failed"; code: string };

/**
 * A text field that searches a list from the cloud while it is typed in. It shows the name of what is chosen and stores
 * the id (or variable name), which the line below shows on demand. Whatever is typed is kept, listed or not, and a saved
 * choice stays when the cloud is away.
 */
export class ListPicker {
  readonly #options: PickerOptions;
  readonly #input: JQuery;
  readonly #nameInput: JQuery;
  readonly #hint: JQuery;
  readonly #combo: Combobox;
  /** The last choice whose name is known. */
  #known: { value: string; name: string };
  #list: List = { name: "none" };
  /** Counts the loads, so that answers to earlier ones are known for late. */
  #generation = 0;
  #value: string;
  /** Whether the cloud was asked again since a search found something. */
  #isAskedAgain = false;

  constructor(options: PickerOptions) {
    const { field, nameField, place } = options;
    this.#options = options;
    this.#input = $(place?.input ?? `#node-input-${field}`);
    this.#nameInput = nameField === undefined ? $() : $(`#node-input-${nameField}`);
    this.#hint = $(place?.hint ?? `#arduino-cloud-${field}-hint`);
    this.#value = this.#text;
    this.#known = { value: this.#value, name: String(this.#nameInput.val() ?? "") };
    this.#showName();
    this.#combo = new Combobox({
      input: this.#input,
      label: options.translate(`label.${options.field}`),
      search: (text) => this.#search(text),
      choose: (choice) => this.set(choice, choice.owner),
    });
    this.#listen();
  }

  /** The text that is stored: the id or variable name of what is chosen; what is typed where that is in no list. */
  get value(): string {
    const text = this.#text;
    if (text !== "" && text === this.#known.name) return this.#known.value;
    if (this.#list.name !== "ready") return text;
    return (this.#list.index.find(text) ?? this.#list.index.named(text))?.value ?? text;
  }

  /** Puts a choice into the field, as if it had been made there. */
  set({ value, name }: { value: string; name: string }, owner?: ListChoice["owner"]): void {
    this.#known = { value, name };
    this.#input.val(value);
    this.#showName();
    this.#commit(owner);
    this.#input.trigger("change");
  }

  /** Loads the list anew, or forgets it where it is loaded on demand; an answer that is under way is ignored. */
  reload(refresh = false): void {
    if (!refresh && this.#options.isLazy?.() === true) {
      this.#generation++;
      this.#list = { name: "unasked" };
      this.#show();
      // A list that is open waits for an answer that is ignored now.
      this.#combo.refresh();
    } else this.#load(refresh);
  }

  /** Puts what is stored where the editor looks for it. */
  save(): void {
    const { value } = this;
    this.#show();
    this.#input.val(value);
  }

  /** Ends the search; answers that come later are ignored. */
  close(): void {
    this.#generation++;
    this.#combo.close();
  }

  get #text(): string {
    return String(this.#input.val() ?? "").trim();
  }

  #load(refresh: boolean): void {
    const generation = ++this.#generation;
    const loading = this.#options.load(refresh);
    this.#list = { name: loading === undefined ? "none" : "loading" };
    this.#show();
    loading?.then(
      (choices) => this.#arrived(generation, { name: "ready", index: new ChoiceIndex(choices) }),
      (reason: unknown) => this.#arrived(generation, { name: "failed", code: failureCode(reason) }),
    );
  }

  #arrived(generation: number, list: List): void {
    if (generation !== this.#generation) return;
    this.#list = list;
    if (!this.#input.is(":focus")) this.#showName();
    this.#show();
    this.#combo.refresh();
  }

  #listen(): void {
    const input = this.#input;
    input.attr("aria-describedby", this.#hint.attr("id") ?? "");
    input.on("focus", () => {
      if (this.#present() !== undefined) input.trigger("select");
    });
    input.on("input", () => this.#show());
    input.on("blur", () => this.#showName());
    input.on("change", () => this.#commit(undefined));
    const button = input.siblings(".arduino-cloud-refresh");
    const label = this.#options.translate("label.refresh");
    button.attr("aria-label", label).on("click", () => this.reload(true));
    RED.popover.tooltip(button, label);
  }

  #search(text: string): readonly ListChoice[] | string {
    if (this.#list.name === "unasked") this.#load(false);
    if (this.#list.name === "loading") return this.#options.translate("tip.loading");
    if (this.#list.name !== "ready") return [];
    const found = this.#list.index.search(text, this.#present());
    if (found.length > 0) this.#isAskedAgain = false;
    else if (!this.#isAskedAgain) {
      // It may have been made just now.
      this.#isAskedAgain = true;
      this.#load(true);
      return this.#options.translate("tip.loading");
    }
    return found;
  }

  #commit(owner: ListChoice["owner"]): void {
    const { value } = this;
    this.#show();
    if (value === this.#value && owner === undefined) return;
    this.#value = value;
    this.#options.onChange?.(owner);
  }

  /** Returns the list's entry for what is in the field. */
  #present(): ListChoice | undefined {
    return this.#list.name === "ready" ? this.#list.index.find(this.value) : undefined;
  }

  /** Shows the name in the place of the id, where it is known. */
  #showName(): void {
    const { value } = this;
    const present = this.#present();
    if (present !== undefined) this.#known = { value, name: present.name };
    if (this.#options.showsId || value === "" || value !== this.#known.value || this.#known.name === "") return;
    this.#input.val(this.#known.name);
  }

  /** Keeps the readable name and says below the field what is chosen and how the list stands. */
  #show(): void {
    const { value } = this;
    const present = this.#present();
    const name = present?.name ?? (value === this.#known.value ? this.#known.name : "");
    this.#nameInput.val(name);
    setFieldValue(this.#input, value);
    this.#hint.empty().attr("data-chosen", value === "" ? "" : name);
    if (this.#options.showsId && name !== "") this.#hint.append($("<span>").text(name).attr("dir", "auto"), " ");
    if (present !== undefined) this.#hint.append($("<span>").text(present.detail()));
    if (!this.#options.showsId && name !== "" && name !== value) this.#hint.append(" ", this.#idButton(value));
    const problem = present?.problem ?? this.#problem();
    if (problem !== undefined) this.#hint.append($('<div class="arduino-cloud-problem">').text(problem));
    else if (present === undefined) this.#hint.append(" ", document.createTextNode(this.#state()));
  }

  /** Returns the button that shows the id in its own place. */
  #idButton(id: string): JQuery {
    const button = $('<button type="button" class="arduino-cloud-id">').text("ID");
    button.attr({ title: id, "aria-label": textsOf("arduino-cloud-account")("list.show-id") });
    return button.on("click", () => {
      const text = $('<code tabindex="0">').text(id);
      button.replaceWith(text);
      text.trigger("focus");
    });
  }

  #problem(): string | undefined {
    const { translate, field } = this.#options;
    if (this.#list.name !== "failed") return undefined;
    return `${errorText(this.#list.code)} ${translate(`tip.${field}-kept`)}`;
  }

  /** Returns the state of the list, where nothing in it is chosen. */
  #state(): string {
    const { translate, field, tipWithoutList } = this.#options;
    if (this.#list.name === "loading") return translate("tip.loading");
    const { value } = this;
    if (isEnvironment(value)) return textsOf("arduino-cloud-account")("list.environment");
    if (value !== "") {
      const isUnlisted = this.#list.name === "ready" && !this.#list.index.has(value);
      return isUnlisted ? translate(`tip.${field}-unlisted`) : "";
    }
    if (this.#list.name === "ready") return this.#countText(this.#list.index.size);
    return tipWithoutList?.() ?? translate(`tip.${field}-none`);
  }

  #countText(count: number): string {
    const { translate, field } = this.#options;
    return count === 0 ? translate(`tip.${field}-empty`) : translate(`tip.${field}-count`, { count });
  }
}
