import { propertyTypes, type PropertyType } from "../../store/property-types";
import type { Route } from "../route";
import type { View } from "../views";

/** Writes `HOME_COLORED_LIGHT` as `Home colored light`. */
function displayName(type: string): string {
  const words = type.toLowerCase().replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Returns a type as `ArduinoPropertytype` (docs/protocol.md#models). */
function view({ type, group, declaration, unit, supersededBy }: PropertyType): View {
  return {
    type,
    name: displayName(type),
    declaration: declaration ?? "",
    deprecated: group !== "current",
    rw: true,
    ...(unit === undefined ? {} : { units: [unit] }),
    ...(supersededBy === undefined ? {} : { supersededBy }),
  };
}

/** The listing of 104 of the 132 types (docs/protocol.md#types). */
export const propertyTypeRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/iot/v1/property_types",
    answers: "propertytype[]",
    handle: () => [...propertyTypes.values()].filter(({ group }) => group !== "unlisted").map(view),
  },
];
