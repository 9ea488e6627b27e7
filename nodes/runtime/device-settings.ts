import type { NodeAPI } from "node-red";
import type { DeviceSettings } from "../../cloud/device-protocol/device-settings";
import type { TlsOptions } from "../../cloud/core/tls";
import { CloudError } from "../../cloud/core/errors";
import { findAccount } from "./account-node";
import { readProxy, readTls } from "./account-settings";
import { type RawSettings, readNumber, readText } from "./settings";

/** Where devices log in, with a secret key and with a certificate (docs/protocol.md#addresses). */
const keyBroker = "mqtts://mqtts-up.iot.arduino.cc:8884";
const certificateBroker = "mqtts://iot.arduino.cc:8885";

/**
 * Reads the settings of a device node.
 * @throws CloudError `not_configured` naming what is wrong
 */
export function readDeviceSettings(RED: NodeAPI, raw: RawSettings, secrets: RawSettings): DeviceSettings {
  const secretKey = readText(secrets, "secretKey");
  const tls = readTls(RED, readText(raw, "tls"));
  const proxy = readProxy(RED, readText(raw, "proxy"));
  const hasCertificate = secretKey === "" && tls?.cert !== undefined;
  const brokerUrl = readText(raw, "brokerUrl") || usualBroker(RED, raw, hasCertificate);
  const options = forBroker(brokerUrl, tls);
  return {
    deviceId: readText(secrets, "deviceId"),
    secretKey,
    brokerUrl,
    messagesPerSecond: readNumber(raw, "messagesPerSecond", 25, 0.1),
    ...(options === undefined ? {} : { tls: options }),
    ...(proxy === undefined ? {} : { proxy }),
  };
}

/**
 * Returns the broker of the account; Arduino's own one for keys gives way to the one for certificates, where a
 * certificate speaks.
 */
function usualBroker(RED: NodeAPI, raw: RawSettings, hasCertificate: boolean): string {
  const id = readText(raw, "account");
  if (id === "") return hasCertificate ? certificateBroker : keyBroker;
  const { account, isDemo } = findAccount(RED, id);
  if (isDemo) throw new NoDeviceInDemo();
  const broker = account.rest.endpoints.deviceBrokerUrl;
  return hasCertificate && broker === keyBroker ? certificateBroker : broker;
}

/** A device of Node-RED's own was asked for in the demo house, which would forget it when it closes. */
export class NoDeviceInDemo extends CloudError {
  constructor() {
    super("not_configured", "The demo house takes no device of Node-RED's own: choose an account with an API key.");
  }
}

/**
 * Returns the TLS options for a broker: Arduino's own one for certificates refuses a hello that offers TLS 1.3
 * (docs/protocol.md#addresses).
 */
function forBroker(brokerUrl: string, tls: TlsOptions | undefined): TlsOptions | undefined {
  const isOld = /^mqtts:\/\/[a-z0-9.-]+\.arduino\.cc:8885\b/i.test(brokerUrl);
  return isOld ? { ...tls, maxVersion: "TLSv1.2" } : tls;
}
