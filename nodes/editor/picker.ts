import { ListError } from "./lists";
import { type Choice, searchChoices } from "./search";
import { errorText, type Translate } from "./text";

export interface PickerOptions {
  /** The default that the choice is stored in. */
  field: "thing" | "property" | "device" | "dashboard" | "trigger";
  /** The default that keeps the readable name, so that labels work without the cloud. */
  nameField: `${PickerOptions["field"]}Name`;
  translate: Translate;
  /** Asks for the choices; `undefined` where there is nothing to choose from yet, as without an account. */
  load: (refresh: boolean) => Promise<Choice[]> | undefined;
  /** What to do where there is nothing to choose from; absent: what `tip.<field>-none` says. */
  tipWithoutList?: () => string | undefined;
  /** Called when another choice has been made. */
  onChange?: () => void;
}

type List =
  { name: "none" | "loading" } | { name: "ready"; choices: readonly Choice[] } | { name: "failed"; code: string };

/** Keys that change nothing in the field; without this, Shift+Tab would open the list and take its first entry. */
const silentKeys = ["Shift", "Control", "Alt", "Meta", "CapsLock", "ArrowLeft", "ArrowRight", "Home", "End"];
const arrowDown = 40;

/**
 * A text field that searches a list from the cloud while it is typed in. It stores the id (or variable name); the line
 * below shows what that is. Whatever is typed is kept, listed or not, and a saved choice stays when the cloud is away.
 */
export class Picker {
  readonly #options: PickerOptions;
  readonly #input: JQuery;
  readonly #nameInput: JQuery;
  readonly #hint: JQuery;
  readonly #saved: { value: string; name: string };
  #list: List = { name: "none" };
  #loaded: Promise<void> = Promise.resolve();
  /** Counts the loads, so that answers to earlier ones are known for late. */
  #generation = 0;
  #value: string;

  constructor(options: PickerOptions) {
    this.#options = options;
    this.#input = $(`#node-input-${options.field}`);
    this.#nameInput = $(`#node-input-${options.nameField}`);
    this.#hint = $(`#arduino-cloud-${options.field}-hint`);
    this.#value = this.value;
    this.#saved = { value: this.#value, name: String(this.#nameInput.val() ?? "") };
    this.#listen();
  }

  /** What is in the field. */
  get value(): string {
    return String(this.#input.val() ?? "").trim();
  }

  /** Loads the list anew; an answer that is under way is ignored. */
  reload(refresh = false): void {
    const generation = ++this.#generation;
    const loading = this.#options.load(refresh);
    this.#list = { name: loading === undefined ? "none" : "loading" };
    this.#show();
    if (loading === undefined) return;
    this.#loaded = loading.then(
      (choices) => this.#arrived(generation, { name: "ready", choices }),
      (reason: unknown) =>
        this.#arrived(generation, { name: "failed", code: reason instanceof ListError ? reason.code : "server_error" }),
    );
  }

  /** Ends the search; answers that come later are ignored. */
  close(): void {
    this.#generation++;
    this.#input.autoComplete("destroy");
  }

  #arrived(generation: number, list: List): void {
    if (generation !== this.#generation) return;
    this.#list = list;
    this.#show();
  }

  #listen(): void {
    const input = this.#input;
    // Bound before the widget's own handlers, so that it does not see these keys.
    input.on("keyup", (event) => {
      if (silentKeys.includes(event.key)) event.stopImmediatePropagation();
    });
    input.autoComplete({ minLength: 0, search: (text, done) => void this.#search(text, done) });
    // The widget opens its list on the arrow key only; a click shall do the same.
    input.on("click", () => input.trigger($.Event("keyup", { keyCode: arrowDown })));
    input.on("focus", () => {
      if (this.#present() !== undefined) input.trigger("select");
    });
    input.on("input", () => this.#show());
    input.on("change", () => this.#commit());
    // The widget fills the field on Enter and Tab without telling anybody.
    input.on("keydown", () => {
      if (this.value !== this.#value && this.#present() !== undefined) input.trigger("change");
    });
    const button = input.siblings(".arduino-cloud-refresh");
    const label = this.#options.translate("label.refresh");
    button.attr("aria-label", label).on("click", () => this.reload(true));
    RED.popover.tooltip(button, label);
  }

  async #search(text: string, done: (completions: Completion[]) => void): Promise<void> {
    const generation = this.#generation;
    await this.#loaded;
    if (generation !== this.#generation || this.#list.name !== "ready") return;
    const found = searchChoices(this.#list.choices, text, this.#present()?.value);
    done(found.map((choice) => ({ value: choice.value, label: line(choice) })));
  }

  #commit(): void {
    this.#show();
    if (this.value === this.#value) return;
    this.#value = this.value;
    this.#options.onChange?.();
  }

  /** The list's entry for what is in the field. */
  #present(): Choice | undefined {
    if (this.#list.name !== "ready") return undefined;
    return this.#list.choices.find(({ value }) => value === this.value);
  }

  /** Keeps the readable name and says below the field what is chosen and how the list stands. */
  #show(): void {
    const present = this.#present();
    const name = present?.name ?? (this.value === this.#saved.value ? this.#saved.name : "");
    this.#nameInput.val(name);
    this.#hint.empty();
    if (name !== "") this.#hint.append($("<strong>").text(name).attr("dir", "auto"), " ");
    if (present !== undefined) this.#hint.append($("<span>").text(present.detail));
    const problem = present?.problem ?? this.#problem();
    if (problem !== undefined) this.#hint.append($('<div class="arduino-cloud-problem">').text(problem));
    else if (present === undefined) this.#hint.append(document.createTextNode(this.#state()));
  }

  #problem(): string | undefined {
    const { translate, field } = this.#options;
    if (this.#list.name !== "failed") return undefined;
    return `${errorText(this.#list.code)} ${translate(`tip.${field}-kept`)}`;
  }

  /** How the list stands, where nothing in it is chosen. */
  #state(): string {
    const { translate, field, tipWithoutList } = this.#options;
    if (this.#list.name === "loading") return translate("tip.loading");
    if (this.#list.name !== "ready")
      return this.value === "" ? (tipWithoutList?.() ?? translate(`tip.${field}-none`)) : "";
    if (this.value !== "") return translate(`tip.${field}-unlisted`);
    const count = this.#list.choices.length;
    return count === 0 ? translate(`tip.${field}-empty`) : translate(`tip.${field}-count`, { count });
  }
}

/** An entry of the list. Names come from the cloud and may hold anything, so they are put in as text. */
function line({ value, name, detail, problem }: Choice): JQuery {
  const facts = value === name ? detail : `${value} · ${detail}`;
  const second = problem === undefined ? facts : `${problem} ${facts}`;
  return $('<div class="arduino-cloud-choice">').append(
    $("<div>").text(name).attr("dir", "auto"),
    $("<small>").text(second),
  );
}
