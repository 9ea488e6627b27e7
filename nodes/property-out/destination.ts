import type { CloudAccount } from "../../cloud/account";
import { systemClock } from "../../cloud/core/clock";
import type { Outbox } from "../../cloud/live-values/outbox";
import type { WhenOffline } from "../../cloud/live-values/queued-message";
import type { CloudDevice } from "../../cloud/device";
import type { DeviceRelay } from "../../cloud/relay/device-relay";
import type { CloudError } from "../../cloud/core/errors";
import type { ValueLimit } from "../../cloud/property-types/value-limits";
import type { NodeStatus } from "../runtime/status";
import { DeviceVariableTypes, type ThingKnowledge } from "../runtime/device-variable-types";

/** Values to be written, and how. */
interface WriteOrder {
  /** The node that asks. */
  owner: string;
  /** Id or exact name; blank with a device. */
  thing: string;
  values: ReadonlyMap<string, unknown>;
  whenOffline: WhenOffline;
  queueLimit: number;
  /** Called once with the outcome, unless the order is withdrawn. */
  settle: (error?: CloudError) => void;
  /** Told what gets lost of a value that is sent, perhaps several times. */
  onLimit: (limit: ValueLimit) => void;
}

/** Where property out writes to. */
export interface Destination {
  /** The outbox in which messages wait. */
  readonly outbox: Pick<Outbox<unknown>, "isOnline" | "pending" | "withdraw">;
  /** Whether messages have to name a thing. */
  readonly needsThing: boolean;
  /** Takes an order; returns the function that ends what still waits for the board. */
  write(order: WriteOrder): () => void;
  /** Looks a thing and a variable of it up, where they can be known; throws where there is no such, or no answer. */
  check(thing: string, variable: string): Promise<void>;
  /** Calls back when what is known has been refreshed; returns the function that ends it. */
  onRefresh(callback: () => void): () => void;
  /** Shows how the connection stands. */
  showConnectionState(status: NodeStatus): void;
  /** Calls back when that may have changed; returns the function that ends it. */
  observe(observer: () => void): () => void;
}

/** Writes as a dashboard (`user`, over the broker) or as the thing's device (`device`, over REST). */
export function toAccount(
  account: CloudAccount,
  settings: { as: "user" | "device"; confirmWithinMs: number | undefined },
): Destination {
  return {
    outbox: settings.as === "device" ? account.reports.outbox : account.outbox,
    needsThing: true,
    write: (order) => account.writer.write({ ...settings, ...order }),
    check: async (thing, variable) => {
      const { directory } = account.rest;
      const known = await directory.thing(thing);
      if (variable !== "") directory.variable(known, variable);
    },
    onRefresh: (callback) =>
      account.knowledge.follow((failure) => {
        if (failure === undefined) callback();
      }),
    showConnectionState: (status) => status.session(account.session.state, systemClock.now()),
    observe: (observer) => account.session.observe(observer),
  };
}

/**
 * Reports as a device of our own, over its broker.
 * @param relay takes the writes where only one of several copies may have the device
 */
export function toDevice(
  device: CloudDevice,
  account: ThingKnowledge | undefined,
  relay: DeviceRelay | undefined,
): Destination {
  const types = new DeviceVariableTypes(device, account);
  return {
    outbox: relay ?? device.outbox,
    needsThing: false,
    write: (order) => {
      // Nobody will ever tell what an id means.
      if (!types.isLearnt) for (const reference of order.values.keys()) types.nameOf(reference);
      if (relay === undefined) device.report(types.reportOf(order));
      else relay.write(order);
      return () => undefined;
    },
    // Its thing is learnt from the cloud, and a variable may be made later.
    check: () => Promise.resolve(),
    onRefresh: () => () => undefined,
    showConnectionState: (status) => status.device(device.connectionState, systemClock.now(), relay?.clusterState),
    observe: (observer) => {
      const ends = [device.observe(observer), relay?.observe(observer)];
      return () => ends.forEach((end) => end?.());
    },
  };
}
