/** The simulator's objects, with the field names of the REST models (docs/protocol.md#models) and a few of its own. */

import type { Bulk } from "./bulk";
import type { Signed } from "../security/authority";
import type { JsonValue } from "../json";

/** An account, and the API key that acts for it. */
export interface User {
  id: string;
  username: string;
  clientId: string;
  clientSecret: string;
  /** Ids of the spaces that this key may act in, besides the private one. */
  organizations: string[];
}

/** The owner whose objects a request sees: the user's own, or those of one space. */
export interface Scope {
  userId: string;
  organizationId?: string;
}

/** A stored value. */
export interface Sample {
  /** Milliseconds since 1970. */
  time: number;
  value: JsonValue;
}

/** `ArduinoProperty`; times are RFC 3339 in UTC. */
export interface Property {
  id: string;
  thing_id: string;
  name: string;
  variable_name: string;
  type: string;
  permission: "READ_ONLY" | "READ_WRITE";
  update_strategy: "ON_CHANGE" | "TIMED";
  update_parameter?: number;
  min_value?: number;
  max_value?: number;
  persist: boolean;
  tag?: number;
  created_at: string;
  updated_at: string;
  deleted_at?: string;
  /** Absent until the first value. */
  last_value?: JsonValue;
  value_updated_at?: string;
  /** Not in the REST model: stored samples, ascending by time. */
  history: Sample[];
  /** Not in the REST model: samples that were put in all at once, besides `history`. */
  bulk?: Bulk;
}

/** `ArduinoThing`; the REST face adds what it derives from the device. */
export interface Thing {
  id: string;
  name: string;
  user_id: string;
  organization_id?: string;
  timezone: string;
  assistant?: string;
  device_id?: string;
  sketch_id?: string;
  webhook_active?: boolean;
  webhook_uri?: string;
  tags: Record<string, string>;
  created_at: string;
  updated_at: string;
  deleted_at?: string;
  properties: Property[];
}

/** A certificate of a device. */
export interface Certificate extends Signed {
  id: string;
  /** Name of the authority that was asked for. */
  ca?: string;
  /** Whether the device may log in with it. */
  enabled: boolean;
}

/** `ArduinoDevicev2`; secret key, certificates, `connected` and the events are the simulator's own. */
export interface Device {
  id: string;
  name: string;
  user_id: string;
  organization_id?: string;
  type: string;
  serial: string;
  fqbn?: string;
  connection_type?: string;
  ble_mac?: string;
  unique_hardware_id?: string;
  wifi_fw_version?: string;
  lib_version?: string;
  locked?: boolean;
  tags: Record<string, string>;
  created_at: string;
  updated_at: string;
  deleted_at?: string;
  last_activity_at?: string;
  /** Absent until one is set: the device cannot log in then. */
  secret_key?: string;
  certificates: Certificate[];
  /** Undefined until it first connects (device_status UNKNOWN). */
  connected?: boolean;
  /** Connects and disconnects, oldest first. */
  events: { value: "CONNECTED" | "DISCONNECTED"; updated_at: string }[];
  /** Messages about itself on its own output topic (docs/protocol.md#last-values), oldest first. */
  reports: { name: string; value: JsonValue; updated_at: string }[];
  /** When the running OTA is given up, in milliseconds since 1970; absent where none runs. */
  otaUntil?: number;
  /** EUI of a LoRa device. */
  eui?: string;
}

/** Fields of a new thing; anything left out gets its documented default. */
export type ThingFields = Partial<Omit<Thing, "properties" | "user_id" | "organization_id">> & { name: string };

/** Fields of a new property; READ_WRITE, ON_CHANGE and `persist` when not said. */
export type PropertyFields = Partial<Omit<Property, "history" | "bulk" | "thing_id">> & { name: string; type: string };

/** Fields of a new device. */
export type DeviceFields = Partial<
  Omit<Device, "events" | "reports" | "certificates" | "user_id" | "organization_id">
> & {
  name: string;
};
