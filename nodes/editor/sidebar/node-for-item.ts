import type { TreeItem } from "./tree-rows";

/** A node to be put on the canvas, with all its fields that are not defaults. */
export interface PlannedNode {
  type: "arduino-cloud-property-in" | "arduino-cloud-property-out" | "arduino-cloud-device-status";
  fields: Record<string, string>;
}

/**
 * Returns the node that an item of the tree becomes: property in, or with `out` property out, for a variable or a whole
 * thing; device status for a device. `undefined` for what becomes none, and `"read-only"` where a user may not write.
 */
export function planNode(item: TreeItem, account: string, out: boolean): PlannedNode | "read-only" | undefined {
  const type = out ? "arduino-cloud-property-out" : "arduino-cloud-property-in";
  switch (item.kind) {
    case "thing":
      return { type, fields: { account, ...thingFields(item.thing) } };
    case "variable": {
      const { thing, variable } = item;
      if (out && !variable.writable) return "read-only";
      const property = { property: variable.variable, propertyName: variable.name };
      return { type, fields: { account, ...thingFields(thing), ...property } };
    }
    case "device": {
      const { id, name } = item.device;
      return { type: "arduino-cloud-device-status", fields: { account, device: id, deviceName: name } };
    }
    default:
      return undefined;
  }
}

function thingFields({ id, name }: { id: string; name: string }): Record<string, string> {
  return { thing: id, thingName: name };
}
