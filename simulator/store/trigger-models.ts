/** `ArduinoTrigger` (docs/protocol.md#models) as it is stored; its actions are those that name it. */
export interface Trigger {
  id: string;
  name: string;
  user_id: string;
  organization_id?: string;
  description?: string;
  active: boolean;
  /** Either this or `device_status_source`. */
  property_id?: string;
  device_status_source?: DeviceStatusSource;
  created_at: string;
  updated_at: string;
  deleted_at?: string;
}

export interface DeviceStatusSource {
  criteria: "INCLUDE" | "EXCLUDE";
  device_ids?: string[];
  /** Seconds. */
  grace_period_offline?: number;
  grace_period_online?: number;
}

/** `ArduinoAction` (docs/protocol.md#models) as it is stored. */
export interface Action {
  id: string;
  name: string;
  user_id: string;
  organization_id?: string;
  kind: "NOTIFY-EMAIL" | "NOTIFY-PUSH";
  description?: string;
  email?: { subject: Expression; body: Expression; delivery: Delivery };
  push_notification?: { title: Expression; body: Expression; delivery: Delivery };
  trigger_id?: string;
}

/** Text with placeholders; each is declared as a variable. */
export interface Expression {
  expression: string;
  variables?: Placeholder[];
}

export interface Placeholder {
  attribute: string;
  entity: string;
  placeholder: string;
  id?: string;
  /** In templates: names instead of the id. */
  property_id?: string;
  thing_id?: string;
}

export interface Delivery {
  to: Recipient[];
  cc?: Recipient[];
  bcc?: Recipient[];
}

interface Recipient {
  id: string;
  email?: string;
  username?: string;
}
