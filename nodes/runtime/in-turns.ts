import type { Turns } from "../../cloud/cluster/turns";
import { inBackground } from "../../cloud/core/guard";
import type { DeviceRelay } from "../../cloud/relay/device-relay";
import type { SessionOwner } from "./session-node";

/**
 * Returns the owner of a session that only one of several copies of a flow may have, as a device identity: it is open
 * while it is this copy's turn.
 * @param relay told of it, since it has the writes of all copies
 */
export function inTurns(owner: SessionOwner, turns: Turns, relay: DeviceRelay): SessionOwner {
  let unfollow: (() => void) | undefined;
  const end = (): void => {
    unfollow?.();
    unfollow = undefined;
  };
  const letGo = (): Promise<void> => relay.letGo(() => owner.session.stop());
  const take = (isOurs: boolean): void => {
    if (!isOurs) {
      inBackground(letGo());
      return;
    }
    owner.session.start();
    relay.hold();
  };
  return {
    session: {
      start: () => {
        unfollow ??= turns.follow(take);
      },
      stop: async () => {
        end();
        await letGo();
      },
    },
    close: async () => {
      end();
      relay.close();
      await owner.close();
    },
  };
}
