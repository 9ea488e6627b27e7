export { type AccountCase, clockAnswer, examineAccount, unusableSettings } from "./account-checks";
export { type DeviceCase, examineDevice } from "./device-checks";
export { type Finding, reportText, sentenceOf } from "./finding";
export { type CheckId, type Level, sentences, titles, type Topic } from "./sentences";
export type { NodeUse } from "./node-uses";
