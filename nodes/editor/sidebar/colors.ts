import type { LastValue } from "../../admin/protocol";

/** A colour as the cloud has it: degrees, and percent twice. */
interface ColorParts {
  hue: number;
  sat: number;
  bri: number;
}

/** Returns a colour field's `#rrggbb` as hue, saturation and brightness. */
export function partsOfColor(color: string): ColorParts {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16) / 255);
  const most = Math.max(red, green, blue);
  const span = most - Math.min(red, green, blue);
  const sector =
    span === 0
      ? 0
      : most === red
        ? (green - blue) / span
        : most === green
          ? 2 + (blue - red) / span
          : 4 + (red - green) / span;
  return {
    hue: Math.round((sector * 60 + 360) % 360),
    sat: most === 0 ? 0 : Math.round((span / most) * 100),
    bri: Math.round(most * 100),
  };
}

/** Returns a value of hue, saturation and brightness as `#rrggbb`; `undefined` where it is no colour. */
export function colorOfParts(value: LastValue): string | undefined {
  if (typeof value !== "object") return undefined;
  const { hue, sat, bri } = value;
  if (typeof hue !== "number" || typeof sat !== "number" || typeof bri !== "number") return undefined;
  const part = (offset: number): string => {
    const at = (offset + hue / 60) % 6;
    const share = 1 - (sat / 100) * Math.max(0, Math.min(at, 4 - at, 1));
    return Math.round((bri / 100) * share * 255)
      .toString(16)
      .padStart(2, "0");
  };
  return `#${part(5)}${part(3)}${part(1)}`;
}
