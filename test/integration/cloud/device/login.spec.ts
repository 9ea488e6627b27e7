import assert from "node:assert/strict";
import type { CloudDevice } from "../../../../cloud/device";
import { attached, closeDevices, openDevice, report, settingsOf, standing } from "../../../support/device";
import { type House, startHouse } from "../../../support/simulated-account";
import { found } from "../../../support/wait";

describe("the login of a CloudDevice", () => {
  let house: House;

  beforeEach(async () => {
    house = await startHouse();
  });
  afterEach(async () => {
    await closeDevices();
    await house.stop();
  });

  /** Waits until a device is refused, and returns why. */
  const refusalOf = (device: CloudDevice): Promise<string> =>
    found("the refusal", () => {
      const { connectionState: state } = device;
      return state.name === "refused" ? state.error.code : undefined;
    });

  it("is refused for an unknown device and a wrong key, and tries again", async () => {
    const unknown = openDevice({ ...settingsOf(house), deviceId: "00000000-0000-4000-8000-000000000000" });
    const wrong = openDevice({ ...settingsOf(house), secretKey: "wrong" });
    // Each is tried again soon, whatever becomes of the other.
    const codes = await Promise.all([unknown, wrong].map(refusalOf));
    assert.deepEqual(codes, ["unauthorized", "unauthorized"]);
    house.simulator.store.setKey(house.deviceId, "wrong");
    await attached(wrong, house.thingId);
  });

  it("is refused when the key is revoked while it runs, and works with the key again", async () => {
    const device = openDevice(settingsOf(house));
    await attached(device, house.thingId);
    house.simulator.store.setKey(house.deviceId, undefined);
    await standing(device, "refused");
    const outcome = report(device, { counter: 1 });
    house.simulator.store.setKey(house.deviceId, house.secretKey);
    await attached(device, house.thingId);
    assert.equal(await outcome, undefined);
  });

  it("is not tried with settings that can't work", () => {
    assert.throws(() => openDevice({ ...settingsOf(house), deviceId: "" }), {
      code: "not_configured",
      message: /no id/,
    });
    assert.throws(() => openDevice({ ...settingsOf(house), deviceId: "a/b" }), {
      code: "invalid_input",
      message: /deviceId: "a\/b"/,
    });
    assert.throws(() => openDevice({ ...settingsOf(house), secretKey: "" }), {
      code: "not_configured",
      message: /secret key/,
    });
    assert.throws(() => openDevice({ ...settingsOf(house), brokerUrl: "htp://x" }), {
      code: "invalid_input",
      message: /brokerUrl/,
    });
  });

  it("tells that another client uses the same identity, and backs off", async () => {
    const retryDelayMs = (failures: number): number => 100 * 2 ** failures;
    const device = openDevice(settingsOf(house), { timings: { retryDelayMs } });
    await attached(device, house.thingId);
    const rival = await house.board({ reconnectMs: 200 });
    await standing(device, "taken-over");
    const { observed } = house.simulator;
    assert.equal(device.connectionState.name === "taken-over" && device.connectionState.error.code, "conflict");
    await rival.close();
    await attached(device, house.thingId);
    const attempts = observed.connects.length;
    assert.ok(attempts < 20, `${attempts} connections`);
  });
});
