import type { Simulator } from "../../simulator";
import { certificateRequest } from "../../simulator/security/authority";
import type { Call, Known } from "./call";
import { dashboards, triggers } from "./calls-dashboards";
import { boards, devices } from "./calls-devices";
import { series, things } from "./calls-things";

const removals: readonly Call[] = [
  { id: "properties_v2#delete", request: ({ thing, spare }) => ({ path: { id: thing, pid: spare } }) },
  { id: "things_v2_tags#delete", request: ({ thing }) => ({ path: { id: thing, key: "floor" } }) },
  { id: "things_v2#delete", request: ({ copy }) => ({ path: { id: copy } }) },
  { id: "devices_v2#delete", request: ({ claimed }) => ({ path: { id: claimed } }) },
];

/** A call of each operation, in an order in which each succeeds. */
export const calls: readonly Call[] = [
  ...boards,
  ...things,
  ...series,
  ...devices,
  ...dashboards,
  ...triggers,
  ...removals,
];

/** Returns what the first call may need. */
export async function knownAtFirst(simulator: Simulator, guestId: string): Promise<Known> {
  const { csr } = await certificateRequest("somebody");
  return { user: simulator.userId, guest: guestId, csr };
}
