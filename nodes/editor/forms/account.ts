import { textsOf } from "../i18n";
import { usePart } from "../load-part";
import type { Form } from "../open-form";

/** Makes the form of an account work. */
export function accountForm({ id }: EditorNode): Form {
  // A new account begins with what has to be pasted; the editor itself focuses the first field a little later.
  const clientId = $("#node-config-input-clientId");
  if (clientId.val() === "") window.setTimeout(() => clientId.trigger("focus"), 400);
  const translate = textsOf("arduino-cloud-account");
  $("#arduino-cloud-account-test").on("click", () =>
    usePart("doctor", ({ testConnection }) => testConnection(id, translate)),
  );
  $("#arduino-cloud-account-doctor").on("click", () =>
    usePart("doctor", ({ examineAccountForm }) => examineAccountForm(id)),
  );
  const advanced = $("#arduino-cloud-account-advanced");
  // The placeholders show the defaults: what differs from them should be seen.
  const isChanged = advanced.find("input").is((_index, input) => $(input).val() !== $(input).attr("placeholder"));
  const isChosen = ["tls", "proxy", "cluster"].some((field) => $(`#node-config-input-${field}`).val() !== "_ADD_");
  advanced.prop("open", isChanged || isChosen);
  return { close: () => undefined };
}
