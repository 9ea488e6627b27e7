import type { Machine } from "./machine";

/** Someone passes every so many seconds, and the door stands open for a while. */
const period = 60;
const openFor = 8;

/** A door that people pass as long as it is not locked. */
export const door: Machine = {
  variables: {
    door: { type: "HOME_CONTACT_SENSOR", value: false },
    lock: { type: "HOME_SWITCH" },
    open_count: { type: "COUNT" },
    last_opened: { type: "TIME" },
  },
  defaults: { lock: false, open_count: 0, last_opened: 0 },
  next(values, { seconds, now }) {
    const passing = seconds % period >= period - openFor;
    const open = passing && values["lock"] !== true;
    if (!open || values["door"] === true) return { door: open };
    return { door: true, open_count: Number(values["open_count"]) + 1, last_opened: Math.floor(now) };
  },
};
