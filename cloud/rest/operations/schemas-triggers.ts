import type { Fields } from "./operation";

/** Bodies for triggers, actions and templates, by their official names (docs/protocol.md#models). */

const needed = { required: true } as const;
const text = { type: "string" } as const;
const id = { type: "uuid" } as const;
const grace = { type: "integer", minimum: 0, maximum: 1_209_600, note: "seconds" } as const;
const recipients = { type: "list", items: { type: "object", schema: "user_recipient" } } as const;
const placeholders = { type: "list", items: { type: "object", schema: "variable" } } as const;
const title = { type: "object", schema: "title_expression", ...needed } as const;
const body = { type: "object", schema: "body_expression", ...needed } as const;

const action = {
  description: text,
  email: { type: "object", schema: "email_action" },
  push_notification: { type: "object", schema: "push_action" },
  trigger_id: id,
} as const satisfies Fields;

export const triggerSchemas = {
  trigger: {
    actions: { type: "list", items: { type: "object", schema: "create-action" } },
    active: { type: "boolean" },
    description: text,
    device_status_source: { type: "object", schema: "device_status_source", note: "instead of property_id" },
    id,
    name: { type: "string", minLength: 1, maxLength: 256 },
    property_id: { type: "uuid", note: "a boolean or a text; instead of device_status_source" },
    soft_deleted: { type: "boolean", default: false, note: "false restores a deleted trigger" },
  },
  device_status_source: {
    criteria: { type: "string", values: ["INCLUDE", "EXCLUDE"], note: "the devices, or all but them", ...needed },
    device_ids: { type: "list", items: id },
    grace_period_offline: grace,
    grace_period_online: grace,
  },
  "create-action": {
    ...action,
    kind: { type: "string", values: ["NOTIFY-EMAIL", "NOTIFY-PUSH"], grows: true, ...needed },
    name: { type: "string", ...needed },
    organization_id: id,
  },
  "update-action": { ...action, name: text },
  email_action: { body, delivery: { type: "object", schema: "email_delivery_opts", ...needed }, subject: title },
  push_action: { body, delivery: { type: "object", schema: "push_delivery_opts", ...needed }, title },
  email_delivery_opts: { to: { ...recipients, minItems: 1, ...needed }, bcc: recipients, cc: recipients },
  push_delivery_opts: { to: { ...recipients, minItems: 1, ...needed } },
  user_recipient: { id: { type: "uuid", note: "an Arduino user id", ...needed }, email: text, username: text },
  title_expression: { expression: { type: "string", maxLength: 100, ...needed }, variables: placeholders },
  body_expression: { expression: { type: "string", maxLength: 1_000, ...needed }, variables: placeholders },
  variable: {
    attribute: {
      type: "string",
      values: ["ID", "NAME", "VALUE", "TIMESTAMP", "USERNAME", "EMAIL", "STATUS"],
      grows: true,
      ...needed,
    },
    entity: {
      type: "string",
      values: ["RECIPIENT", "USER", "DEVICE", "THING", "PROPERTY", "TRIGGERING_DEVICE"],
      grows: true,
      ...needed,
    },
    placeholder: { type: "string", note: "its name in the text", ...needed },
    id,
    property_id: { type: "string", note: "in templates" },
    thing_id: { type: "string", note: "in templates" },
  },
  recipients_list: { recipients: { type: "list", items: id, note: "users to take off", ...needed } },
  template: {
    template_name: { type: "string", note: "a built-in template; empty for a custom one", ...needed },
    custom_template_id: text,
    prefix_name: { type: "string", maxLength: 45, pattern: "^[a-zA-Z0-9_. -]+$", note: "stands before each new name" },
    things_options: { type: "map", note: "by the template's thing id: its device_id and secrets" },
  },
} as const satisfies Record<string, Fields>;
