/**
 * What Home Assistant accepts by MQTT discovery, written down from its sources and documents, apart from what the node
 * makes: a checker of messages, and a reader of states.
 */

type Fields = Record<string, unknown>;

/** A part of a message as text. */
const word = (part: unknown): string => (typeof part === "string" ? part : JSON.stringify(part ?? null));

/** Short keys that Home Assistant expands, in the places where it does. */
const rootKeys: Record<string, string> = {
  ...{ dev: "device", o: "origin", cmps: "components", avty: "availability", avty_mode: "availability_mode" },
  ...{ p: "platform", uniq_id: "unique_id", dev_cla: "device_class", unit_of_meas: "unit_of_measurement" },
  ...{ stat_cla: "state_class", stat_t: "state_topic", val_tpl: "value_template", cmd_t: "command_topic" },
  ...{ cmd_tpl: "command_template", pl_on: "payload_on", pl_off: "payload_off", pl_prs: "payload_press" },
  ...{ stat_on: "state_on", stat_off: "state_off", json_attr_t: "json_attributes_topic", ops: "options" },
  ...{ sup_clrm: "supported_color_modes", bri_scl: "brightness_scale", ic: "icon", src_type: "source_type" },
};
const deviceKeys: Record<string, string> = {
  ids: "identifiers",
  mf: "manufacturer",
  mdl: "model",
  cu: "configuration_url",
};
const originKeys: Record<string, string> = { sw: "sw_version", url: "support_url" };

/** Platforms that every Home Assistant with device discovery has. */
const platforms = new Set([
  ...["sensor", "binary_sensor", "switch", "light", "number", "select", "text", "button", "device_tracker", "event"],
  ...["lock", "cover", "climate"],
]);
const needsCommandTopic = new Set(["switch", "light", "number", "select", "text", "button", "lock"]);
const needsStateTopic = new Set(["sensor", "binary_sensor", "event"]);

const sensorClasses: Record<string, string[]> = {
  temperature: ["°C", "°F", "K"],
  distance: ["km", "m", "cm", "mm", "mi", "nmi", "yd", "in", "ft"],
  weight: ["kg", "g", "mg", "µg", "oz", "lb", "st"],
  duration: ["d", "h", "min", "s", "ms", "µs"],
  current: ["A", "mA"],
  voltage: ["V", "mV", "µV", "kV", "MV"],
  power: ["mW", "W", "kW", "MW", "GW", "TW"],
  energy: ["J", "kJ", "MJ", "GJ", "mWh", "Wh", "kWh", "MWh", "GWh", "TWh", "cal", "kcal", "Mcal", "Gcal"],
  frequency: ["Hz", "kHz", "MHz", "GHz"],
  pressure: ["cbar", "bar", "hPa", "inHg", "kPa", "mbar", "Pa", "psi", "mmHg"],
  illuminance: ["lx"],
  irradiance: ["W/m²", "BTU/(h⋅ft²)"],
  humidity: ["%"],
  battery: ["%"],
  volume_storage: ["L", "mL", "m³", "gal", "ft³", "CCF", "fl. oz."],
  volume_flow_rate: ["m³/h", "m³/min", "m³/s", "ft³/min", "L/h", "L/min", "L/s", "gal/min", "mL/s"],
  speed: ["ft/s", "in/d", "in/h", "in/s", "km/h", "kn", "m/s", "mph", "mm/d", "mm/s"],
  data_size: ["bit", "kbit", "Mbit", "Gbit", "B", "kB", "MB", "GB", "TB", "PB"],
  data_rate: ["bit/s", "kbit/s", "Mbit/s", "Gbit/s", "B/s", "kB/s", "MB/s", "GB/s"],
  ph: [],
  timestamp: [],
  enum: [],
};
const stateClasses: Record<string, string[]> = {
  energy: ["total", "total_increasing"],
  timestamp: [],
  enum: [],
};
const classes: Record<string, string[]> = {
  sensor: Object.keys(sensorClasses),
  number: Object.keys(sensorClasses).filter((name) => name !== "timestamp" && name !== "enum"),
  binary_sensor: ["light", "plug", "opening", "motion", "door", "window", "moisture", "power", "problem"],
  switch: ["switch", "outlet"],
};

function expanded(fields: Fields, keys: Record<string, string>): Fields {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [keys[key] ?? key, value]));
}

/** A device message with all keys as they are documented. */
export interface Device extends Fields {
  device: Fields;
  origin: Fields;
  components: Record<string, Fields>;
}

/** Reads a device message as Home Assistant does. */
export function expandDevice(payload: unknown): Device {
  const root = expanded(payload as Fields, rootKeys);
  const components = Object.entries((root["components"] ?? {}) as Record<string, Fields>);
  return {
    ...root,
    device: expanded((root["device"] ?? {}) as Fields, deviceKeys),
    origin: expanded((root["origin"] ?? {}) as Fields, originKeys),
    components: Object.fromEntries(components.map(([name, fields]) => [name, expanded(fields, rootKeys)])),
  };
}

/** What Home Assistant would say against a device message; empty where it takes all of it. */
export function complaints(topic: string, payload: unknown): string[] {
  const found: string[] = [];
  const demand = (isMet: boolean, problem: string): void => {
    if (!isMet) found.push(problem);
  };
  demand(/^[^+#\0]+\/device\/[a-zA-Z0-9_-]+\/config$/.test(topic), `the topic ${topic}`);
  const message = expandDevice(JSON.parse(JSON.stringify(payload)));
  const { device, origin, components } = message;
  const ids = device["identifiers"];
  demand(Array.isArray(ids) && ids.length > 0 && ids.every((id) => typeof id === "string"), "no identifiers");
  demand(typeof device["name"] === "string" && device["name"] !== "", "no name of the device");
  const url = device["configuration_url"];
  demand(url === undefined || URL.canParse(word(url)), "the configuration URL");
  demand(typeof origin["name"] === "string", "no name of the origin");
  const availability = message["availability"] as Fields[];
  demand(
    availability.every((one) => isTopic(one["t"] ?? one["topic"])),
    "the availability",
  );
  demand(["all", "any", "latest"].includes(word(message["availability_mode"] ?? "latest")), "the availability mode");
  const seen = new Set<unknown>();
  for (const [name, component] of Object.entries(components)) {
    for (const problem of componentComplaints(component)) found.push(`${name}: ${problem}`);
    if (Object.keys(component).length > 1) demand(!seen.has(component["unique_id"]), `${name}: its unique id is not`);
    seen.add(component["unique_id"]);
  }
  return found;
}

function isTopic(topic: unknown): boolean {
  return typeof topic === "string" && topic !== "" && !/[+#\0]/.test(topic) && Buffer.byteLength(topic) < 65_536;
}

function componentComplaints(component: Fields): string[] {
  const found: string[] = [];
  const demand = (isMet: boolean, problem: string): void => {
    if (!isMet) found.push(problem);
  };
  const platform = String(component["platform"]);
  demand(platforms.has(platform), `the platform ${platform}`);
  // One that is removed.
  if (Object.keys(component).length === 1) return found;
  demand(typeof component["unique_id"] === "string" && component["unique_id"] !== "", "no unique id");
  demand(component["name"] === null || typeof component["name"] === "string", "the name");
  demand(!("object_id" in component), "object_id is no more");
  const entity = component["default_entity_id"];
  demand(
    entity === undefined || (/^[a-z_]+\.[a-z0-9_]+$/.test(word(entity)) && word(entity).startsWith(`${platform}.`)),
    `the entity id ${word(entity)}`,
  );
  demand(word(entity).length <= 255, "the length of the entity id");
  for (const [key, value] of Object.entries(component)) {
    if (key.endsWith("_topic")) demand(isTopic(value), `${key} ${String(value)}`);
    if (key.endsWith("_template")) demand(/^\{\{ [^{}]+ \}\}$/.test(String(value)), `${key} ${String(value)}`);
  }
  demand(!needsCommandTopic.has(platform) || "command_topic" in component, "no command topic");
  demand(!needsStateTopic.has(platform) || "state_topic" in component, "no state topic");
  demand(component["source_type"] === undefined || component["source_type"] === "gps", "the source type");
  return [...found, ...classComplaints(platform, component), ...platformComplaints(platform, component)];
}

function classComplaints(platform: string, component: Fields): string[] {
  const found: string[] = [];
  const { device_class: deviceClass, unit_of_measurement: unit, state_class: stateClass } = component;
  if (deviceClass !== undefined) {
    const name = word(deviceClass);
    if (!(classes[platform] ?? []).includes(name)) found.push(`the class ${name} of a ${platform}`);
    const units = sensorClasses[name];
    if ((platform === "sensor" || platform === "number") && units !== undefined) {
      const fits = units.length === 0 ? unit === undefined : units.includes(word(unit));
      if (!fits) found.push(`the unit ${word(unit)} of the class ${name}`);
    }
    const allowed = stateClasses[name] ?? ["measurement", "total", "total_increasing"];
    if (stateClass !== undefined && !allowed.includes(word(stateClass))) {
      found.push(`the state class ${word(stateClass)} of ${name}`);
    }
  }
  if (unit === "") found.push("a blank unit");
  if (stateClass !== undefined && platform !== "sensor") found.push("a state class of a component that has none");
  if (unit !== undefined && platform !== "sensor" && platform !== "number") found.push("a unit where there is none");
  return found;
}

function platformComplaints(platform: string, component: Fields): string[] {
  const found: string[] = [];
  const demand = (isMet: boolean, problem: string): void => {
    if (!isMet) found.push(problem);
  };
  const { options } = component;
  if (platform === "number") {
    const [min, max, step] = [component["min"], component["max"], component["step"]].map(Number);
    demand(min! < max!, "min and max");
    demand(step! >= 0.001, "the step");
    demand(["auto", "box", "slider"].includes(String(component["mode"])), "the mode");
  }
  if (platform === "text") demand(Number(component["max"]) <= 255, "the length of a text");
  const isChosen = platform === "select" || component["device_class"] === "enum";
  if (isChosen) demand(Array.isArray(options) && options.length > 0, "no options");
  if (platform === "light" && component["schema"] === "json") {
    const modes = component["supported_color_modes"] as string[];
    demand(modes.length === 1 && ["onoff", "brightness", "hs"].includes(modes[0]!), "the colour modes");
    demand(Number(component["brightness_scale"]) >= 1, "the scale of brightness");
  }
  if (platform === "event") demand(Array.isArray(component["event_types"]), "no event types");
  if (platform === "device_tracker") demand("json_attributes_topic" in component, "no place");
  return found;
}

/** Renders the templates that there are, each of which holds one expression. */
function render(template: unknown, payload: string): string {
  const text = template === undefined ? "{{ value }}" : word(template);
  const expression = text.replace(/^\{\{ | \}\}$/g, "");
  if (expression === "value") return payload;
  const value = JSON.parse(payload) as unknown;
  const part = /^value_json\.(\w+)$/.exec(expression.replace(/^'true' if | else 'false'$/g, ""))?.[1];
  const chosen = part === undefined ? value : (value as Fields)[part];
  if (expression.startsWith("'true' if ")) return chosen ? "true" : "false";
  if (expression === "value_json" || part !== undefined) return chosen === null ? "None" : word(chosen);
  const cut = /\[:(\d+)\]$/.exec(expression)?.[1];
  if (cut !== undefined) return (expression.includes("tojson") ? payload : word(value)).slice(0, Number(cut));
  if (expression.includes("timestamp_custom")) return new Date(Number(value) * 1_000).toISOString();
  throw new Error(`No template like this was expected: ${text}`);
}

/** What Home Assistant would say against a state; undefined where it takes it. `None` is no state, and taken. */
export function stateComplaint(component: Fields, payload: string): string | undefined {
  const platform = String(component["platform"]);
  if (platform === "light" && component["schema"] === "json") return lightComplaint(JSON.parse(payload) as Fields);
  const state = render(component["value_template"], payload);
  if (state.length > 255) return "a state longer than 255 characters";
  if (state === "None") return undefined;
  const wrong = `${platform} takes no "${state}"`;
  const isAny = (names: string[]): boolean => names.some((name) => component[name] === state);
  if (platform === "switch") return isAny(["state_on", "state_off"]) ? undefined : wrong;
  if (platform === "binary_sensor" || platform === "light")
    return isAny(["payload_on", "payload_off"]) ? undefined : wrong;
  const isNumber = state.trim() !== "" && Number.isFinite(Number(state));
  if (platform === "number") {
    return isNumber && Number(state) >= Number(component["min"]) && Number(state) <= Number(component["max"])
      ? undefined
      : wrong;
  }
  if (Array.isArray(component["options"])) return component["options"].includes(state) ? undefined : wrong;
  if (component["device_class"] === "timestamp") {
    return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(state) ? undefined : wrong;
  }
  if (platform === "sensor" && ("state_class" in component || "unit_of_measurement" in component)) {
    return isNumber ? undefined : wrong;
  }
  return undefined;
}

function lightComplaint({ state, color_mode: mode, brightness, color }: Fields): string | undefined {
  if (state !== "ON" && state !== "OFF") return "the state of a light";
  if (mode !== "hs" && mode !== "brightness") return "the colour mode of a light";
  if (typeof brightness !== "number" || brightness < 0 || brightness > 100) return "the brightness of a light";
  if (mode === "brightness") return color === undefined ? undefined : "a colour where there is none";
  const { h, s } = (color ?? {}) as { h?: number; s?: number };
  return h! >= 0 && h! < 360 && s! >= 0 && s! <= 100 ? undefined : "the colour of a light";
}
