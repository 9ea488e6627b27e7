import type { GridPlace } from "./places";

/**
 * Rules for all widgets of a page. None is higher than its rows, whatever is in it: else the rows would grow, and what stands
 * beside it would not be where it should.
 */
const rules = [
  ".arduino-widget { contain: size; grid-template-rows: none !important; grid-auto-rows: minmax(0, 1fr) !important; }",
  ".arduino-box { display: flex; flex-direction: column; gap: 4px; height: 100%; min-height: 0; overflow: auto; }",
  ".arduino-name { flex: none; }",
  ".arduino-scroll { flex: 1; min-height: 0; overflow: auto; margin: 0; overflow-wrap: anywhere; }",
  ".arduino-row { display: flex; align-items: center; justify-content: space-between; gap: 8px; }",
  ".arduino-number { font-size: 1.25em; font-weight: bold; }",
  ".arduino-fill { flex: 1; min-height: 0; }",
];

/** Returns the style of a page: on a phone, spacers make way, and each widget stands at its place there. */
export function pageStyle(phones: readonly { id: string; place: GridPlace }[]): string {
  const places = phones.map(({ id, place }) => {
    const { x, y, width, height } = place;
    return `  .arduino-${id} { grid-area: ${y + 1} / ${x + 1} / span ${height} / span ${width} !important; }`;
  });
  const phone = ["@media (max-width: 767px) {", "  .arduino-gap { display: none !important; }", ...places, "}"];
  return [...rules, ...phone].join("\n");
}
