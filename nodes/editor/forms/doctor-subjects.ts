import { storedSecret, type DoctorRequest, type TypedDevice } from "../../admin/protocol";
import { type DoctorSubject, openDoctor } from "./doctor-dialog";
import { accountSource } from "../admin-client";
import { nameLabel } from "../node-label";
import { textsOf } from "../i18n";
import { textOf } from "../../../cloud/core/text";

const translate = textsOf("arduino-cloud-account");
const deviceFields = ["name", "account", "brokerUrl", "tls", "proxy", "messagesPerSecond"] as const;

/** Opens the doctor for any account or device of the workspace. */
export function examineConfigured(): void {
  openDoctor(configured());
}

/** Opens the doctor for what is in the form of a device, deployed or not. */
export function examineDeviceForm(id: string): void {
  const typed = (field: string): string => String($(`#node-config-input-${field}`).val() ?? "");
  const setting = (field: string): string => (typed(field) === "_ADD_" ? "" : typed(field));
  const device: TypedDevice = {
    id,
    settings: Object.fromEntries(deviceFields.map((field) => [field, setting(field)])),
    credentials: { deviceId: typed("deviceId"), secretKey: typed("secretKey") },
  };
  openDoctor([{ label: "", request: () => ({ device, ...accountOf(setting("account")) }) }]);
}

/** Returns the accounts and devices of the workspace, accounts first. */
function configured(): DoctorSubject[] {
  const accounts: DoctorSubject[] = [];
  const devices: DoctorSubject[] = [];
  RED.nodes.eachConfig((node) => {
    if (node.type === "arduino-cloud-account") {
      const label = nameLabel(node, translate("label.account"));
      accounts.push({ label, request: () => ({ account: accountSource(node) }) });
    } else if (node.type === "arduino-cloud-device") {
      const label = nameLabel(node, textsOf(node.type)("label.device"));
      devices.push({
        label,
        request: () => ({ device: deviceSource(node), ...accountOf(textOf(node.account)) }),
      });
    }
  });
  return [...accounts, ...devices];
}

function accountOf(id: string): Pick<DoctorRequest, "account"> {
  const account = RED.nodes.node(id) ?? undefined;
  return account === undefined ? {} : { account: accountSource(account) };
}

/** Returns a deployed device by its id, one with changes as it stands in the editor's memory. */
function deviceSource(node: EditorNode): TypedDevice | { id: string } {
  const { id, credentials = {} } = node;
  if (node.changed !== true) return { id };
  const isStored = credentials.has_secretKey === true;
  return {
    id,
    settings: Object.fromEntries(deviceFields.map((field) => [field, node[field] ?? ""])),
    credentials: {
      deviceId: textOf(credentials.deviceId),
      secretKey: textOf(credentials.secretKey) || (isStored ? storedSecret : ""),
    },
  };
}
