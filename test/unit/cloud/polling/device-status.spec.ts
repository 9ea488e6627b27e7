import assert from "node:assert/strict";
import {
  DeviceStatusChanges,
  deviceStatus,
  type DeviceStatus,
  type Watched,
} from "../../../../cloud/polling/device-status";
import type { Device, KnownThing } from "../../../../cloud/rest/index";

const now = Date.parse("2026-11-01T12:00:00Z");
const device: Device = { id: "d", name: "Board", type: "unoq" };

function thing(...times: (string | undefined)[]): KnownThing {
  const property = { name: "v", type: "INT", permission: "READ_WRITE" };
  const properties = times.map((at, index) => ({ ...property, id: `p${index}`, ...(at && { value_updated_at: at }) }));
  return { id: "t", name: "House", device_id: "d", properties };
}

describe("deviceState", () => {
  const state = (
    status: string | undefined,
    things: KnownThing[],
    staleAfterMs = 60_000,
    since = now,
  ): DeviceStatus => {
    return deviceStatus(status === undefined ? device : { ...device, device_status: status }, things, {
      staleAfterMs,
      now,
      since,
    });
  };
  const old = thing("2026-11-01T11:00:00Z", "2026-11-01T11:58:59Z");
  const fresh = thing("2026-11-01T11:00:00Z", "2026-11-01T11:59:01Z", "nonsense", undefined);

  it("is what the cloud says, and UNKNOWN for all else", () => {
    for (const status of ["ONLINE", "OFFLINE", "UNKNOWN"]) assert.equal(state(status, [old], 0), status);
    for (const status of [undefined, "", "online", "NEW"]) assert.equal(state(status, [], 0), "UNKNOWN");
  });

  it("is STALE where the newest value is too old, unless the device is offline", () => {
    assert.deepEqual(
      ["ONLINE", "UNKNOWN", "OFFLINE"].map((status) => state(status, [old])),
      ["STALE", "STALE", "OFFLINE"],
    );
    assert.equal(state("ONLINE", [fresh]), "ONLINE");
    assert.equal(state("ONLINE", [{ ...old, device_id: "other" }]), "ONLINE");
  });

  it("counts from the start where there never was a value, and not at all without variables", () => {
    assert.equal(state("ONLINE", [thing(undefined)], 60_000, now - 59_000), "ONLINE");
    assert.equal(state("ONLINE", [thing(undefined)], 60_000, now - 61_000), "STALE");
    assert.equal(state("ONLINE", [thing()], 60_000, 0), "ONLINE");
    assert.equal(state("ONLINE", [], 60_000, 0), "ONLINE");
  });
});

describe("DeviceChanges", () => {
  const watched = (id: string, state: DeviceStatus): Watched => ({ device: { ...device, id }, state });
  const brief = (list: Watched[]): string[] => list.map((entry) => `${entry.device.id} ${entry.state}`);

  it("tells what is new, what has changed, and once what is gone", () => {
    const changes = new DeviceStatusChanges();
    assert.deepEqual(brief(changes.update([watched("a", "ONLINE"), watched("b", "UNKNOWN")])), [
      "a ONLINE",
      "b UNKNOWN",
    ]);
    assert.deepEqual(brief(changes.update([watched("a", "ONLINE"), watched("b", "ONLINE")])), ["b ONLINE"]);
    assert.deepEqual(brief(changes.update([watched("b", "STALE")])), ["b STALE", "a UNKNOWN"]);
    assert.deepEqual(brief(changes.update([watched("b", "STALE")])), []);
    assert.deepEqual(brief(changes.update([watched("a", "OFFLINE"), watched("b", "UNKNOWN")])), [
      "a OFFLINE",
      "b UNKNOWN",
    ]);
    assert.deepEqual(brief(changes.update([])), ["a UNKNOWN"]);
  });
});
