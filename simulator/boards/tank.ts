import { rounded, type Machine } from "./machine";
import { scheduleActive } from "./schedule";

/** Percent of the tank in one second. */
const use = 0.05;
const pumped = 0.5;

/**
 * A tank that is used up slowly and filled by a pump: on command, and while its schedule is active. The pump stops by
 * itself when the tank is full.
 */
export const tank: Machine = {
  variables: { level: { type: "PERCENTAGE" }, pump: { type: "STATUS" }, schedule: { type: "SCHEDULE" } },
  defaults: { level: 60, pump: false, schedule: { frm: 0, to: 0, len: 0, msk: 0 } },
  next(values, { local }) {
    const { level, pump, schedule } = values;
    const due = scheduleActive(schedule, local);
    const wasDue = scheduleActive(schedule, local - 1);
    const wanted = due !== wasDue ? due : pump === true;
    const change = (wanted ? pumped : 0) - use;
    const filled = Math.min(100, Math.max(0, Number(level) + change));
    return { level: rounded(filled, 2), pump: wanted && filled < 100 };
  },
};
