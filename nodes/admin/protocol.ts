/**
 * What the admin endpoints and the editor say to each other. Types and one text: the editor's scripts are built from
 * these too.
 */
import type { CheckId, Finding } from "../../cloud/doctor/index";
import type { ErrorCode } from "../../cloud/core/errors";

/** The text that stands in the editor in place of a secret that is stored. */
export const storedSecret = "__PWRD__";

/** A thing to choose. */
export interface ThingChoice {
  id: string;
  name: string;
  /** How many variables it has. */
  variables: number;
  /** The name of the device that is bound to it; `null` where none is. */
  device: string | null;
}

/** How this Node-RED stands in the cluster of an account, and how many live there. */
export interface ClusterAnswer {
  state: "idle" | "joining" | "speaking" | "standing-by" | "no-engine";
  /** The copy that speaks, where that is another one. */
  speaker?: string;
  /** For how many of how many parts of the things this one speaks, where several share them. */
  share?: { part: number; of: number };
  copies: number;
}

/** The last value of a variable: a scalar, the parts of an object by name, or what else there may be as text. */
export type LastValue = boolean | number | string | Readonly<Record<string, boolean | number | string>>;

/** A variable to choose. */
export interface VariableChoice {
  id: string;
  /** The text that the node stores: the variable name, or the id of a property that has none. */
  variable: string;
  /** The display name. */
  name: string;
  type: string;
  /** The kind of its values; `null` where the type is not known. */
  kind: "number" | "integer" | "boolean" | "string" | "object" | null;
  /** `null` where the type has none. */
  unit: string | null;
  writable: boolean;
  /** Whether the cloud keeps its history. */
  persist: boolean;
  /** `null` where none was ever written. */
  lastValue: LastValue | null;
  /** When it was written, in milliseconds since 1970. */
  lastAt: number | null;
}

/** A thing with its variables. */
export interface ThingDetail extends ThingChoice {
  choices: VariableChoice[];
}

/** For how long the plan keeps the history of a thing's variables. */
export interface RetentionAnswer {
  /** `null` where the cloud does not tell. */
  days: number | null;
}

/** A device to choose. */
export interface DeviceChoice {
  id: string;
  name: string;
  /** The type of its board. */
  type: string;
  /** The name of the thing that it is bound to; `null` where it is bound to none. */
  thing: string | null;
  /** `ONLINE`, `OFFLINE` or `UNKNOWN`. */
  status: string;
}

/** A dashboard or trigger to choose. */
export interface NamedChoice {
  id: string;
  name: string;
}

/** A variable in the sidebar. */
export interface OverviewVariable {
  id: string;
  /** The text that a node stores: the variable name, or the id of a property that has none. */
  variable: string;
  /** The display name. */
  name: string;
  type: string;
  /** The unit that goes with the type; absent where it has none. */
  unit?: string;
  writable: boolean;
  /** How a person writes it by hand; absent where there is no simple way, or where only the board may write. */
  control?: "switch" | "percentage" | "brightness" | "number" | "color" | "text";
  /** The range that its values are in, as far as it is told. */
  min?: number;
  max?: number;
  /** The last value; `null` where none was ever written. */
  value: LastValue | null;
  /** When that was written, as the API tells it; `null` with the value. */
  time: string | null;
}

/** A thing in the sidebar, with all its variables. */
export interface OverviewThing {
  id: string;
  name: string;
  /** The id of its device; `null` where it has none. */
  device: string | null;
  variables: OverviewVariable[];
}

/** A device in the sidebar. */
export interface OverviewDevice {
  id: string;
  name: string;
  /** The type of its board. */
  type: string;
  status: "ONLINE" | "OFFLINE" | "UNKNOWN";
  /** The thing that it is bound to; `null` where it is bound to none. */
  thing: { id: string; name: string } | null;
}

/** The request of **Create a device for me**, beside the account. */
export interface NewDevice {
  /** The id of the device node that gets the key. */
  node: string;
  name: string;
  /** `thing` is an id or name of an existing thing, or the name of the new one. */
  attach: { to: "none" | "existing" | "new"; thing: string };
}

/** A device that was created. Its key has gone where the node will find it. */
export interface CreatedDevice {
  deviceId: string;
  /** `null` where it is attached to none. */
  thing: { id: string; name: string } | null;
}

/** The accounts that have an API key, by id, after those of connections of Arduino's own package were copied. */
export interface CarriedKeys {
  carried: string[];
}

/** The settings of an account as they stand in the editor, deployed or not. `__PWRD__` stands for a stored secret. */
export interface TypedAccount {
  id: string;
  settings: Record<string, unknown>;
  credentials: { clientId: string; clientSecret: string };
}

/** The settings of a device node as they stand in the editor, like those of a `TypedAccount`. */
export interface TypedDevice {
  id: string;
  settings: Record<string, unknown>;
  credentials: { deviceId: string; secretKey: string };
}

/**
 * The subject that the doctor is to examine: a device where one is given, else the account. With an id alone, as
 * deployed.
 */
export interface DoctorRequest {
  account?: TypedAccount | { id: string };
  device?: TypedDevice | { id: string };
  /** The checks of an account that are asked for; all where absent. */
  checks?: readonly CheckId[];
}

/** The doctor's findings. */
export interface DoctorReport {
  findings: Finding[];
  /** The same in English, with the versions: for a forum post. Holds no secret. */
  text: string;
}

/** Why an endpoint gave no answer. The editor translates the code; `message` is for people who read English. */
export interface Refusal {
  /**
   * `secret_needed`: a stored secret may not be used like this, so it has to be entered again; `demo_house`: the demo house
   * takes no device; `demo_closed`: it can't be opened; `flows_stopped`: what is asked does not run.
   */
  code: ErrorCode | "secret_needed" | "demo_house" | "demo_closed" | "flows_stopped";
  message: string;
}
