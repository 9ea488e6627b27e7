import { preferOnlyAccount } from "../default-account";
import { chooseConnection, fieldValue, hasOwnDevice, openMore, showRows } from "../form-fields";
import { textsOf } from "../i18n";
import type { Form } from "../open-form";
import { pickThingAndVariable } from "./thing-and-variable";

const type = "arduino-cloud-property-out";

/** Makes the form of property out work. */
export function propertyOutForm(node: EditorNode): Form {
  const translate = textsOf(type);
  preferOnlyAccount(node);
  const saveConnection = chooseConnection();
  const writesAsUser = (): boolean => !hasOwnDevice() && fieldValue("as") === "user";
  const lists = pickThingAndVariable({
    type,
    problemOf: ({ writable }) => (writable || !writesAsUser() ? undefined : translate("tip.read-only")),
    problemFields: ["as"],
    tipWithDevice: translate("tip.property-typed"),
  });
  showRows(["device", "#arduino-cloud-connect-as", "as", "confirm", "whenOffline"], {
    ".arduino-cloud-with-account": () => !hasOwnDevice(),
    ".arduino-cloud-with-device": hasOwnDevice,
    "#arduino-cloud-confirm-row": writesAsUser,
    "#arduino-cloud-confirm-timeout-row": () => writesAsUser() && fieldValue("confirm") === "device",
    ".arduino-cloud-queueing": () => fieldValue("whenOffline") !== "reject",
  });
  openMore(node);
  return {
    save: () => {
      lists.save();
      saveConnection();
    },
    close: lists.close,
  };
}
