import { createDevice, fetchThings, ListError } from "./lists";
import { errorText, type Translate } from "./text";

/** What the list of things has beside things. */
const none = "none";
const newThing = "new";
/** What stands in the field of a secret that is stored. */
const storedSecret = "__PWRD__";

/** The part of the form that creates a device. */
export interface DeviceCreator {
  /** Takes over into the node what was created; to be called when the form is saved. */
  save(node: EditorNode): void;
  /** Answers that come later are ignored. */
  close(): void;
}

/** Makes **Create a device for me** work in the form of the device node `id`. */
export function offerDeviceCreation(id: string, translate: Translate): DeviceCreator {
  const button = $("#arduino-cloud-device-create");
  const result = $("#arduino-cloud-device-created");
  const things = $("#arduino-cloud-device-thing");
  let run = 0;
  let isCreated = false;
  const tell = (text: string, isProblem = false): void => {
    result.empty().append($("<div>").toggleClass("arduino-cloud-problem", isProblem).text(text));
  };

  button.on("click", () => {
    const account = chosenAccount();
    if (account === undefined) {
      tell(translate("tip.no-account"), true);
      return;
    }
    const mine = ++run;
    button.prop("disabled", true);
    tell(translate("tip.creating"));
    const finish = (show: () => void): void => {
      if (mine !== run) return;
      button.prop("disabled", false);
      show();
    };
    createDevice(account, { node: id, name: typed("#node-config-input-name"), attach: attachment() }).then(
      ({ deviceId, thing }) =>
        finish(() => {
          isCreated = true;
          $("#node-config-input-deviceId").val(deviceId).trigger("change");
          $("#node-config-input-secretKey").val(storedSecret).trigger("change");
          tell(thing === null ? translate("tip.created") : translate("tip.created-attached", { thing: thing.name }));
        }),
      (reason: unknown) => finish(() => tell(errorText(codeOf(reason)), true)),
    );
  });
  things.on("change", () => $("#arduino-cloud-device-new-thing-row").toggle(things.val() === newThing));
  $("#node-config-input-account").on("change", () => void listThings(things));
  things.trigger("change");

  return {
    save: (node) => {
      if (!isCreated || typed("#node-config-input-secretKey") !== storedSecret) return;
      // Whatever was typed before is out of date: the key is with the server already.
      node.credentials = { ...node.credentials, secretKey: undefined };
    },
    close: () => run++,
  };
}

function attachment(): { to: "none" | "existing" | "new"; thing: string } {
  const choice = typed("#arduino-cloud-device-thing");
  if (choice === newThing) return { to: "new", thing: typed("#arduino-cloud-device-new-thing") };
  return choice === none || choice === "" ? { to: "none", thing: "" } : { to: "existing", thing: choice };
}

/** Fills the list with the things of the chosen account; the choices above them stay, whatever happens. */
async function listThings(list: JQuery): Promise<void> {
  const account = chosenAccount();
  list.find("option[data-thing]").remove();
  if (account === undefined) return;
  let options: JQuery[];
  try {
    const things = await fetchThings(account, false);
    options = things.map((thing) => $("<option>").val(thing.id).text(thing.name));
  } catch (reason) {
    options = [
      $("<option>")
        .prop("disabled", true)
        .text(errorText(codeOf(reason))),
    ];
  }
  // Another account may have been chosen meanwhile.
  if (chosenAccount() !== account) return;
  list.find("option[data-thing]").remove();
  for (const option of options) list.append(option.attr("data-thing", ""));
}

function chosenAccount(): EditorNode | undefined {
  return RED.nodes.node(typed("#node-config-input-account")) ?? undefined;
}

function typed(field: string): string {
  return String($(field).val() ?? "").trim();
}

function codeOf(reason: unknown): string {
  return reason instanceof ListError ? reason.code : "server_error";
}
