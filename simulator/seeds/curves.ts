/**
 * Plausible values of a place at 45° north, as pure functions: the same seed and time give the same value. Times are in
 * milliseconds since 1970, UTC.
 */

const hour = 3_600_000;
const day = 24 * hour;
const year = 365.2425 * day;

/** A value at a time; different seeds make different weather. */
export type Curve = (time: number, seed: number) => number | boolean;

/** Returns a number from 0 to 1 that looks random, for a whole number and a seed. */
export function scatter(index: number, seed: number): number {
  let mixed = Math.imul(index ^ Math.imul(seed + 1, 0x9e3779b1), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
}

/** Wanders smoothly between -1 and 1; `period` milliseconds from one turn to the next. */
function wander(time: number, period: number, seed: number): number {
  const at = Math.floor(time / period);
  const share = time / period - at;
  const smooth = share * share * (3 - 2 * share);
  return 2 * (scatter(at, seed) * (1 - smooth) + scatter(at + 1, seed) * smooth) - 1;
}

/** Returns the season, from -1 in the middle of January to 1 in the middle of July. */
const season = (time: number): number => -Math.cos((2 * Math.PI * (time - 15 * day)) / year);

/** Returns the warmth of the hour, from -1 before sunrise to 1 in the afternoon. */
const warmth = (time: number): number => Math.sin((2 * Math.PI * (time - 9 * hour)) / day);

/** Returns how cloudy it is, from 0 to 1. */
const clouds = (time: number, seed: number): number => (wander(time, 9 * hour, seed + 1) + 1) / 2;

/** Returns the sine of the sun's height above the horizon, 0 at night. */
function sun(time: number): number {
  const declination = 0.409 * Math.sin((2 * Math.PI * (time - 80 * day)) / year);
  const angle = (2 * Math.PI * (time - 12 * hour)) / day;
  return Math.max(0, Math.SQRT1_2 * (Math.sin(declination) + Math.cos(declination) * Math.cos(angle)));
}

const round = (value: number, factor: number): number => Math.round(value * factor) / factor;
const within = (least: number, most: number, value: number): number => Math.min(most, Math.max(least, value));

function temperature(time: number, seed: number): number {
  const swing = (4 + 2 * season(time)) * (1 - 0.6 * clouds(time, seed));
  const weather = 4 * wander(time, 2.6 * day, seed) + 0.3 * wander(time, hour / 4, seed + 2);
  return round(12.5 + 10 * season(time) + swing * warmth(time) + weather, 10);
}

function humidity(time: number, seed: number): number {
  const wet = 22 * clouds(time, seed) - 14 * warmth(time) * (1 - clouds(time, seed));
  return round(within(15, 100, 58 - 6 * season(time) + wet + wander(time, hour, seed + 3)), 10);
}

const rain: Curve = (time, seed) => clouds(time, seed) > 0.8;

/** A tank that empties in a little more than two days and is filled in an hour and a half. */
const cycle = 53 * hour;
const filling = 1.5 * hour;

function level(time: number): number {
  const at = time % cycle;
  const share = at < filling ? at / filling : 1 - (at - filling) / (cycle - filling);
  return round(18 + 77 * share, 10);
}

/** Curves by the variable name that they suit. */
export const curves = {
  temperature,
  humidity,
  pressure: (time, seed) => round(1_014 + 13 * wander(time, 3.1 * day, seed + 4) + wander(time, 5 * hour, seed), 10),
  light: (time, seed) => Math.round(98_000 * sun(time) * (1 - 0.75 * clouds(time, seed))),
  rain,
  soil_moisture: (time, seed) => round(38 + 14 * wander(time, 4 * day, seed + 5) - 3 * season(time), 10),
  level,
  pump: (time) => time % cycle < filling,
  battery: (time, seed) => round(3.72 + 0.3 * sun(time - 2 * hour) + 0.05 * wander(time, day, seed + 6), 100),
  open_count: (time, seed) => Math.floor((time % year) / (1.7 * hour)) + Math.floor(3 * scatter(seed, 0)),
} satisfies Record<string, Curve>;
