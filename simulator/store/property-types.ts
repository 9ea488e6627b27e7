/**
 * The 132 property types of the API (docs/protocol.md#types): value kind, listing group, C++ class, unit, replacement.
 */

/** JSON kind of a value; an `object` has components, each a record of its own on MQTT (docs/protocol.md#components). */
export type ValueKind = "number" | "integer" | "boolean" | "string" | "object";

export interface PropertyType {
  type: string;
  kind: ValueKind;
  /** `current` and `legacy` are listed by `GET property_types`; `unlisted` is only accepted. */
  group: "current" | "legacy" | "unlisted";
  /** C++ class of the Arduino library; absent where there is none. */
  declaration?: string;
  /** Only where the type's name gives the unit. */
  unit?: string;
  /** Plausible current replacement of an old type (the live value is not known). */
  supersededBy?: string;
  /** Component names and kinds in wire order; empty where they are free. */
  components: Readonly<Record<string, ValueKind>>;
}

const location = { lat: "number", lon: "number" } as const;
const color = { hue: "number", sat: "number", bri: "number" } as const;
const dimmed = { swi: "boolean", bri: "number" } as const;
const colored = { swi: "boolean", ...color } as const;
const television = {
  swi: "boolean",
  vol: "integer",
  mut: "boolean",
  pbc: "integer",
  inp: "integer",
  cha: "integer",
} as const;
const schedule = { frm: "integer", to: "integer", len: "integer", msk: "integer" } as const;

/** The components of the object types; those of COLOR_RGB and GENERIC_COMPLEX_PROPERTY are not documented. */
const components: Readonly<Record<string, Readonly<Record<string, ValueKind>>>> = {
  LOCATION: location,
  COLOR_HSB: color,
  HOME_COLORED_LIGHT: colored,
  HOME_DIMMED_LIGHT: dimmed,
  HOME_TELEVISION: television,
  GOOGLE_HOME_COLORED_LIGHT: colored,
  GOOGLE_HOME_DIMMED_LIGHT: dimmed,
  SMART_HOME_COLORED_LIGHT: colored,
  SMART_HOME_DIMMED_LIGHT: dimmed,
  SMART_HOME_TELEVISION: television,
  SCHEDULE: schedule,
};

type Row = readonly [type: string, kind: ValueKind, declaration?: string, unit?: string, supersededBy?: string];

const current: readonly Row[] = [
  ["CHARSTRING", "string", "String"],
  ["FLOAT", "number", "float"],
  ["INT", "integer", "int"],
  ["PERCENTAGE", "number", "CloudPercentage", "%"],
  ["STATUS", "boolean", "bool"],
  ["COUNT", "integer", "CloudCounter"],
  ["PERCENTAGE_RELATIVE_HUMIDITY", "number", "CloudRelativeHumidity", "%RH"],
  ["HEART_BEATS", "number", "CloudHeartRate"],
  ["LOCATION", "object", "CloudLocation"],
  ["COLOR_HSB", "object", "CloudColor"],
  ["GENERIC_COMPLEX_PROPERTY", "object"],
  ["HOME_COLORED_LIGHT", "object", "CloudColoredLight"],
  ["HOME_DIMMED_LIGHT", "object", "CloudDimmedLight"],
  ["HOME_LIGHT", "boolean", "CloudLight"],
  ["HOME_CONTACT_SENSOR", "boolean", "CloudContactSensor"],
  ["HOME_MOTION_SENSOR", "boolean", "CloudMotionSensor"],
  ["HOME_SMART_PLUG", "boolean", "CloudSmartPlug"],
  ["HOME_TEMPERATURE_C", "number", "CloudTemperatureSensor", "°C"],
  ["HOME_TEMPERATURE_F", "number", "CloudTemperatureSensor", "°F"],
  ["HOME_SWITCH", "boolean", "CloudSwitch"],
  ["HOME_TELEVISION", "object", "CloudTelevision"],
  ["ENERGY", "number", "CloudEnergy"],
  ["FORCE", "number", "CloudForce"],
  ["TEMPERATURE", "number", "CloudTemperature"],
  ["POWER", "number", "CloudPower"],
  ["ELECTRIC_CURRENT", "number", "CloudElectricCurrent"],
  ["ELECTRIC_POTENTIAL", "number", "CloudElectricPotential"],
  ["ELECTRICAL_RESISTANCE", "number", "CloudElectricResistance"],
  ["CAPACITANCE", "number", "CloudCapacitance"],
  ["TIME", "integer", "CloudTime"],
  ["FREQUENCY", "number", "CloudFrequency"],
  ["DATA_RATE", "number", "CloudDataRate"],
  ["ACCELERATION", "number", "CloudAcceleration"],
  ["AREA", "number", "CloudArea"],
  ["LENGTH", "number", "CloudLength"],
  ["VELOCITY", "number", "CloudVelocity"],
  ["MASS", "number", "CloudMass"],
  ["VOLUME", "number", "CloudVolume"],
  ["FLOW_RATE", "number", "CloudFlowRate"],
  ["ANGLE", "number", "CloudAngle"],
  ["ILLUMINANCE", "number", "CloudIlluminance"],
  ["LUMINOUS_FLUX", "number", "CloudLuminousFlux"],
  ["LUMINANCE", "number", "CloudLuminance"],
  ["LUMINOUS_INTENSITY", "number", "CloudLuminousIntensity"],
  ["LOGARITHMIC_QUANTITY", "number", "CloudLogarithmicQuantity"],
  ["PRESSURE", "number", "CloudPressure"],
  ["INFORMATION_CONTENT", "integer", "CloudInformationContent"],
  ["SCHEDULE", "object", "CloudSchedule"],
];

const legacy: readonly Row[] = [
  ["LENGHT_C", "number", "", "cm", "LENGTH"],
  ["LENGHT_I", "number", "", "in", "LENGTH"],
  ["LENGHT_M", "number", "", "m", "LENGTH"],
  ["TEMPERATURE_C", "number", "", "°C", "TEMPERATURE"],
  ["TEMPERATURE_F", "number", "", "°F", "TEMPERATURE"],
  ["KILOGRAM", "number", "", "kg", "MASS"],
  ["GRAM", "number", "", "g", "MASS"],
  ["AMPERE", "number", "", "A", "ELECTRIC_CURRENT"],
  ["KELVIN", "number", "", "K", "TEMPERATURE"],
  ["CANDELA", "number", "", "cd", "LUMINOUS_INTENSITY"],
  ["MOLE", "number", "", "mol"],
  ["HERTZ", "number", "", "Hz", "FREQUENCY"],
  ["RADIAN", "number", "", "rad", "ANGLE"],
  ["STERADIAN", "number", "", "sr"],
  ["NEWTON", "number", "", "N", "FORCE"],
  ["PASCAL", "number", "", "Pa", "PRESSURE"],
  ["JOULE", "number", "", "J", "ENERGY"],
  ["WATT", "number", "", "W", "POWER"],
  ["COULOMB", "number", "", "C"],
  ["VOLT", "number", "", "V", "ELECTRIC_POTENTIAL"],
  ["FARAD", "number", "", "F", "CAPACITANCE"],
  ["OHM", "number", "", "Ω", "ELECTRICAL_RESISTANCE"],
  ["SIEMENS", "number", "", "S"],
  ["WEBER", "number", "", "Wb"],
  ["TESLA", "number", "", "T"],
  ["HENRY", "number", "", "H"],
  ["LUMEN", "number", "", "lm", "LUMINOUS_FLUX"],
  ["LUX", "number", "", "lx", "ILLUMINANCE"],
  ["BECQUEREL", "number", "", "Bq"],
  ["GRAY", "number", "", "Gy"],
  ["SIEVERT", "number", "", "Sv"],
  ["KATAL", "number", "", "kat"],
  ["SQUARE_METER", "number", "", "m²", "AREA"],
  ["CUBIC_METER", "number", "", "m³", "VOLUME"],
  ["LITER", "number", "", "l", "VOLUME"],
  ["METER_PER_SECOND", "number", "", "m/s", "VELOCITY"],
  ["METER_PER_SQUARE_SECOND", "number", "", "m/s²", "ACCELERATION"],
  ["CUBIC_METER_PER_SECOND", "number", "", "m³/s", "FLOW_RATE"],
  ["LITER_PER_SECOND", "number", "", "l/s", "FLOW_RATE"],
  ["WATT_PER_SQUARE_METER", "number", "", "W/m²"],
  ["CANDELA_PER_SQUARE_METER", "number", "", "cd/m²", "LUMINANCE"],
  ["BIT", "number", "", "bit", "INFORMATION_CONTENT"],
  ["BIT_PER_SECOND", "number", "", "bit/s", "DATA_RATE"],
  ["DEGREES_LATITUDE", "number", "", "° lat"],
  ["DEGREES_LONGITUDE", "number", "", "° lon"],
  ["PH_VALUE", "number", "", "pH"],
  ["DECIBEL", "number", "", "dB", "LOGARITHMIC_QUANTITY"],
  ["DECIBEL_1W", "number", "", "dBW", "LOGARITHMIC_QUANTITY"],
  ["BEL", "number", "", "B", "LOGARITHMIC_QUANTITY"],
  ["RATIO_DIV", "number"],
  ["PERCENTAGE_BATTERY_LEVEL", "number", "", "%", "PERCENTAGE"],
  ["SECONDS_BATTERY_LEVEL", "number", "", "s"],
  ["EVENT_RATE_SECOND", "number", "", "1/s", "FREQUENCY"],
  ["EVENT_RATE_MINUTE", "number", "", "1/min", "FREQUENCY"],
  ["HEART_RATE", "number", "", "beat/min", "HEART_BEATS"],
  ["SIEMENS_PER_METER", "number", "", "S/m"],
];

const unlisted: readonly Row[] = [
  ["ANALOG", "number"],
  ["METER", "number", "", "m", "LENGTH"],
  ["SECOND", "number", "", "s", "TIME"],
  ["DEGREES_CELSIUS", "number", "", "°C", "TEMPERATURE"],
  ["RATIO_MOD", "number"],
  ["COLOR_RGB", "object"],
  ["HOME_TEMPERATURE", "number", "", "", "HOME_TEMPERATURE_C"],
  ["GOOGLE_HOME_COLORED_LIGHT", "object", "CloudColoredLight"],
  ["GOOGLE_HOME_DIMMED_LIGHT", "object", "CloudDimmedLight"],
  ["GOOGLE_HOME_LIGHT", "boolean", "CloudLight"],
  ["GOOGLE_HOME_CONTACT_SENSOR", "boolean", "CloudContactSensor"],
  ["GOOGLE_HOME_MOTION_SENSOR", "boolean", "CloudMotionSensor"],
  ["GOOGLE_HOME_SMART_PLUG", "boolean", "CloudSmartPlug"],
  ["GOOGLE_HOME_TEMPERATURE", "number"],
  ["GOOGLE_HOME_TEMPERATURE_C", "number", "CloudTemperatureSensor", "°C"],
  ["GOOGLE_HOME_TEMPERATURE_F", "number", "CloudTemperatureSensor", "°F"],
  ["GOOGLE_HOME_SWITCH", "boolean", "CloudSwitch"],
  ["SMART_HOME_COLORED_LIGHT", "object", "CloudColoredLight"],
  ["SMART_HOME_DIMMED_LIGHT", "object", "CloudDimmedLight"],
  ["SMART_HOME_LIGHT", "boolean", "CloudLight"],
  ["SMART_HOME_CONTACT_SENSOR", "boolean", "CloudContactSensor"],
  ["SMART_HOME_MOTION_SENSOR", "boolean", "CloudMotionSensor"],
  ["SMART_HOME_SMART_PLUG", "boolean", "CloudSmartPlug"],
  ["SMART_HOME_TEMPERATURE", "number"],
  ["SMART_HOME_TEMPERATURE_C", "number", "CloudTemperatureSensor", "°C"],
  ["SMART_HOME_TEMPERATURE_F", "number", "CloudTemperatureSensor", "°F"],
  ["SMART_HOME_SWITCH", "boolean", "CloudSwitch"],
  ["SMART_HOME_TELEVISION", "object", "CloudTelevision"],
];

function expand(rows: readonly Row[], group: PropertyType["group"]): PropertyType[] {
  return rows.map(([type, kind, declaration, unit, supersededBy]) => ({
    type,
    kind,
    group,
    ...(declaration ? { declaration } : {}),
    ...(unit ? { unit } : {}),
    ...(supersededBy ? { supersededBy } : {}),
    components: components[type] ?? {},
  }));
}

/** All types by name. */
export const propertyTypes: ReadonlyMap<string, PropertyType> = new Map(
  [...expand(current, "current"), ...expand(legacy, "legacy"), ...expand(unlisted, "unlisted")].map((row) => [
    row.type,
    row,
  ]),
);

/** Returns the components of a type that are floats, `""` for a type whose value is one itself. */
export function floatParts(type: string): ReadonlySet<string> {
  const { kind, components: parts = {} } = propertyTypes.get(type) ?? {};
  const floats = Object.keys(parts).filter((name) => parts[name] === "number");
  return new Set(kind === "number" ? [""] : floats);
}

/** The value that a component has when a message leaves it out (docs/protocol.md#components). */
const emptyValues = { number: 0, integer: 0, boolean: false, string: "", object: null } as const;

/**
 * Returns `value` as the cloud holds it for `type`: an object type's missing components get their defaults
 * (docs/protocol.md#components). Everything else stays as it is.
 */
export function completeValue<T>(type: string, value: T): T {
  const parts = Object.entries(propertyTypes.get(type)?.components ?? {});
  if (parts.length === 0 || typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const defaults = Object.fromEntries(parts.map(([name, kind]) => [name, emptyValues[kind]]));
  return { ...defaults, ...value };
}
