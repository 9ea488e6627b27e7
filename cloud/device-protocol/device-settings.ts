import { CloudError } from "../core/errors";
import { isUuid, printable } from "../core/text";
import type { ProxySettings } from "../core/proxy";
import type { TlsOptions } from "../core/tls";
import type { SessionLogin } from "../mqtt/session";

export interface DeviceSettings {
  deviceId: string;
  /** Blank where the certificate in `tls` speaks for the device. */
  secretKey: string;
  /** `ws`, `wss`, `mqtt` or `mqtts`. */
  brokerUrl: string;
  tls?: TlsOptions;
  /** In place of the proxy that the environment names. */
  proxy?: ProxySettings;
  messagesPerSecond: number;
}

/**
 * Returns how a device logs in: client id and user name are the device id, the password is the key; with a certificate
 * there is none (docs/protocol.md#logins).
 * @throws CloudError `not_configured`, `invalid_input` naming the setting that is missing or wrong
 */
export function deviceLogin({ deviceId, secretKey, tls }: DeviceSettings): SessionLogin {
  if (deviceId === "") {
    throw new CloudError("not_configured", "The device has no id: create a device, or take its id from the cloud.");
  }
  if (!isUuid(deviceId)) {
    throw new CloudError(
      "invalid_input",
      `deviceId: "${printable(deviceId)}" cannot be used; expected is the device's id, a UUID.`,
    );
  }
  if (secretKey !== "") return { clientId: deviceId, userName: deviceId, password: secretKey };
  if (tls?.cert !== undefined && tls.key !== undefined) return { clientId: deviceId };
  throw new CloudError(
    "not_configured",
    "The device has neither a secret key nor a client certificate: give one of them.",
  );
}
