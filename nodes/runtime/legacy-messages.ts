import type { Message } from "./input";

/*
 * The messages of Arduino's own nodes (`@arduino/node-red-contrib-arduino-iot-cloud` 1.x), for flows that came from there
 * and rely on them: a new message with topic, payload and timestamp, and nothing else.
 */

/**
 * Returns a value in that shape.
 * @param message as our node would send it
 * @param topic the display name of the variable
 */
export function legacyValueMessage({ _msgid, payload }: Message, topic: string, timestamp?: number | Date): Message {
  return { ...idOf(_msgid), topic, payload, ...(timestamp === undefined ? {} : { timestamp }) };
}

/** The points of one variable as `legacyChartMessage` takes them. */
export interface LegacySeries {
  name: string;
  data: { x: number; y: unknown }[];
}

/**
 * Returns history in that shape, which the chart of Dashboard 1 takes: one list of points for each variable, with times
 * in whole seconds. A single variable has no name there.
 * @param topic the name of the node
 */
export function legacyChartMessage({ _msgid }: Message, topic: string, series: readonly LegacySeries[]): Message {
  const points = series.map(({ data }) => data.map(({ x, y }) => ({ x: Math.floor(x / 1000) * 1000, y })));
  const names = series.length === 1 ? [] : series.map(({ name }) => name);
  return { ...idOf(_msgid), topic, payload: [{ series: names, data: points }] };
}

function idOf(_msgid: string | undefined): { _msgid?: string } {
  return _msgid === undefined ? {} : { _msgid };
}
