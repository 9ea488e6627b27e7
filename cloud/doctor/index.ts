export { type AccountCase, clockAnswer, examineAccount, unusableSettings } from "./account";
export { type DeviceCase, examineDevice } from "./device";
export { type Finding, reportText, sentenceOf } from "./finding";
export { type CheckId, type Level, titles, type Topic, topics } from "./topics";
export type { NodeUse } from "./uses";
