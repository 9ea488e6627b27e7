import { connections } from "./devices";
import { notFound } from "../failure";
import type { Call, Route } from "../route";
import type { View } from "../views";

/** Returns a credential as `ArduinoCredentialsv1` (docs/protocol.md#models). */
const credential = (secret_name: string, friendly_name: string, max_length: number, more: object = {}): View => ({
  secret_name,
  friendly_name,
  max_length,
  required: true,
  sensitive: false,
  ...more,
});

const secret = { sensitive: true };
const optional = { required: false };

const wifi = [
  credential("SECRET_SSID", "Wi-Fi name", 32),
  credential("SECRET_OPTIONAL_PASS", "Password", 63, { ...secret, ...optional }),
];
const cellular = [
  credential("SECRET_PIN", "PIN", 8, { ...secret, ...optional }),
  credential("SECRET_APN", "APN", 100),
  credential("SECRET_LOGIN", "User name", 32, optional),
  credential("SECRET_PASS", "Password", 32, { ...secret, ...optional }),
];

/** Credentials that each connection needs. Only their shape is documented; names and lengths are plausible. */
const byConnection: Readonly<Record<string, View[]>> = {
  wifi,
  wifiandsecret: [...wifi, credential("SECRET_DEVICE_KEY", "Secret key", 64, secret)],
  eth: ["IP", "DNS", "GATEWAY", "NETMASK"].map((name) => credential(`SECRET_OPTIONAL_${name}`, name, 15, optional)),
  gsm: cellular,
  nb: cellular,
  catm1: cellular,
  cellular,
  lora: [credential("SECRET_APP_EUI", "App EUI", 16), credential("SECRET_APP_KEY", "App key", 32, secret)],
};

/**
 * Connections of each board type that the operation knows (docs/protocol.md#things-and-devices), the usual one first.
 */
const byType: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(
    [
      "mkrwifi1010",
      "mkr1000",
      "nano_33_iot",
      "nanorp2040connect",
      "nicla_vision",
      "giga",
      "unor4wifi",
      "nano_nora",
    ].map((type) => [type, ["wifi"]]),
  ),
  envie_m7: ["wifi", "eth", "catm1", "cellular"],
  portenta_c33: ["wifi", "eth"],
  opta: ["wifi", "eth"],
  mkrgsm1400: ["gsm"],
  mkrnb1500: ["nb"],
  mkrwan1300: ["lora"],
  mkrwan1310: ["lora"],
  "lora-device": ["lora"],
  login_and_secretkey_wifi: ["wifiandsecret"],
};

/**
 * Returns the connections of a board type.
 * @throws Failure 404 for a type that the operation does not know
 */
function connectionsOf({ params }: Call): readonly string[] {
  const { type = "" } = params;
  const known = Object.hasOwn(byType, type) ? byType[type] : undefined;
  if (!known) throw notFound("device type");
  return known;
}

const path = "/iot/v1/network_credentials/:type";

/** Network credentials of boards (docs/operations.md#network-credentials). */
export const networkRoutes: readonly Route[] = [
  {
    method: "GET",
    path,
    answers: "credentialsv1[]",
    query: { connection: { kind: "string", values: connections } },
    handle(call) {
      const known = connectionsOf(call);
      const wanted = call.query.connection ?? known[0];
      return known.includes(wanted as string) ? byConnection[wanted as string] : [];
    },
  },
  {
    method: "GET",
    path: `${path}/connections`,
    answers: "arduinoconnections.v1",
    handle: (call) => Object.fromEntries(connectionsOf(call).map((name) => [name, byConnection[name]])),
  },
];
