import type { JsonValue } from "../json";

/**
 * Switchable answers to the questions of docs/protocol.md#open-questions. Tests set a field to try the other answer;
 * `simulator.choices` is this object, fresh for each simulator.
 */
export interface Choices {
  /** A reported value with an older time than the last one replaces it (docs/protocol.md#writing-values). */
  olderValueReplacesLast: boolean;
  /** A value written to a device's input topic becomes the cloud's value and history (docs/protocol.md#topics). */
  storeInputs: boolean;
  /** A reported value whose JSON kind is not its type's is ignored (docs/protocol.md#numbers). */
  checkReportedKind: boolean;
  /** A reported NaN or infinity is stored as it is, else ignored (docs/protocol.md#numbers). */
  storeNotFinite: boolean;
  /** QoS of what the cloud itself publishes, answers to devices and REST publishes (docs/protocol.md#qos). */
  cloudQos: 0 | 1;
  /**
   * How whole numbers of floats travel in what the cloud itself publishes, last values and REST's writes, alike as plain
   * values and as components: as integers, as dashboards and the JavaScript client send them, or as float64. Both were
   * seen (docs/protocol.md#senders).
   */
  wholeFloatsAs: "integer" | "float";
  /**
   * A PUBLISH on a foreign topic: acknowledged and dropped, or the connection is closed (docs/protocol.md#permissions).
   */
  unauthorizedPublish: "drop" | "disconnect";
  /**
   * A device whose key or certificate is changed or taken away is disconnected at once, else at its next CONNECT (not
   * documented).
   */
  keyChangeDisconnects: boolean;
  /**
   * The listener for certificates turns away who offers TLS 1.3, even beside 1.2 (docs/protocol.md#addresses), else it
   * takes 1.2.
   */
  refuseTls13: boolean;
  /** `publish` refuses a value whose JSON kind is not the type's with 400 (docs/protocol.md#writing-values). */
  checkPublishKind: boolean;
  /** `publish` to a READ_ONLY property without `device_id` is refused with 400 (docs/protocol.md#writing-values). */
  refuseReadOnlyPublish: boolean;
  /** `publish` with a `device_id` that is not the thing's is refused with 400 (docs/protocol.md#writing-values). */
  refuseForeignDevice: boolean;
  /** `series_limit` above the maximum: cut to it, else refused with 400 (docs/protocol.md#history). */
  cutSeriesLimit: boolean;
  /** A thing query's limit counts all its properties together, else each alone (docs/protocol.md#history). */
  thingLimitIsTotal: boolean;
  /** An unknown id in a series query: an element that is not `ok`, else 404 for the call (docs/protocol.md#history). */
  unknownSeriesIsElement: boolean;
  /** Order of the aggregated and the sampled query (docs/protocol.md#history). */
  seriesOrder: "ASC" | "DESC";
  /** Bin width in seconds of the aggregated query when none is given (docs/protocol.md#history). */
  defaultInterval: number;
  /** Puts a `null` sample after each n-th raw sample; 0 = never (docs/protocol.md#history). */
  nullSampleEvery: number;
  /** `thingUpdate.properties` replaces the set, else merges by variable name (docs/protocol.md#things-and-devices). */
  updateReplacesProperties: boolean;
  /** `device_id: null` or `""` in a thing update unbinds (docs/protocol.md#things-and-devices). */
  emptyDeviceUnbinds: boolean;
  /**
   * Any update of a soft-deleted object restores it, else only `soft_deleted: false` (docs/protocol.md#soft-delete).
   */
  updateRestores: boolean;
  /**
   * Names in `propertyDefinition` and `propertiesValues`: variable name, display name or either
   * (docs/protocol.md#writing-values).
   */
  publishNames: "variable_name" | "name" | "both";
  /** Token calls count against the request limit (docs/protocol.md#tokens). */
  tokenCallsCount: boolean;
  /** Audiences that the token endpoint takes (docs/protocol.md#tokens). */
  audiences: string[];
  /** A space in the header needs the same space in the token (docs/protocol.md#tokens). */
  organizationInToken: boolean;
  /** `last_value` of a property that was never written (docs/protocol.md#value-formats). */
  neverWritten: JsonValue | undefined;
  /** Most stored samples of one property; the oldest go. A number of the simulator, not of the cloud. */
  historyLimit: number;
  /** `data_retention_days` of the plan. */
  retentionDays: number;
  /** Most objects of a kind that the plan allows, the variables of all things together; absent = any number. */
  planLimits: Partial<Record<PlanKind, number>>;
  /** Status of what goes beyond the plan (docs/protocol.md#plans). */
  planLimitStatus: 403 | 412;
  /** Ending of a cloned dashboard's name behind the old one (not documented). */
  cloneSuffix: string;
}

export type PlanKind = "things" | "properties" | "devices" | "triggers" | "actions";

/** Returns the choices a simulator starts with. */
export const defaultChoices = (): Choices => ({
  olderValueReplacesLast: false,
  storeInputs: false,
  checkReportedKind: true,
  storeNotFinite: false,
  cloudQos: 0,
  wholeFloatsAs: "integer",
  unauthorizedPublish: "drop",
  keyChangeDisconnects: true,
  refuseTls13: true,
  checkPublishKind: false,
  refuseReadOnlyPublish: false,
  refuseForeignDevice: true,
  cutSeriesLimit: true,
  thingLimitIsTotal: true,
  unknownSeriesIsElement: true,
  seriesOrder: "ASC",
  defaultInterval: 300,
  nullSampleEvery: 0,
  updateReplacesProperties: false,
  emptyDeviceUnbinds: true,
  updateRestores: false,
  publishNames: "both",
  tokenCallsCount: false,
  audiences: ["https://api2.arduino.cc/iot", "https://api2.arduino.cc"],
  organizationInToken: true,
  neverWritten: "N/A",
  historyLimit: 100_000,
  retentionDays: 90,
  planLimits: {},
  planLimitStatus: 412,
  cloneSuffix: " copy",
});
