import { propertyTypes } from "../../cloud/property-types/index";

/** The way in which values become entities: the name of a function in mappings.ts. */
export type EntityShape =
  | "contact"
  | "coordinates"
  | "dimmed-light"
  | "free"
  | "hsb"
  | "colored-light"
  | "light"
  | "number"
  | "schedule"
  | "switch"
  | "television"
  | "text"
  | "time";

/** How Home Assistant's recorder takes the values of a sensor. */
type StateClass = "measurement" | "total_increasing";

/** A type of variable as Home Assistant has it. */
export interface TypeRow {
  shape: EntityShape;
  /** Where the variable can't be written. */
  readOnlyClass?: string;
  /** Where it can. */
  readWriteClass?: string;
  /** Blank where a class takes none; absent where only the account's list of types may tell. */
  unit?: string;
  stateClass?: StateClass;
  /** The range of a number that the variable itself does not limit. */
  range?: readonly [min: number, max: number];
}

const float: Partial<TypeRow> = { stateClass: "measurement" };

/** Returns a sensor, or a number where it can be written, with a device class that both have. */
function measure(deviceClass: string, unit?: string, more: Partial<TypeRow> = {}): TypeRow {
  const classes = deviceClass === "" ? {} : { readOnlyClass: deviceClass, readWriteClass: deviceClass };
  return { shape: "number", ...float, ...classes, ...(unit !== undefined && { unit }), ...more };
}

/** Returns something that is on or off, with a class for each permission. */
function onOff(shape: "contact" | "light" | "switch", readOnlyClass = "", readWriteClass = ""): TypeRow {
  return { shape, ...(readOnlyClass !== "" && { readOnlyClass }), ...(readWriteClass !== "" && { readWriteClass }) };
}

const shape = (name: EntityShape): TypeRow => ({ shape: name });
/** A whole percentage is all that there is to choose from. */
const percent: Partial<TypeRow> = { range: [0, 100] };
/** A counter of energy only grows: Home Assistant takes nothing else. */
const grows: Partial<TypeRow> = { stateClass: "total_increasing" };
const home = (name: string): string[] => [`HOME_${name}`, `GOOGLE_HOME_${name}`, `SMART_HOME_${name}`];
/** Home Assistant has no class for these quantities. */
const unclassed = [
  ...["CANDELA", "MOLE", "NEWTON", "COULOMB", "FARAD", "OHM", "SIEMENS", "WEBER", "TESLA", "HENRY", "LUMEN"],
  ...["BECQUEREL", "GRAY", "SIEVERT", "KATAL", "METER_PER_SQUARE_SECOND", "CANDELA_PER_SQUARE_METER"],
  ...["RADIAN", "STERADIAN", "DECIBEL", "DECIBEL_1W", "BEL", "EVENT_RATE_SECOND", "EVENT_RATE_MINUTE"],
  ...["FORCE", "ELECTRICAL_RESISTANCE", "CAPACITANCE", "ACCELERATION", "LUMINOUS_FLUX", "LUMINANCE"],
  ...["LUMINOUS_INTENSITY", "LOGARITHMIC_QUANTITY", "ANGLE", "SIEMENS_PER_METER", "ANALOG", "RATIO_DIV"],
  ...["FLOAT", "INT", "RATIO_MOD", "HEART_BEATS"],
];

/** All types, several to a row where they look alike. */
const rows: readonly (readonly [types: readonly string[], row: TypeRow])[] = [
  [["STATUS"], onOff("switch")],
  [home("SWITCH"), onOff("switch", "", "switch")],
  [home("SMART_PLUG"), onOff("switch", "plug", "outlet")],
  [home("LIGHT"), onOff("light", "light")],
  [home("CONTACT_SENSOR"), onOff("contact", "opening", "opening")],
  [home("MOTION_SENSOR"), onOff("contact", "motion", "motion")],
  [home("DIMMED_LIGHT"), shape("dimmed-light")],
  [home("COLORED_LIGHT"), shape("colored-light")],
  [["COLOR_HSB"], shape("hsb")],
  [["COLOR_RGB", "GENERIC_COMPLEX_PROPERTY"], shape("free")],
  [["HOME_TELEVISION", "SMART_HOME_TELEVISION"], shape("television")],
  [["LOCATION"], shape("coordinates")],
  [["SCHEDULE"], shape("schedule")],
  [["CHARSTRING"], shape("text")],
  [["TIME"], { shape: "time", readOnlyClass: "timestamp", range: [0, 2 ** 32 - 1] }],
  [unclassed, measure("")],
  [["COUNT"], measure("", undefined, { range: [0, 2 ** 31 - 1] })],
  [["PERCENTAGE"], measure("", "%", percent)],
  [["PERCENTAGE_RELATIVE_HUMIDITY"], measure("humidity", "%", percent)],
  [["PERCENTAGE_BATTERY_LEVEL"], measure("battery", "%", percent)],
  [[...home("TEMPERATURE_C"), "TEMPERATURE_C", "DEGREES_CELSIUS"], measure("temperature", "°C")],
  [[...home("TEMPERATURE_F"), "TEMPERATURE_F"], measure("temperature", "°F")],
  [["KELVIN"], measure("temperature", "K")],
  [["TEMPERATURE", ...home("TEMPERATURE")], measure("temperature")],
  [["LENGHT_C", "LENGHT_I", "LENGHT_M", "METER", "LENGTH"], measure("distance")],
  [["KILOGRAM", "GRAM", "MASS"], measure("weight")],
  [["SECOND", "SECONDS_BATTERY_LEVEL"], measure("duration")],
  [["AMPERE", "ELECTRIC_CURRENT"], measure("current")],
  [["VOLT", "ELECTRIC_POTENTIAL"], measure("voltage")],
  [["WATT", "POWER"], measure("power")],
  [["JOULE", "ENERGY"], measure("energy", undefined, grows)],
  [["HERTZ", "FREQUENCY"], measure("frequency")],
  [["PASCAL", "PRESSURE"], measure("pressure")],
  [["LUX", "ILLUMINANCE"], measure("illuminance")],
  [["WATT_PER_SQUARE_METER"], measure("irradiance")],
  // The class of areas is new, and an older Home Assistant refuses the whole device for a class it does not know.
  [["SQUARE_METER", "AREA"], measure("")],
  // "volume" is for what is used up; what a tank holds may fall too.
  [["CUBIC_METER", "LITER", "VOLUME"], measure("volume_storage")],
  [["METER_PER_SECOND", "VELOCITY"], measure("speed")],
  [["CUBIC_METER_PER_SECOND", "LITER_PER_SECOND", "FLOW_RATE"], measure("volume_flow_rate")],
  [["BIT", "INFORMATION_CONTENT"], measure("data_size")],
  [["BIT_PER_SECOND", "DATA_RATE"], measure("data_rate")],
  [["PH_VALUE"], measure("ph", "")],
  [["HEART_RATE"], measure("", "bpm")],
  [["DEGREES_LATITUDE", "DEGREES_LONGITUDE"], { shape: "number", unit: "°" }],
];

/** The units that Home Assistant writes in another way than the cloud. */
const respelled: Readonly<Record<string, string>> = { l: "L", "l/s": "L/s", "%RH": "%", "beat/min": "bpm" };

/** All types of variables as Home Assistant has them. */
export const typeRows: ReadonlyMap<string, TypeRow> = new Map(
  rows.flatMap(([types, row]) => types.map((type) => [type, withOwnUnit(type, row)] as const)),
);

/** Returns a unit of the cloud as Home Assistant writes it. */
export function haUnit(unit: string): string {
  return Object.hasOwn(respelled, unit) ? (respelled[unit] ?? unit) : unit;
}

/** Fills in the unit that the name of a type gives. */
function withOwnUnit(type: string, row: TypeRow): TypeRow {
  const unit = row.unit ?? propertyTypes.get(type)?.unit;
  return unit === undefined ? row : { ...row, unit: haUnit(unit) };
}

/**
 * The units that Home Assistant takes for the classes used here. With another unit it warns, and the class has no effect.
 */
export const classUnits: Readonly<Record<string, readonly string[]>> = {
  temperature: ["°C", "°F", "K"],
  distance: ["mm", "cm", "m", "km", "in", "ft", "yd", "mi"],
  weight: ["µg", "mg", "g", "kg", "oz", "lb"],
  duration: ["d", "h", "min", "s", "ms"],
  current: ["A", "mA"],
  voltage: ["V", "mV", "kV"],
  power: ["W", "kW"],
  energy: ["J", "kJ", "MJ", "GJ", "Wh", "kWh", "MWh"],
  frequency: ["Hz", "kHz", "MHz", "GHz"],
  pressure: ["Pa", "hPa", "kPa", "bar", "mbar", "inHg", "psi"],
  illuminance: ["lx"],
  irradiance: ["W/m²"],
  humidity: ["%"],
  battery: ["%"],
  volume_storage: ["mL", "L", "m³", "gal", "ft³"],
  volume_flow_rate: ["m³/h", "m³/s", "L/min", "L/s", "ft³/min", "gal/min"],
  speed: ["m/s", "km/h", "mph", "ft/s", "kn"],
  data_size: ["bit", "B", "kB", "MB", "GB"],
  data_rate: ["bit/s", "kbit/s", "Mbit/s", "B/s", "kB/s", "MB/s"],
  ph: [""],
};
