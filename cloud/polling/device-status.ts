import type { Device, KnownThing } from "../rest/index";

/**
 * The state of a device: that of its connection as the cloud tells it, or `STALE` where no value has come for too long.
 */
export type DeviceStatus = "ONLINE" | "OFFLINE" | "UNKNOWN" | "STALE";

export interface Watched {
  device: Device;
  state: DeviceStatus;
}

/** From when on a device counts as silent. */
interface Silence {
  /** So long without a new value; 0: never. */
  staleAfterMs: number;
  /** Now, in milliseconds since 1970. */
  now: number;
  /** The time that counts for a thing that never had a value, in milliseconds since 1970. */
  since: number;
}

/**
 * Returns the state of a device. `STALE` takes the place of anything but `OFFLINE`, which says more; it needs the thing
 * of the device with its values, so a device without one, or one whose thing has no variables, is never stale.
 */
export function deviceStatus(device: Device, things: readonly KnownThing[], silence: Silence): DeviceStatus {
  const { device_status: status } = device;
  if (status === "OFFLINE") return status;
  if (silence.staleAfterMs > 0) {
    const thing = things.find((candidate) => candidate.device_id === device.id || candidate.id === device.thing?.id);
    if (thing !== undefined && isSilent(thing, silence)) return "STALE";
  }
  return status === "ONLINE" ? status : "UNKNOWN";
}

function isSilent({ properties }: KnownThing, { staleAfterMs, now, since }: Silence): boolean {
  if (properties.length === 0) return false;
  const times = properties.map(({ value_updated_at: at }) => Date.parse(at ?? "")).filter(Number.isFinite);
  const last = times.length === 0 ? since : Math.max(...times);
  return now - last > staleAfterMs;
}

/** Remembers how devices stood, to tell what has changed. */
export class DeviceStatusChanges {
  #known: ReadonlyMap<string, Watched> = new Map();

  /**
   * Takes in how all devices stand now; returns those that are new or stand otherwise. Who is gone is `UNKNOWN` once.
   */
  update(present: readonly Watched[]): Watched[] {
    const known = this.#known;
    this.#known = new Map(present.map((watched) => [watched.device.id, watched]));
    const changed = present.filter(({ device, state }) => known.get(device.id)?.state !== state);
    const gone = [...known.values()].filter(({ device, state }) => !this.#known.has(device.id) && state !== "UNKNOWN");
    return [...changed, ...gone.map(({ device }) => ({ device, state: "UNKNOWN" as const }))];
  }
}
