import type { Curve } from "../seeds/curves";
import { rounded, type Machine, type Moment, type Values } from "./machine";

const day = 86_400;
const year = 365.2425 * day;

/** Returns slow waves with quicker ones upon them, all between -1 and 1. */
function waves(moment: Moment): { season: number; daily: number; slow: number; quick: number } {
  return {
    season: -Math.cos((2 * Math.PI * (moment.now - 15 * day)) / year),
    daily: Math.sin((2 * Math.PI * (moment.now - day / 3)) / day),
    slow: Math.sin(moment.seconds / 97),
    quick: Math.sin(moment.seconds / 13),
  };
}

function conditionOf(humidity: number, temperature: number): string {
  if (humidity > 75) return "rain";
  return temperature > 19 ? "sunny" : "cloudy";
}

/** Returns what the sensors read at a moment. */
export function weatherAt(moment: Moment): Values {
  const { season, daily, slow, quick } = waves(moment);
  const temperature = rounded(18 + 4 * season + 4 * daily + 1.5 * slow + 0.3 * quick);
  const humidity = rounded(65 - 8 * daily + 14 * slow + quick);
  return {
    temperature,
    humidity,
    pressure: rounded(1013 - 4 * slow + 0.2 * quick),
    condition: conditionOf(humidity, temperature),
    rain: humidity > 75,
  };
}

/** A history of a value a minute shows the quick waves only if they are slower. */
const calm = 1 / 40;

/** Readings of the sensors at any time, so that a history made of it goes on where the board begins. */
export const weatherCurves: Readonly<Record<string, Curve>> = Object.fromEntries(
  (["temperature", "humidity", "pressure", "rain"] as const).map((name) => [
    name,
    (time) => {
      const now = time / 1_000;
      return weatherAt({ seconds: calm * now, now, local: now })[name] as number | boolean;
    },
  ]),
);

/** Sensors on a roof, reporting every `interval` seconds, which can be set from 1 to 3600. */
export const weatherStation: Machine = {
  variables: {
    temperature: { type: "TEMPERATURE_C" },
    humidity: { type: "PERCENTAGE_RELATIVE_HUMIDITY" },
    pressure: { type: "PRESSURE" },
    location: { type: "LOCATION", value: { lat: 45.0703, lon: 7.6869 } },
    condition: { type: "CHARSTRING" },
    rain: { type: "STATUS" },
    interval: { type: "INT" },
  },
  defaults: { interval: 10 },
  next: (_values, moment) => weatherAt(moment),
  interval: ({ interval }) => Math.min(3600, Math.max(1, Number(interval))),
};
