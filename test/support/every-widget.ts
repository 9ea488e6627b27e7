import { linked } from "./dashboards";

/** The variables of a house that has one for each widget, by name. */
export const everyVariable: Record<string, string> = {
  ...{ relay: "STATUS", bell: "STATUS", door: "STATUS", led: "STATUS", bulb: "STATUS" },
  ...{
    fan: "INT",
    mode: "INT",
    speed: "INT",
    count: "INT",
    offset: "FLOAT",
    level: "FLOAT",
    pressure: "TEMPERATURE_C",
    temperature: "FLOAT",
  },
  ...{ humidity: "PERCENTAGE_RELATIVE_HUMIDITY", title: "CHARSTRING", news: "CHARSTRING", chat: "CHARSTRING" },
  ...{ plan: "CHARSTRING", color: "COLOR_HSB", lamp: "HOME_COLORED_LIGHT", dimmed: "HOME_DIMMED_LIGHT" },
  ...{ alarm: "TIME", place: "LOCATION", timer: "SCHEDULE", tv: "HOME_TELEVISION" },
};
export const readOnlyVariables = ["pressure", "news", "door", "led", "temperature", "humidity"];

/** What the board of that house says of itself. */
export const everyValue = {
  ...{ relay: true, bell: false, door: true, led: false, bulb: true },
  ...{
    fan: 20,
    mode: 3,
    speed: 1,
    count: 8,
    offset: 4.2,
    level: 2.5,
    pressure: 21.123456,
    temperature: 19.5,
    humidity: 40,
  },
  ...{ title: "Good morning", news: "<b>5 < 6</b> & more", chat: "hello", plan: "eco" },
  color: { hue: 120, sat: 50, bri: 80 },
  lamp: { swi: true, hue: 40, sat: 80, bri: 60 },
  dimmed: { swi: true, bri: 30 },
  ...{ alarm: Date.UTC(2026, 2, 4, 5, 6) / 1_000, place: { lat: 45.07, lon: 7.69 } },
  timer: { frm: Date.UTC(2026, 0, 5, 7) / 1_000, to: 0, len: 600, msk: 0x0800_0022 },
  tv: { swi: true, vol: 7, mut: false, pbc: 1, inp: 2, cha: 3 },
};

/** A pixel. */
const picture =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

type WidgetLine = readonly [name: string, type: string, variables: string, height: number, options?: object];

/** A widget of each kind: its name, type, variables, height and options. */
const lines: readonly WidgetLine[] = [
  ["Switch", "Switch", "relay", 1],
  ["Bell", "Push Button", "bell", 2],
  ["Fan", "Slider", "fan", 1, { min: 0, max: 50, step: 5 }],
  ["Mode", "Stepper", "mode", 1, { step: 1 }],
  ["Count", "Value", "count", 1],
  ["Level", "Value", "level", 2],
  ["Offset", "Stepper", "offset", 2, { step: 0.5, max: 5 }],
  ["Title", "Value", "title", 1],
  ["Pressure", "Value", "pressure", 2],
  ["News", "Value", "news", 2],
  ["Door", "Status", "door", 1],
  ["Led", "LED", "led", 1, { mode: "Color 2" }],
  ["Bulb", "Value", "bulb", 1],
  ["Temperature", "Gauge", "temperature", 4, { min: -10, max: 40 }],
  ["Humidity", "Percentage", "humidity", 4],
  ["Chart", "Chart", "temperature", 5],
  ["Both", "Advanced Chart", "temperature humidity", 5],
  ["Chat", "Messenger", "chat", 4],
  ["Color", "Color", "color", 4],
  ["Lamp", "Colored Light", "lamp", 5],
  ["Dimmed", "Dimmed Light", "dimmed", 3],
  ["Alarm", "Time Picker", "alarm", 2],
  ["Plan", "Value Selector", "plan", 1, { values: ["eco", "comfort"] }],
  [
    "Speed",
    "Value Dropdown",
    "speed",
    1,
    { values: ["Off", "Slow", "Fast"].map((label, value) => ({ label, value })) },
  ],
  ["Note", "Sticky Note", "", 2, { note: "# Garden\nCall **mother**" }],
  ["Picture", "Image", "", 2, { url: picture }],
  ["Uploaded", "Image", "", 2],
  ["Where", "Map", "place", 2],
  ["Plan of the house", "Image Map", "relay temperature", 3],
  ["Timer", "Scheduler", "timer", 4],
  ["Television", "Hologram", "tv", 4],
  ["Nothing", "Gauge", "", 2],
];

/** The cells of a place. */
export type Cells = [x: number, y: number, width: number, height: number];

/** A dashboard with a widget of each kind, all in places of their own with gaps between. */
export function everyWidget(thingId: string): {
  dashboard: Record<string, unknown>;
  /** The places by name, on a desktop and on a phone. */
  desktop: Record<string, Cells>;
  phone: Record<string, Cells>;
} {
  const desktop: Record<string, Cells> = {};
  const phone: Record<string, Cells> = {};
  let below = 1;
  const widgets = lines.map(([name, type, variables, height, options = {}], index) => {
    desktop[name] = [(index % 3) * 5, Math.floor(index / 3) * 6 + (index % 2), 4, height];
    // On a phone they come the other way round, small ones in the right half.
    const last = lines[lines.length - 1 - index] ?? lines[index]!;
    const cells: Cells = last[3] === 1 ? [1, below, 3, 1] : [0, below, 4, last[3]];
    phone[last[0]] = cells;
    below += last[3] + (index % 4 === 0 ? 1 : 0);
    return { name, type, options, variables, index };
  });
  return {
    dashboard: {
      ...{ id: "abcd0000-0000-4000-8000-000000000000", name: "Every widget" },
      widgets: widgets.map(({ name, type, options, variables }) => {
        const [x, y, width, height] = desktop[name] ?? [0, 0, 1, 1];
        const [xMobile, yMobile, widthMobile, heightMobile] = phone[name] ?? [0, 0, 1, 1];
        return {
          ...{ name, type, options, x, y, width, height },
          ...{ x_mobile: xMobile, y_mobile: yMobile, width_mobile: widthMobile, height_mobile: heightMobile },
          variables: variables
            .split(" ")
            .filter((variable) => variable !== "")
            .map((variable) =>
              linked(variable, everyVariable[variable] ?? "", {
                thing_id: thingId,
                permission: readOnlyVariables.includes(variable) ? "READ_ONLY" : "READ_WRITE",
              }),
            ),
        };
      }),
    },
    desktop,
    phone,
  };
}
