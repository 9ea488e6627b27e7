import type { CheckId, Level } from "../../../cloud/doctor/index";
import type { DoctorReport, DoctorRequest, TypedAccount } from "../../admin/protocol";
import { openDoctor } from "./doctor-dialog";
import { checkEntry, detailOf, levelWord, sentenceOf } from "./doctor-findings";
import { accountFields, failureCode, post } from "../admin-client";
import { errorText, type Translate } from "../i18n";

/** The checks of **Test connection**: enough to know whether the account can be deployed. */
const connectionChecks: readonly CheckId[] = ["settings", "api-port", "clock", "token", "things", "login"];

/** Tries what is in the account form, deployed or not, and tells of it there; nothing if the form is closed meanwhile. */
export function testConnection(id: string, translate: Translate): void {
  const button = $("#arduino-cloud-account-test").prop("disabled", true);
  const list = $("#arduino-cloud-account-checks");
  list.empty().append($("<li>").text(translate("test.running")));
  const show = (lines: JQuery[]): void => {
    button.prop("disabled", false);
    list.empty().append(lines);
    list.get(0)?.scrollIntoView({ block: "nearest" });
  };
  const request: DoctorRequest = { account: accountOfForm(id), checks: connectionChecks };
  post<DoctorReport>("arduino-cloud/doctor", request).then(
    ({ findings }) => show(findings.map((finding) => line(finding.level, sentenceOf(finding), detailOf(finding)))),
    (reason: unknown) => show([line("problem", errorText(failureCode(reason)))]),
  );
}

/** Opens the doctor for what is in the account form, deployed or not. */
export function examineAccountForm(id: string): void {
  const account = accountOfForm(id);
  openDoctor([{ label: "", request: () => ({ account }) }]);
}

/** Returns what is typed into the account form. A stored secret that was not touched is `__PWRD__` there too. */
function accountOfForm(id: string): TypedAccount {
  const typed = (field: string): string => String($(`#node-config-input-${field}`).val() ?? "");
  const setting = (field: string): string | boolean => {
    if (field === "demo") return $("#node-config-input-demo").is(":checked");
    return typed(field) === "_ADD_" ? "" : typed(field);
  };
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
