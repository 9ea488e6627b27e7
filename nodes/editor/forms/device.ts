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
  // The placeholders show the defaults: what differs from them should be seen.
  const isChanged =
    $("#node-config-input-brokerUrl").val() !== "" || $("#node-config-input-messagesPerSecond").val() !== "25";
  const isChosen = ["tls", "proxy"].some((field) => $(`#node-config-input-${field}`).val() !== "_ADD_");
  $("#arduino-cloud-device-advanced").prop("open", isChanged || isChosen);
  $("#arduino-cloud-device-creation").prop("open", $("#node-config-input-deviceId").val() === "");
  return {
    save: () => creator.save(node),
    close: () => {
      creator.close();
      devices.close();
    },
  };
}
