/**
 * What `PUT templates` builds from: the shapes that the exports of things, dashboards and triggers have
 * (docs/protocol.md#models).
 */
import type { DeviceStatusSource, Expression, Delivery } from "./trigger-models";

export interface Template {
  things: ThingTemplate[];
  dashboards: DashboardTemplate[];
  triggers: TriggerTemplate[];
}

/** `ArduinoThingtemplate`; `id` is the friendly id by which the others name it. */
export interface ThingTemplate {
  id: string;
  name: string;
  timezone: string;
  tags?: { key: string; value: string }[];
  webhook_uri?: string;
  variables: VariableTemplate[];
}

interface VariableTemplate {
  /** Friendly id, which nothing refers to. */
  id?: string;
  name: string;
  variable_name: string;
  type: string;
  permission: string;
  update_strategy: string;
  update_parameter?: number;
}

/** `ArduinoDashboardv3template`. */
export interface DashboardTemplate {
  name: string;
  cover_image?: string;
  pages?: { id: string; name: string; position: number; icon?: string }[];
  widgets: WidgetTemplate[];
}

interface WidgetTemplate {
  type: string;
  name?: string;
  page_id?: string;
  options: object;
  /** Thing by friendly id, variable by its name in the code. */
  variables?: { thing_id: string; variable_id: string }[];
  [place: string]: unknown;
}

/** `ArduinoTrigger_template`. */
export interface TriggerTemplate {
  name: string;
  description?: string;
  active?: boolean;
  criteria?: DeviceStatusSource["criteria"];
  grace_period_offline?: number;
  grace_period_online?: number;
  linked_devices?: { thing_id: string }[];
  linked_property?: { thing_id: string; property_id: string };
  actions?: ActionTemplate[];
}

/** `ArduinoAction_template`. */
export interface ActionTemplate {
  name: string;
  kind: "NOTIFY-EMAIL" | "NOTIFY-PUSH";
  description?: string;
  email?: { subject: Expression; body: Expression; delivery: Delivery };
  push_notification?: { title: Expression; body: Expression; delivery: Delivery };
}

const light = (name: string, variable_name: string): VariableTemplate => ({
  name,
  variable_name,
  type: "HOME_LIGHT",
  permission: "READ_WRITE",
  update_strategy: "ON_CHANGE",
});

const lightSwitch = (name: string, variable_id: string, x: number): WidgetTemplate => ({
  type: "Switch",
  name,
  options: {},
  x,
  y: 0,
  width: 6,
  height: 4,
  variables: [{ thing_id: "lights", variable_id }],
});

/** Arduino's own templates, of which the references name one; what is in it is made up here. */
export const builtInTemplates: Readonly<Record<string, Template>> = {
  "remote-controlled-lights": {
    things: [
      {
        id: "lights",
        name: "Remote controlled lights",
        timezone: "America/New_York",
        variables: [light("Ceiling", "ceiling"), light("Desk", "desk")],
      },
    ],
    dashboards: [
      {
        name: "Remote controlled lights",
        widgets: [lightSwitch("Ceiling", "ceiling", 0), lightSwitch("Desk", "desk", 6)],
      },
    ],
    triggers: [],
  },
};
