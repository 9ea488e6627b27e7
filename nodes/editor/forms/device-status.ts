import { preferOnlyAccount } from "../default-account";
import { chosenAccount, openMore } from "../form-fields";
import { textsOf } from "../i18n";
import type { Form } from "../open-form";
import { ListPicker } from "../widgets/list-picker";
import { loadDevices } from "./device-choices";

/** Makes the form of device status work. */
export function deviceStatusForm(node: EditorNode): Form {
  const translate = textsOf("arduino-cloud-device-status");
  preferOnlyAccount(node);
  const devices = new ListPicker({
    field: "device",
    nameField: "deviceName",
    translate,
    load: (refresh) => {
      const account = chosenAccount();
      return account && loadDevices(account, refresh, translate);
    },
  });
  // The editor triggers "change" itself when the form is ready: that loads the list the first time.
  $("#node-input-account").on("change", () => devices.reload());
  openMore(node);
  return { save: () => devices.save(), close: () => devices.close() };
}
