import type { LastValue, OverviewVariable } from "../../admin/protocol";
import { errorText, type Translate } from "../i18n";
import { failureCode } from "../admin-client";
import { colorOfParts, partsOfColor } from "./colors";

/** Sends a value to the variable; rejects with `ListError`. */
export type WriteByHand = (value: unknown) => Promise<unknown>;

/** A control of the details that writes to a variable, so that a board can be tried without a flow. */
export class WriteControl {
  readonly element = $('<div class="arduino-cloud-sidebar-write">');
  readonly #kind: NonNullable<OverviewVariable["control"]>;
  readonly #input: JQuery;
  readonly #status = $('<span role="status">');
  readonly #translate: Translate;
  readonly #write: WriteByHand;

  constructor(
    variable: OverviewVariable,
    kind: NonNullable<OverviewVariable["control"]>,
    translate: Translate,
    write: WriteByHand,
  ) {
    this.#kind = kind;
    this.#translate = translate;
    this.#write = write;
    this.#input = inputOf(kind).attr("aria-label", translate("label.write"));
    this.element.append($("<label>").text(translate("label.write")).attr("aria-hidden", "true"), this.#input);
    if (kind === "number" || kind === "text") {
      const button = $('<button type="button" class="red-ui-button">').text(translate("label.send"));
      button.on("click", () => void this.#send());
      this.#input.on("keydown", ({ key }) => {
        if (key === "Enter") void this.#send();
      });
      this.element.append(button);
    } else {
      this.#input.on("change", () => void this.#send());
    }
    this.element.append(this.#status);
    this.show(variable);
  }

  /** Shows the last value, unless somebody is about to change it. */
  show({ value }: OverviewVariable): void {
    if (value === null || this.#input.is(":focus")) return;
    if (this.#kind === "switch") this.#input.prop("checked", value === true);
    else this.#input.val(this.#shown(value));
  }

  #shown(value: LastValue): string {
    if (this.#kind === "color") return colorOfParts(value) ?? "#ffffff";
    if (typeof value !== "object") return String(value);
    return String(value["bri"] ?? 0);
  }

  async #send(): Promise<void> {
    this.#status.text("…");
    try {
      await this.#write(this.#value());
      this.#status.text(this.#translate("label.written"));
    } catch (reason) {
      this.#status.text(errorText(failureCode(reason)));
    }
  }

  #value(): unknown {
    const typed = String(this.#input.val() ?? "");
    switch (this.#kind) {
      case "switch":
        return this.#input.prop("checked") === true;
      case "color":
        return partsOfColor(typed);
      case "brightness":
        return { swi: Number(typed) > 0, bri: Number(typed) };
      case "text":
        return typed;
      default:
        return typed.trim() === "" ? typed : Number(typed);
    }
  }
}

function inputOf(kind: NonNullable<OverviewVariable["control"]>): JQuery {
  if (kind === "switch") return $('<input type="checkbox" role="switch">');
  if (kind === "color") return $('<input type="color">');
  if (kind === "percentage" || kind === "brightness") return $('<input type="range" min="0" max="100">');
  return kind === "number" ? $('<input type="number" step="any">') : $('<input type="text">');
}
