import type { CheckId, Level } from "../../../cloud/doctor/index";
import type { DoctorReport, DoctorRequest, TypedAccount } from "../../admin/protocol";
import { checkEntry, levelWord, openDoctor, sentenceOf } from "./doctor-dialog";
import { accountFields, failureCode, post } from "../admin-client";
import { errorText, type Translate } from "../i18n";

/** The checks of **Test connection**: enough to know whether the account can be deployed. */
const connectionChecks: readonly CheckId[] = ["api-port", "clock", "token", "things", "login"];

/**
 * Makes the buttons **Test connection** and **Doctor** work: they try what is in the form, deployed or not. Returns what
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
    const request: DoctorRequest = { account: accountOfForm(id), checks: connectionChecks };
    post<DoctorReport>("arduino-cloud/doctor", request).then(
      ({ findings }) => show(findings.map((finding) => line(finding.level, sentenceOf(finding), finding.detail))),
      (reason: unknown) => show([line("problem", errorText(failureCode(reason)))]),
    );
  });
  $("#arduino-cloud-account-doctor").on("click", () => {
    const account = accountOfForm(id);
    openDoctor([{ label: "", request: () => ({ account }) }]);
  });
  return () => {
    run++;
  };
}

/** Returns what is typed into the account form. A stored secret that was not touched is `__PWRD__` there too. */
function accountOfForm(id: string): TypedAccount {
  const typed = (field: string): string => String($(`#node-config-input-${field}`).val() ?? "");
  const setting = (field: string): string => (typed(field) === "_ADD_" ? "" : typed(field));
  return {
    id,
    settings: Object.fromEntries(accountFields.map((field) => [field, setting(field)])),
    credentials: { clientId: typed("clientId"), clientSecret: typed("clientSecret") },
  };
}

/** Returns a line of the test: shorter than one of the doctor's dialog. */
function line(level: Level, sentence: string, detail?: string): JQuery {
  return checkEntry(level, [$("<strong>").text(levelWord(level)), $("<span>").text(` ${sentence}`)], detail);
}
