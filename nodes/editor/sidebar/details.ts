import { textsOf, type Translate } from "../i18n";
import { lastValueWords } from "../last-value-words";
import type { TreeItem } from "./tree-rows";

/** A line of the details of an item. */
export interface Line {
  /** The key of its label: `label.<name>` in the catalogue. */
  name: "id" | "variable" | "type" | "permission" | "unit" | "value" | "time" | "thing" | "device" | "status";
  text: string;
}

const cloud = "https://app.arduino.cc";

/** Returns what is to be known of an item, in the order of interest; what does not apply to it is left out. */
export function describeItem(item: TreeItem, translate: Translate): Line[] {
  switch (item.kind) {
    case "thing":
      return [...deviceLines(item, translate), { name: "id", text: item.thing.id }];
    case "variable":
      return variableLines(item, translate);
    case "device": {
      const { status, type, thing, id } = item.device;
      return [
        { name: "status", text: statusText(status, translate) },
        { name: "type", text: type },
        { name: "thing", text: thing?.name ?? translate("label.no-thing") },
        { name: "id", text: id },
      ];
    }
    case "dashboard":
      return [{ name: "id", text: item.dashboard.id }];
    case "group":
      return [];
  }
}

function variableLines(item: TreeItem & { kind: "variable" }, translate: Translate): Line[] {
  const { variable, thing } = item;
  const { time, unit, type, writable } = variable;
  return [
    { name: "value", text: lastValueWords(variable, textsOf("arduino-cloud-account")) ?? translate("label.no-value") },
    ...(time === null ? [] : [{ name: "time", text: timeText(time) } as const]),
    { name: "type", text: type },
    ...(unit === undefined ? [] : [{ name: "unit", text: unit } as const]),
    { name: "permission", text: writable ? translate("label.read-write") : translate("label.read-only") },
    { name: "variable", text: variable.variable },
    { name: "thing", text: thing.name },
    ...deviceLines(item, translate),
    { name: "id", text: variable.id },
  ];
}

function deviceLines({ device }: TreeItem & { kind: "thing" | "variable" }, translate: Translate): Line[] {
  if (device === undefined) return [];
  return [{ name: "device", text: `${device.name} (${statusText(device.status, translate)})` }];
}

/** Returns whether a device is there, in words. */
export function statusText(status: "ONLINE" | "OFFLINE" | "UNKNOWN", translate: Translate): string {
  if (status === "ONLINE") return translate("label.online");
  return status === "OFFLINE" ? translate("label.offline") : translate("label.unknown");
}

/** Returns what people call an item; blank for a group. */
export function itemName(item: TreeItem): string {
  switch (item.kind) {
    case "thing":
      return item.thing.name;
    case "variable":
      return item.variable.name;
    case "device":
      return item.device.name;
    case "dashboard":
      return item.dashboard.name;
    case "group":
      return "";
  }
}

/**
 * Returns the page of the Arduino Cloud that shows an item: that of its thing or dashboard, and for a device the list,
 * since nobody has told of an address for a single one.
 */
export function addressOf(item: TreeItem): string | undefined {
  switch (item.kind) {
    case "thing":
    case "variable":
      return `${cloud}/things/${encodeURIComponent(item.thing.id)}`;
    case "device":
      return `${cloud}/devices`;
    case "dashboard":
      return `${cloud}/dashboards/${encodeURIComponent(item.dashboard.id)}`;
    case "group":
      return undefined;
  }
}

function timeText(time: string): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? time : date.toLocaleString();
}
