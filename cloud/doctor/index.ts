export { type AccountCase, examineAccount, unusableSettings } from "./account-checks";
export { type DeviceCase, examineDevice } from "./device-checks";
export type { Finding, NodeCure } from "./finding";
export { type CheckId, checkIds, findingLevels, type Level } from "./finding-codes";
export type { NodeUse } from "./node-uses";
