import { fetchFrom } from "../admin-client";
import { chosenAccount, fieldValue, isEnvironment } from "../form-fields";
import type { Translate } from "../i18n";

/** Fills the list of context stores; one that the runtime does not have stays as it is saved. */
export function prepareStores(saved: string, translate: Translate): void {
  const { stores = [] } = RED.settings.context ?? {};
  const names = saved === "" || stores.includes(saved) ? stores : [...stores, saved];
  const options = ["", ...names].map((value) =>
    $("<option>", { value }).text(value === "" ? translate("label.store-default") : value),
  );
  $("#node-input-store").empty().append(options).val(saved);
}

/** Tells for how long the plan keeps history, where an archive of a known thing is set up. */
export function showRetention(translate: Translate): void {
  let asked = "";
  const hint = $("#arduino-cloud-since-hint");
  const show = (): void => {
    const account = chosenAccount();
    const thing = fieldValue("thing").trim();
    const isKnown = account !== undefined && thing !== "" && !isEnvironment(thing);
    const wanted = isKnown && fieldValue("since") === "last-run" ? `${account.id} ${thing}` : "";
    if (wanted === asked) return;
    asked = wanted;
    hint.text(translate("tip.since"));
    if (!isKnown || wanted === "") return;
    fetchFrom(account, "retention", { thing }).then(
      ({ days }) => {
        if (asked !== wanted || days === null) return;
        hint.text(`${translate("tip.since")} ${translate("tip.retention", { count: days })}`);
      },
      // Whatever keeps it from being known, the lists of the form say so.
      () => undefined,
    );
  };
  hint.text(translate("tip.since"));
  for (const field of ["account", "thing", "since"]) $(`#node-input-${field}`).on("change", show);
  show();
}
