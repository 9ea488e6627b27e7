import type { DoctorReport, DoctorRequest } from "../../admin/protocol";
import { failureCode, post } from "../admin-client";
import { errorText, textsOf } from "../i18n";
import { findingsList, summaryOf } from "./doctor-findings";
import { openModal } from "../widgets/modal";

/** An account or a device that the doctor can be asked to look at. */
export interface DoctorSubject {
  label: string;
  /** As it stands when the doctor is asked. */
  request: () => DoctorRequest;
}

const translate = textsOf("arduino-cloud-account");
/** Opens the doctor's dialog and examines the first of the subjects; with several, another one can be chosen. */
export function openDoctor(subjects: readonly DoctorSubject[]): void {
  const note = $('<p role="status">').toggle(subjects.length > 0);
  const list = $("<div>");
  const choice = subjectChoice(subjects);
  const dialog = $('<div class="arduino-cloud-doctor">').append(
    subjects.length > 1 ? choice.row : "",
    subjects.length === 0 ? $("<p>").text(translate("doctor.no-account")) : "",
    note,
    list,
  );
  const examination = new Examination(dialog, note, list);
  const examine = (): void => {
    const subject = choice.chosen();
    if (subject !== undefined) void examination.begin(subject.request());
  };
  choice.row.on("change", examine);
  showDialog(dialog, {
    copy: () => {
      const { report } = examination;
      const isCopied = report !== "" && copyText(report, dialog);
      note.text(isCopied ? translate("doctor.copied") : translate("doctor.not-copied"));
    },
    again: examine,
    close: () => examination.end(),
  });
  examine();
}

/** The examination that the dialog shows: the last that was begun. */
class Examination {
  readonly #dialog: JQuery;
  readonly #note: JQuery;
  readonly #list: JQuery;
  /** Counts the examinations, so that answers to earlier ones are known for late. */
  #count = 0;
  /** The report for a forum post; blank until there is one. */
  report = "";

  constructor(dialog: JQuery, note: JQuery, list: JQuery) {
    this.#dialog = dialog;
    this.#note = note;
    this.#list = list;
  }

  /** Has something examined and shows the findings. */
  async begin(request: DoctorRequest): Promise<void> {
    const mine = ++this.#count;
    this.report = "";
    this.#list.empty();
    this.#note.text(translate("doctor.running"));
    setBusy(this.#dialog, true);
    const answer = await post<DoctorReport>("arduino-cloud/doctor", request).catch((reason: unknown) =>
      errorText(failureCode(reason)),
    );
    if (mine !== this.#count) return;
    setBusy(this.#dialog, false);
    if (typeof answer === "string") this.#note.text(answer);
    else this.#show(answer);
  }

  /** Ends it; an answer that comes later is ignored. */
  end(): void {
    this.#count++;
  }

  #show({ findings, text }: DoctorReport): void {
    this.report = text;
    this.#note.text(summaryOf(findings));
    this.#list.append(findingsList(findings, () => this.#dialog.dialog("close")));
  }
}

/** The acts of the buttons; `close` is told when the dialog is gone. */
interface DialogActs {
  copy: () => void;
  again: () => void;
  close: () => void;
}

function showDialog(content: JQuery, { copy, again, close }: DialogActs): void {
  const options = {
    title: translate("doctor.heading"),
    resizable: false,
    width: Math.min(680, window.innerWidth - 40),
    // Fixed, so that the dialog stays where it is when the findings come.
    height: Math.min(640, window.innerHeight - 40),
    classes: { "ui-dialog-titlebar-close": "hide", "ui-widget-overlay": "red-ui-editor-dialog" },
    buttons: [
      { text: translate("doctor.copy"), click: copy },
      { text: translate("doctor.again"), click: again },
      {
        text: translate("doctor.close"),
        class: "arduino-cloud-close",
        click: () => content.dialog("close"),
      },
    ],
  };
  openModal(content, options, close);
}

function subjectChoice(subjects: readonly DoctorSubject[]): {
  row: JQuery;
  chosen: () => DoctorSubject | undefined;
} {
  const select = $('<select id="arduino-cloud-doctor-subject">');
  for (const [index, { label }] of subjects.entries()) select.append($("<option>").val(index).text(label));
  const label = $('<label for="arduino-cloud-doctor-subject">').text(translate("doctor.subject"));
  return {
    row: $('<div class="form-row">').append(label, select),
    chosen: () => subjects[Number(select.val() ?? 0)],
  };
}

/**
 * Disables the buttons while it examines: there is nothing to copy, and nothing to begin anew. The focus stays in the
 * dialog.
 */
function setBusy(dialog: JQuery, isBusy: boolean): void {
  const buttons = dialog.parent().find(".ui-dialog-buttonset button");
  const others = buttons.not(".arduino-cloud-close");
  const hadFocus = others.is(":focus");
  others.prop("disabled", isBusy);
  if (hadFocus && isBusy) buttons.filter(".arduino-cloud-close").trigger("focus");
}

/**
 * Puts a text on the clipboard, also where the editor is not served over TLS: there the modern way does not exist. The
 * field has to be in the dialog, which keeps the focus to itself.
 */
function copyText(text: string, dialog: JQuery): boolean {
  const field = $('<textarea class="arduino-cloud-unseen" tabindex="-1" aria-hidden="true">')
    .val(text)
    .appendTo(dialog);
  field.trigger("focus").trigger("select");
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- see above
  const isCopied = document.execCommand("copy");
  field.remove();
  return isCopied;
}
