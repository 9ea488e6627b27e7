import { preferOnlyAccount } from "../default-account";
import { chooseConnection, chosenAccount, fieldValue, hasOwnDevice, openMore, showRows } from "../form-fields";
import { textsOf } from "../i18n";
import type { Form } from "../open-form";
import { pickThingAndVariable } from "./thing-and-variable";

const type = "arduino-cloud-property-in";

/** Makes the form of property in work. */
export function propertyInForm(node: EditorNode): Form {
  const translate = textsOf(type);
  preferOnlyAccount(node);
  const saveConnection = chooseConnection();
  const lists = pickThingAndVariable({ type, tipWithDevice: translate("tip.property-typed") });
  const catchesUp = (): boolean => !hasOwnDevice() && fieldValue("direction") !== "requested";
  const isClustered = (): boolean => !hasOwnDevice() && !!chosenAccount()?.["cluster"];
  showRows(["account", "device", "#arduino-cloud-connect-as", "direction", "emit", "initial", "catchUp", "inputs"], {
    ".arduino-cloud-with-account": () => !hasOwnDevice(),
    ".arduino-cloud-with-device": hasOwnDevice,
    "#arduino-cloud-deadband-row": () => fieldValue("emit") === "changed",
    "#arduino-cloud-initial-hours-row": () => catchesUp() && $("#node-input-initial").prop("checked") === true,
    "#arduino-cloud-catch-up-row": catchesUp,
    "#arduino-cloud-catch-up-delay-row": () => catchesUp() && fieldValue("catchUp") === "all",
    "#arduino-cloud-ack-row": isClustered,
    "#arduino-cloud-inputs-hint": () => fieldValue("inputs") === "1",
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
