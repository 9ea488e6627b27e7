import { failureCode, fetchFrom } from "../admin-client";
import { openConfigMore } from "../form-fields";
import { errorText, textsOf } from "../i18n";
import { usePart } from "../load-part";
import type { Form } from "../open-form";

/** Makes the form of an account work. */
export function accountForm(node: EditorNode): Form {
  const { id } = node;
  beginWithKey();
  const translate = textsOf("arduino-cloud-account");
  switchDemo(node, translate("label.demo-house"));
  $("#arduino-cloud-account-test").on("click", () =>
    usePart("doctor", ({ testConnection }) => testConnection(id, translate)),
  );
  $("#arduino-cloud-account-doctor").on("click", () =>
    usePart("doctor", ({ examineAccountForm }) => examineAccountForm(id)),
  );
  openConfigMore(node, "#arduino-cloud-account-more");
  return { close: () => undefined };
}

/** Leads whoever adds an account to what has to be pasted, once the editor has moved the focus into the form, as it does. */
function beginWithKey(): void {
  const clientId = $("#node-config-input-clientId");
  if (clientId.val() !== "") return;
  // Its tabs are there too, the first of which the editor focuses.
  const tray = clientId.closest(".red-ui-tray-body").get(0);
  const begin = (): void => clientId.get(0)?.focus();
  const focused = document.activeElement;
  // jQuery's own event does not come where jQuery has moved the focus.
  if (tray?.contains(focused) !== true) tray?.addEventListener("focusin", begin, { once: true });
  // Where this code came late, somebody may be typing already.
  else if (focused?.matches("input, select") !== true) begin();
}

/**
 * Switches between an API key and the demo house, which needs none of the fields that go with a key; they keep what is in
 * them. The house is opened as soon as it is chosen, to say so where it can't be.
 * @param houseName what the account is called where it has no name
 */
function switchDemo(node: EditorNode, houseName: string): void {
  const field = $("#node-config-input-demo");
  const name = $("#node-config-input-name");
  const house = $("#arduino-cloud-account-house");
  const problem = $("#arduino-cloud-account-house-problem");
  const show = (): void => {
    const isDemo = field.is(":checked");
    house.toggle(isDemo);
    $(".arduino-cloud-account-key").toggle(!isDemo);
  };
  const choose = (isDemo: boolean): void => {
    field.prop("checked", isDemo).trigger("change");
    if (name.val() === (isDemo ? "" : houseName)) name.val(isDemo ? houseName : "").trigger("change");
    // It may be red for want of a key.
    $("#node-config-input-showValues").trigger("change");
    $(isDemo ? "#arduino-cloud-account-use-key" : "#node-config-input-clientId").trigger("focus");
  };
  const open = (): void => {
    problem.empty();
    const asked = { ...node, demo: true, changed: true, credentials: {} };
    fetchFrom(asked, "things").catch((reason: unknown) => {
      const code = failureCode(reason);
      // Who may not ask may deploy all the same.
      if (code !== "no-permission") problem.text(errorText(code));
    });
  };
  field.on("change", show);
  $("#arduino-cloud-account-try-demo").on("click", () => {
    choose(true);
    open();
  });
  $("#arduino-cloud-account-use-key").on("click", () => choose(false));
  show();
}
