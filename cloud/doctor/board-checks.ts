import type { Device, KnownThing } from "../rest";
import { type Answer, found } from "./finding";
import { type NodeUse, shorten, thingsInUse } from "./node-uses";

/** How many devices are named; the rest is counted. */
const maxNamed = 5;

/** Answers how the boards of the things stand that nodes name; of all things, where nodes name none. */
export function checkDevices(
  devices: readonly Device[],
  things: readonly KnownThing[],
  uses: readonly NodeUse[],
): Answer[] {
  const named = thingsInUse(uses, things);
  const boards = (named.length > 0 ? named : things).flatMap((thing) => {
    const device = devices.find(({ id, thing: own }) => id === thing.device_id || own?.id === thing.id);
    return device === undefined ? [] : [{ device, thing }];
  });
  if (boards.length === 0) return [found("devices", "none")];
  const away = boards.filter(({ device }) => device.device_status !== "ONLINE");
  if (away.length === 0) return [found("devices", "ok", { count: boards.length })];
  const answers = away.map(({ device, thing }) => absence(device, thing.name));
  return shorten(answers, maxNamed, (count) => found("devices", "more", { count }));
}

function absence({ name: device, device_status: status, last_activity_at: since }: Device, thing: string): Answer {
  if (status !== "OFFLINE") return found("devices", "unknown", { device, thing });
  return since === undefined
    ? found("devices", "offline", { device, thing })
    : found("devices", "offline-since", { device, thing, since });
}
