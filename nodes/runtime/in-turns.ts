import type { Turns } from "../../cloud/cluster/turns";
import { inBackground } from "../../cloud/core/guard";
import type { SessionOwner } from "./session-node";

/**
 * Returns the owner of a session that only one of several copies of a flow may have, as a device identity: it is open
 * while it is this copy's turn.
 */
export function inTurns(owner: SessionOwner, turns: Turns): SessionOwner {
  let unfollow: (() => void) | undefined;
  const end = (): void => {
    unfollow?.();
    unfollow = undefined;
  };
  const take = (isOurs: boolean): void => {
    if (isOurs) owner.session.start();
    else inBackground(owner.session.stop());
  };
  return {
    session: {
      start: () => {
        unfollow ??= turns.follow(take);
      },
      stop: async () => {
        end();
        await owner.session.stop();
      },
    },
    close: async () => {
      end();
      await owner.close();
    },
  };
}
