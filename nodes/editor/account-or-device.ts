import { fieldValue, hasOwnDevice } from "./form-fields";
import { textsOf } from "./i18n";
import { isFormOpen } from "./open-form";
import type { Validate } from "./validators";

/**
 * Accepts the account of a node that has a device field too: one of them is needed. The editor itself checks config nodes
 * only where there is no validator, so what it would say is said here.
 */
export function accountOrDevice(type: string): Validate {
  const translate = textsOf(type);
  return function (value, { label = "" }) {
    // While the form is open the node still has what was saved.
    const isOpen = isFormOpen(this);
    const device = isOpen && !hasOwnDevice() ? "" : isOpen ? fieldValue("device") : this.device;
    if (typeof device === "string" && device !== "") return true;
    if (value === "" || value === "_ADD_") return `${label}: ${translate("error.account-or-device")}`;
    const account = RED.nodes.node(String(value)) ?? undefined;
    if (account === undefined) return RED._("validator.errors.missing-config", { prop: label });
    return account.valid === false ? RED._("validator.errors.invalid-config", { prop: label }) : true;
  };
}
