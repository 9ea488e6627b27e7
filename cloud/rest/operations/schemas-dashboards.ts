import type { Fields } from "./operation";

/** Bodies for dashboards, by their official names (docs/protocol.md#models). */

const needed = { required: true } as const;
const name = { type: "string", maxLength: 64, pattern: "[a-zA-Z0-9_.@-]+" } as const;
const text = { type: "string" } as const;
const cells = { type: "integer", ...needed } as const;
const cellsOfPhone = { type: "integer", note: "on a phone" } as const;
const variables = { type: "list", items: { type: "uuid" }, note: "property ids" } as const;

const widget = {
  height: cells,
  id: { type: "uuid", note: "chosen by whoever creates it", ...needed },
  options: { type: "map", note: "by its type", ...needed },
  type: { type: "string", note: "such as Switch, Messenger, Image Map", ...needed },
  width: cells,
  x: cells,
  y: cells,
  height_mobile: cellsOfPhone,
  name: text,
  variables,
  width_mobile: cellsOfPhone,
  x_mobile: cellsOfPhone,
  y_mobile: cellsOfPhone,
} as const satisfies Fields;

const dashboard = {
  cover_image: { type: "string", maxLength: 1_024 },
  name,
  soft_deleted: { type: "boolean", default: false, note: "false restores a deleted dashboard" },
} as const satisfies Fields;

const user = { user_id: { type: "uuid" }, username: text } as const satisfies Fields;

export const dashboardSchemas = {
  dashboardv3: {
    ...dashboard,
    pages: { type: "list", maxItems: 30, items: { type: "object", schema: "pagepayload" } },
    widgets: { type: "list", items: { type: "object", schema: "widgetv3" } },
  },
  dashboardv2: { ...dashboard, widgets: { type: "list", items: { type: "object", schema: "widget" } } },
  pagepayload: {
    id: { type: "uuid", note: "chosen by whoever creates it", ...needed },
    name: { ...name, ...needed },
    position: { type: "integer", ...needed },
    icon: { type: "string", maxLength: 1_024 },
  },
  widget,
  widgetv3: {
    ...widget,
    page_id: {
      type: "string",
      pattern: "^([0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|0)$",
      note: "a page's id; 0 is the main page",
    },
  },
  clone: { overrides: { type: "list", items: { type: "object", schema: "override" }, note: "things to swap" } },
  override: { new_thing_id: { type: "uuid", ...needed }, old_thing_id: { type: "uuid", ...needed } },
  sharerequest: { message: text },
  dashboardshare: {
    ...user,
    users: { type: "list", items: { type: "object", schema: "usershare" }, note: "several at once" },
  },
  usershare: user,
  widgetlink: { variables },
} as const satisfies Record<string, Fields>;
