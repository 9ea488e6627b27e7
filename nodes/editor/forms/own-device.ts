import { fieldValue } from "../form-rows";
import { textsOf } from "../i18n";
import type { Validate } from "../validators";

/** The node whose form is open. */
let edited: string | undefined;

/** Whether a device of Node-RED's own is chosen in the open form: then the account and the thing do not matter. */
export function hasOwnDevice(): boolean {
  return fieldValue("device") !== "";
}

/** To be called when the form of a node opens; gives what is to be called when it closes. */
export function ownDeviceForm(node: EditorNode): () => void {
  edited = node.id;
  return () => {
    edited = undefined;
  };
}

/**
 * Checks the account of a node that has a device field too: one of them is needed. The editor itself checks config nodes
 * only where there is no validator, so what it would say is said here.
 */
export function accountOrDevice(type: string): Validate {
  const translate = textsOf(type);
  return function (value, { label = "" }) {
    // While the form is open the node still has what was saved.
    const device = this.id === edited ? fieldValue("device") : this.device;
    if (typeof device === "string" && device !== "") return true;
    if (value === "" || value === "_ADD_") return `${label}: ${translate("error.account-or-device")}`;
    const account = RED.nodes.node(String(value)) ?? undefined;
    if (account === undefined) return RED._("validator.errors.missing-config", { prop: label });
    return account.valid === false ? RED._("validator.errors.invalid-config", { prop: label }) : true;
  };
}
