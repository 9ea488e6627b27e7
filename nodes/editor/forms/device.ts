import { openConfigMore } from "../form-fields";
import { textsOf } from "../i18n";
import { usePart } from "../load-part";
import type { Form } from "../open-form";
import { offerDeviceCreation } from "./create-device";
import { pickDeviceId } from "./device-pickers";

/** Makes the form of a device of Node-RED's own work. */
export function deviceForm(node: EditorNode): Form {
  const translate = textsOf("arduino-cloud-device");
  const creator = offerDeviceCreation(node.id, translate);
  const devices = pickDeviceId(translate);
  $("#arduino-cloud-device-doctor").on("click", () =>
    usePart("doctor", ({ examineDeviceForm }) => examineDeviceForm(node.id)),
  );
  openConfigMore(node, "#arduino-cloud-device-more");
  $("#arduino-cloud-device-creation").prop("open", $("#node-config-input-deviceId").val() === "");
  return {
    save: () => creator.save(node),
    close: () => {
      creator.close();
      devices.close();
    },
  };
}
