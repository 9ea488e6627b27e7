import type { JsonValue } from "../json";

/**
 * One switchable answer for each question that the references leave open. Tests set a field to try the other answer;
 * `simulator.choices` is this object, fresh for each simulator.
 */
export interface Choices {
  /** A reported value with an older time than the last one replaces it (rest-api 7: open). */
  olderValueReplacesLast: boolean;
  /** A value written to a device's input topic becomes the cloud's value and history (data-api 4: open). */
  storeInputs: boolean;
  /** A reported value whose JSON kind is not its type's is ignored (data-api 13: open). */
  checkReportedKind: boolean;
  /** A reported NaN or infinity is stored as it is, else ignored (data-api 13: open). */
  storeNotFinite: boolean;
  /** QoS of what the cloud itself publishes, answers to devices and REST publishes (data-api 4.1: open). */
  cloudQos: 0 | 1;
  /** A PUBLISH on a foreign topic: acknowledged and dropped, or the connection is closed (data-api 4.2: open). */
  unauthorizedPublish: "drop" | "disconnect";
  /** A device whose key or certificate is changed or taken away is disconnected at once, else at its next CONNECT (not documented). */
  keyChangeDisconnects: boolean;
  /** The listener for certificates turns away who offers TLS 1.3, even beside 1.2 (data-api 2), else it takes 1.2. */
  refuseTls13: boolean;
  /** `publish` refuses a value whose JSON kind is not the type's with 400 (rest-api 7: unverified). */
  checkPublishKind: boolean;
  /** `publish` to a READ_ONLY property without `device_id` is refused with 400 (rest-api 14.2). */
  refuseReadOnlyPublish: boolean;
  /** `publish` with a `device_id` that is not the thing's is refused with 400 (rest-api 14.2). */
  refuseForeignDevice: boolean;
  /** `series_limit` above the maximum: cut to it, else refused with 400 (rest-api 14.3). */
  cutSeriesLimit: boolean;
  /** A thing query's limit counts all its properties together, else each alone (rest-api 7 leaves it open). */
  thingLimitIsTotal: boolean;
  /** An unknown id in a series query: an element that is not `ok`, else 404 for the call (rest-api 7: unverified). */
  unknownSeriesIsElement: boolean;
  /** Order of the aggregated and the sampled query (rest-api 14.3). */
  seriesOrder: "ASC" | "DESC";
  /** Bin width in seconds of the aggregated query when none is given (rest-api 14.3). */
  defaultInterval: number;
  /** Puts a `null` sample after each n-th raw sample; 0 = never (rest-api 7: `values` may hold null). */
  nullSampleEvery: number;
  /** `thingUpdate.properties` replaces the set, else merges by variable name (rest-api 14.6). */
  updateReplacesProperties: boolean;
  /** `device_id: null` or `""` in a thing update unbinds (rest-api 14.6: not documented how). */
  emptyDeviceUnbinds: boolean;
  /** Any update of a soft-deleted object restores it, else only `soft_deleted: false` (rest-api 3). */
  updateRestores: boolean;
  /** Names in `propertyDefinition` and `propertiesValues`: variable name, display name or either (rest-api 14.7). */
  publishNames: "variable_name" | "name" | "both";
  /** Token calls count against the request limit (rest-api 14.4). */
  tokenCallsCount: boolean;
  /** Audiences that the token endpoint takes (rest-api 2: the sources differ). */
  audiences: string[];
  /** A space in the header needs the same space in the token (rest-api 14.11). */
  organizationInToken: boolean;
  /** `last_value` of a property that was never written (rest-api 7). */
  neverWritten: JsonValue | undefined;
  /** Most stored samples of one property; the oldest go. A number of the simulator, not of the cloud. */
  historyLimit: number;
  /** `data_retention_days` of the plan. */
  retentionDays: number;
  /** Most objects of a kind that the plan allows, the variables of all things together; absent = any number. */
  planLimits: Partial<Record<PlanKind, number>>;
  /** Status of what goes beyond the plan (rest-api 14.5). */
  planLimitStatus: 403 | 412;
  /** What a cloned dashboard's name has behind the old one (not documented). */
  cloneSuffix: string;
}

export type PlanKind = "things" | "properties" | "devices" | "triggers" | "actions";

/** The choices a simulator starts with. */
export const defaultChoices = (): Choices => ({
  olderValueReplacesLast: false,
  storeInputs: false,
  checkReportedKind: true,
  storeNotFinite: false,
  cloudQos: 0,
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
