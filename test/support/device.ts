import assert from "node:assert/strict";
import { CloudDevice, type DeviceOptions, type DeviceReport } from "../../cloud/device";
import type { DeviceSettings } from "../../cloud/device-protocol/device-settings";
import type { CloudError } from "../../cloud/core/errors";
import type { House } from "./simulated-account";
import { until } from "./wait";

const opened: CloudDevice[] = [];
/** The topics of messages that devices of `openDevice` could not read. */
export const malformed: string[] = [];

/** The settings of the house's device. */
export function settingsOf({ deviceId, secretKey, simulator }: House): DeviceSettings {
  return { deviceId, secretKey, brokerUrl: simulator.deviceBrokerUrl, messagesPerSecond: 25 };
}

/** Opens a device; it connects at once, and tries again soon, as the rules of waiting have unit specs. */
export function openDevice(settings: DeviceSettings, options: DeviceOptions = {}): CloudDevice {
  const notices = {
    onMalformed: (topic: string) => malformed.push(topic),
    onFault: (reason: unknown) => assert.fail(String(reason)),
  };
  const device = new CloudDevice(settings, notices, { timings: { retryDelayMs: () => 100 }, ...options });
  opened.push(device);
  device.session.start();
  return device;
}

/** Closes all that `openDevice` has opened. */
export async function closeDevices(): Promise<void> {
  await Promise.all(opened.splice(0).map((device) => device.close()));
  malformed.length = 0;
}

/** Reports values; resolves with the error that ended it, if any. */
export function report(
  device: CloudDevice,
  values: Record<string, unknown>,
  more: Partial<DeviceReport> = {},
): Promise<CloudError | undefined> {
  return new Promise((settle) => {
    const usual = { owner: "spec", whenOffline: "queue", queueLimit: 9 } as const;
    device.report({ ...usual, values: new Map(Object.entries(values)), settle, ...more });
  });
}

/** Waits until the device stands so. */
export const standing = (device: CloudDevice, name: string): Promise<void> =>
  until(`standing ${name}`, () => device.connectionState.name === name, 25_000);

/** Waits until the device is online with this thing. */
export const attached = (device: CloudDevice, thingId: string): Promise<void> =>
  until(
    `attached to ${thingId}`,
    () => device.connectionState.name === "online" && device.connectionState.thingId === thingId,
  );
