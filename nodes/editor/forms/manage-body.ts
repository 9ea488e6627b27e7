import { exampleIds } from "../../../cloud/rest/operations/example-ids";
import type { FormBody } from "../../manage/form-operations";
import type { Translate } from "../i18n";

/** The choice of a body that comes with the message; the other is JSON in the form. */
const byMessage = "payload";

/** The body in the form of manage. */
interface BodyField {
  /** Shows the field where an operation may have a body, with its example. */
  show(body: FormBody | undefined, isPossible: boolean): void;
  /** Puts what is chosen where the editor looks for it. */
  save(): void;
}

/** Makes the field for the body work: what the message brings, or JSON with the editor's own window for it. */
export function bodyField(translate: Translate): BodyField {
  const input = $("#node-input-body");
  const button = $("#arduino-cloud-manage-example");
  const hint = $("#arduino-cloud-manage-example-hint");
  let example: unknown;
  let isShown = false;
  const given = String(input.val() ?? "");
  input.typedInput({
    default: byMessage,
    types: [{ value: byMessage, label: "msg.payload", hasValue: false }, "json"],
  });
  input.typedInput("value", given).typedInput("type", given === "" ? byMessage : "json");
  button.on("click", () => {
    const text = JSON.stringify(example);
    input.typedInput("type", "json").typedInput("value", withFreshIds(text));
    hint.text(Object.values(exampleIds).some((id) => text.includes(id)) ? translate("tip.example-ids") : "");
  });
  return {
    show: (body, isPossible) => {
      isShown = isPossible;
      example = body?.example;
      hint.text("");
      $("#arduino-cloud-manage-body-row").toggle(isPossible);
      button.toggle(example !== undefined);
    },
    save: () => {
      const isJson = isShown && input.typedInput("type") === "json";
      input.val(isJson ? input.typedInput("value").trim() : "");
    },
  };
}

/** Replaces each id that whoever creates an object chooses by one of its own. */
function withFreshIds(text: string): string {
  return text.replaceAll(exampleIds.fresh, newUuid);
}

/** Makes a UUID, also where the editor is not on a secure page and `crypto.randomUUID` is missing. */
function newUuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-8$4-$5");
}
