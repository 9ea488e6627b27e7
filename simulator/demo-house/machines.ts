import { light } from "../boards/light";
import type { Machine } from "../boards/machine";
import { tank } from "../boards/tank";
import { weatherStation } from "../boards/weather-station";
import type { HouseKind } from "../seeds/house";

/** Percent of the tank at which its float switches the pump on, when the level falls past them, and off, when it rises. */
const pumpOn = [40, 10];
const pumpOff = 70;

/** A tank with a float that switches the pump. Whoever switches it in between is not corrected until the next mark. */
const floatTank: Machine = {
  ...tank,
  // The pump runs within the first minute.
  defaults: { ...tank.defaults, level: 41 },
  next(values, moment) {
    const next = tank.next(values, moment);
    const [before, after] = [Number(values["level"]), Number(next["level"])];
    if (pumpOn.some((mark) => before > mark && after <= mark)) return { ...next, pump: true };
    return before < pumpOff && after >= pumpOff ? { ...next, pump: false } : next;
  },
};

/** Seconds of each minute at which somebody sits down at the desk, and leaves it. */
const minute = 60;
const arrival = 20;
const departure = 50;

/** Two lamps, and somebody who switches that of the desk on and off. */
const usedLight: Machine = {
  ...light,
  next({ desk_lamp: lamp }, { seconds }) {
    const second = seconds % minute;
    if (typeof lamp !== "object" || (second !== arrival && second !== departure)) return {};
    return { desk_lamp: { ...lamp, swi: second === arrival } };
  },
};

/** A house in which something happens without a flow, for people who look at it for the first time. */
export const livelyMachines: Readonly<Partial<Record<HouseKind, Machine>>> = {
  tank: floatTank,
  light: usedLight,
  weather: { ...weatherStation, defaults: { interval: 5 } },
};
