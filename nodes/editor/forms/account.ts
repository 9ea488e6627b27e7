import { openConfigMore } from "../form-fields";
import { textsOf } from "../i18n";
import { usePart } from "../load-part";
import type { Form } from "../open-form";

/** Makes the form of an account work. */
export function accountForm(node: EditorNode): Form {
  const { id } = node;
  // A new account begins with what has to be pasted; the editor itself focuses the first field a little later.
  const clientId = $("#node-config-input-clientId");
  if (clientId.val() === "") window.setTimeout(() => clientId.trigger("focus"), 400);
  const translate = textsOf("arduino-cloud-account");
  switchDemo(translate("label.demo-house"));
  $("#arduino-cloud-account-test").on("click", () =>
    usePart("doctor", ({ testConnection }) => testConnection(id, translate)),
  );
  $("#arduino-cloud-account-doctor").on("click", () =>
    usePart("doctor", ({ examineAccountForm }) => examineAccountForm(id)),
  );
  openConfigMore(node, "#arduino-cloud-account-more");
  return { close: () => undefined };
}

/**
 * Switches between an API key and the demo house, which needs none of the fields that go with a key; they keep what is in
 * them.
 * @param houseName what the account is called where it has no name
 */
function switchDemo(houseName: string): void {
  const field = $("#node-config-input-demo");
  const name = $("#node-config-input-name");
  const house = $("#arduino-cloud-account-house");
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
  field.on("change", show);
  $("#arduino-cloud-account-try-demo").on("click", () => choose(true));
  $("#arduino-cloud-account-use-key").on("click", () => choose(false));
  show();
}
