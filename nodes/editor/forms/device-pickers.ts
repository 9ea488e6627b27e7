import type { DeviceChoice, ThingChoice } from "../../admin/protocol";
import { fetchFrom } from "../admin-client";
import { ListPicker } from "../widgets/list-picker";
import type { ListChoice } from "../widgets/choice-index";
import { textsOf, type Translate } from "../i18n";
import { deviceChoice } from "./device-choices";
import { thingChoice } from "./list-choices";

/** The lists have the texts of another form that has such lists. */
const listTexts = textsOf("arduino-cloud-manage");
/** The types of devices that log in with a secret key, as far as is known (docs/protocol.md#keyed-devices). */
const keyedTypes = ["login_and_secretkey_wifi", "generic_device_secretkey"];

/** Returns the account that is chosen in the form of the device node. */
export function accountOfDevice(): EditorNode | undefined {
  return RED.nodes.node(String($("#node-config-input-account").val())) ?? undefined;
}

/**
 * Adds the list of things that a new device can be attached to, asked for only while `isWanted`. One that has a device
 * already comes last: it is left alone.
 */
export function pickThingToAttach(translate: Translate, isWanted: () => boolean): ListPicker {
  const choose = (thing: ThingChoice): ListChoice => ({
    ...thingChoice(thing, listTexts),
    ...(thing.device === null ? {} : { problem: translate("tip.thing-taken") }),
  });
  const things = new ListPicker({
    field: "thing",
    place: { input: "#arduino-cloud-device-thing", hint: "#arduino-cloud-device-thing-hint" },
    translate: listTexts,
    load: (refresh) => {
      const account = isWanted() ? accountOfDevice() : undefined;
      return account && fetchFrom(account, "things", { refresh }).then((list) => list.map(choose));
    },
  });
  $("#node-config-input-account").on("change", () => things.reload());
  return things;
}

/** Adds the list of the account's devices below the device ID, asked for only when somebody opens it. */
export function pickDeviceId(translate: Translate): ListPicker {
  const choose = (device: DeviceChoice): ListChoice => ({
    ...deviceChoice(device, listTexts),
    ...(keyedTypes.includes(device.type) ? {} : { problem: translate("tip.not-manual") }),
  });
  const devices = new ListPicker({
    field: "device",
    showsId: true,
    place: { input: "#node-config-input-deviceId", hint: "#arduino-cloud-device-id-hint" },
    // A device of another account is as good here; a name is not.
    translate: (key, values) => (key === "tip.device-unlisted" ? "" : listTexts(key, values)),
    isLazy: () => accountOfDevice() !== undefined,
    tipWithoutList: () => (accountOfDevice() === undefined ? undefined : ""),
    load: (refresh) => {
      const account = accountOfDevice();
      return account && fetchFrom(account, "devices", { refresh }).then((list) => list.map(choose));
    },
  });
  $("#node-config-input-account").on("change", () => devices.reload());
  return devices;
}
