import { storedSecret, type NewDevice } from "../../admin/protocol";
import { accountOfDevice, pickThingToAttach } from "./device-pickers";
import { createDevice, ListError } from "../admin-client";
import { errorText, type Translate } from "../i18n";

/** The part of the form that creates a device. */
interface DeviceCreator {
  /** Takes over into the node what was created; to be called when the form is saved. */
  save(node: EditorNode): void;
  /** Answers that come later are ignored. */
  close(): void;
}

/** Makes **Create a device for me** work in the form of the device node `id`. */
export function offerDeviceCreation(id: string, translate: Translate): DeviceCreator {
  const button = $("#arduino-cloud-device-create");
  const result = $("#arduino-cloud-device-created");
  const choice = $("#arduino-cloud-device-attach");
  const things = pickThingToAttach(translate, () => choice.val() === "existing");
  let run = 0;
  let isCreated = false;
  const tell = (text: string, isProblem = false): void => {
    result.empty().append($("<div>").toggleClass("arduino-cloud-problem", isProblem).text(text));
  };

  button.on("click", () => {
    const account = accountOfDevice();
    const attach = attachment();
    if (account === undefined) {
      tell(translate("tip.no-account"), true);
      return;
    }
    if (attach.to === "existing" && attach.thing === "") {
      tell(translate("tip.no-thing"), true);
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
    createDevice(account, { node: id, name: typed("#node-config-input-name"), attach }).then(
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
  const show = (): void => {
    $("#arduino-cloud-device-new-thing-row").toggle(choice.val() === "new");
    $("#arduino-cloud-device-thing-row").toggle(choice.val() === "existing");
  };
  choice.on("change", () => {
    show();
    things.reload();
  });
  show();

  return {
    save: (node) => {
      if (!isCreated || typed("#node-config-input-secretKey") !== storedSecret) return;
      // Whatever was typed before is out of date: the key is with the server already.
      node.credentials = { ...node.credentials, secretKey: undefined };
    },
    close: () => {
      run++;
      things.close();
    },
  };
}

function attachment(): NewDevice["attach"] {
  const choice = typed("#arduino-cloud-device-attach");
  if (choice === "new") return { to: "new", thing: typed("#arduino-cloud-device-new-thing") };
  return choice === "existing"
    ? { to: "existing", thing: typed("#arduino-cloud-device-thing") }
    : { to: "none", thing: "" };
}

function typed(field: string): string {
  return String($(field).val() ?? "").trim();
}

function codeOf(reason: unknown): string {
  return reason instanceof ListError ? reason.code : "server_error";
}
