import type { JsonValue } from "./models";

/**
 * One switchable answer for each question that the references leave open. Tests set a field to try the other answer;
 * `simulator.choices` is this object, fresh for each simulator.
 */
export interface Choices {
  /** Soft deletion of a thing frees its device (rest-api 3 does not say). */
  deletionDetaches: boolean;
  /** A reported value with an older time than the last one replaces it (rest-api 7: open). */
  olderValueReplacesLast: boolean;
  /** A value written to a device's input topic becomes the cloud's value and history (data-api 4: open). */
  storeInputs: boolean;
  /** `publish` refuses a value whose JSON kind is not the type's with 400 (rest-api 7: unverified). */
  checkPublishKind: boolean;
  /** `publish` to a READ_ONLY property without `device_id` is refused with 400 (rest-api 14.2). */
  refuseReadOnlyPublish: boolean;
  /** `publish` with a `device_id` that is not the thing's is refused with 400 (rest-api 14.2). */
  refuseForeignDevice: boolean;
  /** `series_limit` above the maximum: cut to it, else refused with 400 (rest-api 14.3). */
  cutSeriesLimit: boolean;
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
  /** A space in the header needs the same space in the token (rest-api 14.11). */
  organizationInToken: boolean;
  /** `last_value` of a property that was never written (rest-api 7). */
  neverWritten: JsonValue | undefined;
  /** Most stored samples of one property; the oldest go. A number of the simulator, not of the cloud. */
  historyLimit: number;
  /** `data_retention_days` of the plan. */
  retentionDays: number;
}

/** The choices a simulator starts with. */
export const defaultChoices = (): Choices => ({
  deletionDetaches: true,
  olderValueReplacesLast: false,
  storeInputs: false,
  checkPublishKind: false,
  refuseReadOnlyPublish: false,
  refuseForeignDevice: true,
  cutSeriesLimit: true,
  seriesOrder: "ASC",
  defaultInterval: 300,
  nullSampleEvery: 0,
  updateReplacesProperties: false,
  emptyDeviceUnbinds: true,
  updateRestores: false,
  publishNames: "both",
  tokenCallsCount: false,
  organizationInToken: true,
  neverWritten: "N/A",
  historyLimit: 100_000,
  retentionDays: 90,
});
