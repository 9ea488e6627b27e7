import { preferOnlyAccount } from "../default-account";
import type { Form } from "../open-form";
import { pickDevice } from "./device-choice";

/** Makes the form of device status work. */
export function deviceStatusForm(node: EditorNode): Form {
  preferOnlyAccount(node);
  return { close: pickDevice("arduino-cloud-device-status") };
}
