import { preferOnlyAccount } from "../default-account";
import { openMore } from "../form-fields";
import type { Form } from "../open-form";
import { pickThingAndVariable } from "./thing-and-variable";

/** Makes the form of property get work. */
export function propertyGetForm(node: EditorNode): Form {
  preferOnlyAccount(node);
  openMore(node);
  return pickThingAndVariable({ type: "arduino-cloud-property-get" });
}
