import { type CreatedDevice, type NewDevice, storedSecret } from "../../admin/protocol";
import { createDevice, failureCode } from "../admin-client";
import { errorText, type Translate } from "../i18n";
import type { ListPicker } from "../widgets/list-picker";
import { accountOfDevice, pickThingToAttach } from "./device-pickers";

/** The part of the form that creates a device. */
interface DeviceCreator {
  /** Takes over into the node what was created; to be called when the form is saved. */
  save(node: EditorNode): void;
  /** Ends it; answers that come later are ignored. */
  close(): void;
}

/** Makes **Create a device for me** work in the form of the device node `id`. */
export function offerDeviceCreation(id: string, translate: Translate): DeviceCreator {
  const button = $("#arduino-cloud-device-create");
  let isCreated = false;
  let isClosed = false;
  const create = async (account: EditorNode, attach: NewDevice["attach"]): Promise<void> => {
    button.prop("disabled", true);
    tell(translate("tip.creating"));
    const name = typed("#node-config-input-name");
    const outcome = await createDevice(account, { node: id, name, attach }).catch((reason: unknown) =>
      errorText(failureCode(reason)),
    );
    if (isClosed) return;
    button.prop("disabled", false);
    if (typeof outcome === "string") tell(outcome, true);
    else {
      isCreated = true;
      showCreated(outcome, translate);
    }
  };
  const things = offerAttachment(translate);
  button.on("click", () => {
    const account = accountOfDevice();
    const attach = attachment(things.value);
    if (account === undefined) tell(translate("tip.no-account"), true);
    else if (attach.to === "existing" && attach.thing === "") tell(translate("tip.no-thing"), true);
    else void create(account, attach);
  });
  return {
    save: (node) => {
      if (!isCreated || typed("#node-config-input-secretKey") !== storedSecret) return;
      // Whatever was typed before is out of date: the key is with the server already.
      node.credentials = { ...node.credentials, secretKey: undefined };
    },
    close: () => {
      isClosed = true;
      things.close();
    },
  };
}

/** Makes the fields work that say what the device is attached to. Returns the list of things in them. */
function offerAttachment(translate: Translate): ListPicker {
  const choice = $("#arduino-cloud-device-attach");
  const things = pickThingToAttach(translate, () => choice.val() === "existing");
  const show = (): void => {
    $("#arduino-cloud-device-new-thing-row").toggle(choice.val() === "new");
    $("#arduino-cloud-device-thing-row").toggle(choice.val() === "existing");
  };
  choice.on("change", () => {
    show();
    things.reload();
  });
  show();
  return things;
}

function attachment(thing: string): NewDevice["attach"] {
  const choice = typed("#arduino-cloud-device-attach");
  if (choice === "new") return { to: "new", thing: typed("#arduino-cloud-device-new-thing") };
  return choice === "existing" ? { to: "existing", thing } : { to: "none", thing: "" };
}

function showCreated({ deviceId, thing }: CreatedDevice, translate: Translate): void {
  $("#node-config-input-deviceId").val(deviceId).trigger("change");
  $("#node-config-input-secretKey").val(storedSecret).trigger("change");
  tell(thing === null ? translate("tip.created") : translate("tip.created-attached", { thing: thing.name }));
}

function tell(text: string, isProblem = false): void {
  const line = $("<div>").toggleClass("arduino-cloud-problem", isProblem).text(text);
  $("#arduino-cloud-device-created").empty().append(line);
}

function typed(field: string): string {
  return String($(field).val() ?? "").trim();
}
