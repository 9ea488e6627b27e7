import type { Machine } from "./machine";

/** Two lamps that do as they are told. */
export const light: Machine = {
  variables: { light: { type: "HOME_COLORED_LIGHT" }, desk_lamp: { type: "HOME_DIMMED_LIGHT" } },
  defaults: { light: { swi: false, hue: 40, sat: 80, bri: 60 }, desk_lamp: { swi: false, bri: 50 } },
  next: () => ({}),
};
