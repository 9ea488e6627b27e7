import type { DeviceChoice } from "../../admin/protocol";
import { fetchFrom } from "../admin-client";
import type { Translate } from "../i18n";
import type { ListChoice } from "../widgets/choice-index";

/** Loads the entries of a list of an account's devices. */
export async function loadDevices(account: EditorNode, refresh: boolean, translate: Translate): Promise<ListChoice[]> {
  const devices = await fetchFrom(account, "devices", { refresh });
  return devices.map((device) => deviceChoice(device, translate));
}

/** Returns the entry of a device in a list. */
export function deviceChoice({ id, name, type, thing, status }: DeviceChoice, translate: Translate): ListChoice {
  const detail = (): string => [type, thing ?? translate("label.no-thing"), status].join(" · ");
  return { value: id, name, kind: type, detail };
}
