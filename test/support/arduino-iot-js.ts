/**
 * Arduino's own client arduino-iot-js, run unchanged. It finds Arduino's brokers by names that it makes itself, so the
 * library below it is told to open those of a simulator instead.
 */
import { createRequire } from "node:module";
import type { House } from "./simulated-account";

type Value = number | string | boolean | object;

/** A user: writes to devices, and hears what they report. */
export interface ArduinoUser {
  sendProperty(thingId: string, name: string, value: Value, timestamp?: number): Promise<void>;
  onPropertyValue(thingId: string, name: string, callback: (value: unknown) => void): void;
  disconnect(): Promise<void>;
}

/** A device: reports, and hears what is written to it. */
export interface ArduinoDevice {
  sendProperty(name: string, value: Value, timestamp?: number): Promise<void>;
  onPropertyValue(name: string, callback: (value: unknown) => void): void;
  disconnect(): Promise<void>;
}

interface Library {
  ArduinoIoTCloud: { connect(options: object): Promise<ArduinoUser & ArduinoDevice> };
}

type Connect = (url: string, options: object) => unknown;

const fromClient = createRequire(require.resolve("arduino-iot-js"));
let simulator: House["simulator"] | undefined;

function loadLibrary(): Library {
  const mqtt = fromClient("mqtt") as { connect: Connect };
  const { connect } = mqtt;
  // It is taken over when the client is loaded, which happens once.
  mqtt.connect = (url, options) => {
    const { brokerUrl, deviceBrokerUrl } = simulator ?? { brokerUrl: url, deviceBrokerUrl: url };
    return connect(url.startsWith("wss:") ? brokerUrl : deviceBrokerUrl, options);
  };
  return fromClient("arduino-iot-js") as Library;
}

let library: Library | undefined;

function libraryFor(house: House): Library {
  library ??= loadLibrary();
  ({ simulator } = house);
  return library;
}

/** Connects Arduino's client as the user of a house. */
export function connectUser(house: House): Promise<ArduinoUser> {
  const { clientId, clientSecret, baseUrl } = house.account;
  const apiUrl = `${baseUrl}/iot/v1/clients/token`;
  return libraryFor(house).ArduinoIoTCloud.connect({ clientId, clientSecret, apiUrl });
}

/** Connects Arduino's client as the device of a house. */
export function connectDevice(house: House): Promise<ArduinoDevice> {
  const { deviceId, secretKey } = house;
  return libraryFor(house).ArduinoIoTCloud.connect({ deviceId, secretKey });
}
