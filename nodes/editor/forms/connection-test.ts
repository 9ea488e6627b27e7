import type { TestedCheck, TypedAccount } from "../../admin/protocol";
import { openDoctor } from "./doctor-dialog";
import { accountFields, ListError, post } from "../admin-client";
import { errorText, type Translate } from "../i18n";

const icons = { ok: "fa-check-circle", warning: "fa-exclamation-triangle", failed: "fa-times-circle" };

/**
 * Makes the buttons **Test connection** and **Doctor** work: they try what is in the form, deployed or not. Gives what
 * ends it.
 */
export function offerConnectionTest(id: string, translate: Translate): () => void {
  const button = $("#arduino-cloud-account-test");
  const list = $("#arduino-cloud-account-checks");
  let run = 0;
  button.on("click", () => {
    const mine = ++run;
    button.prop("disabled", true);
    list.empty().append($("<li>").text(translate("test.running")));
    const show = (lines: JQuery[]): void => {
      if (mine !== run) return;
      button.prop("disabled", false);
      list.empty().append(lines);
      list.get(0)?.scrollIntoView({ block: "nearest" });
    };
    post<{ checks: TestedCheck[] }>("arduino-cloud/test", typedAccount(id)).then(
      ({ checks }) => show(checks.map((check) => line(check, translate))),
      (reason: unknown) => {
        const code = reason instanceof ListError ? reason.code : "server_error";
        show([entry("failed", translate("test.failed"), errorText(code))]);
      },
    );
  });
  $("#arduino-cloud-account-doctor").on("click", () => {
    const account = typedAccount(id);
    openDoctor([{ label: "", request: () => ({ account }) }]);
  });
  return () => {
    run++;
  };
}

/** What is typed into the account form. A stored secret that was not touched is `__PWRD__` there too. */
function typedAccount(id: string): TypedAccount {
  const typed = (field: string): string => String($(`#node-config-input-${field}`).val() ?? "");
  const setting = (field: string): string => (typed(field) === "_ADD_" ? "" : typed(field));
  return {
    id,
    settings: Object.fromEntries(accountFields.map((field) => [field, setting(field)])),
    credentials: { clientId: typed("clientId"), clientSecret: typed("clientSecret") },
  };
}

function line(check: TestedCheck, translate: Translate): JQuery {
  return entry(
    check.state,
    translate(`test.${check.state}`),
    translate(`test.${check.name}.${check.reason}`, check.values),
    check.detail,
  );
}

function entry(state: TestedCheck["state"], word: string, text: string, detail?: string): JQuery {
  const item = $("<li>")
    .addClass(`arduino-cloud-${state}`)
    .append($('<i class="fa" aria-hidden="true">').addClass(icons[state]), $("<strong>").text(word), " ");
  item.append(document.createTextNode(text));
  if (detail !== undefined) item.append($("<small>").text(detail));
  return item;
}
