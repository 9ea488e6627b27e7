import type { DeviceChoice } from "../../admin/protocol";
import { fetchDevices } from "../admin-client";
import { ListPicker } from "../widgets/list-picker";
import type { ListChoice } from "../widgets/choice-index";
import { textsOf, type Translate } from "../i18n";
import { chosenAccount } from "./thing-and-variable";

/** The list of a form that has the fields `account` and `device`. Gives what closes it. */
export function pickDevice(type: string): () => void {
  const translate = textsOf(type);
  const devices = new ListPicker({
    field: "device",
    nameField: "deviceName",
    translate,
    load: (refresh) => {
      const account = chosenAccount();
      if (account === undefined) return undefined;
      return fetchDevices(account, refresh).then((list) => list.map((device) => deviceChoice(device, translate)));
    },
  });
  // The editor triggers "change" itself when the form is ready: that loads the list the first time.
  $("#node-input-account").on("change", () => devices.reload());
  return () => devices.close();
}

/** An entry of a list of devices. */
export function deviceChoice({ id, name, type, thing, status }: DeviceChoice, translate: Translate): ListChoice {
  return { value: id, name, detail: [type, thing ?? translate("label.no-thing"), status].join(" · ") };
}
