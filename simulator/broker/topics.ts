import type { Scope } from "../store/models";
import type { Store } from "../store/store";

/** A topic of the data API (docs/protocol.md#topics): `/a/t/{thing}/{channel}` or `/a/d/{device}/{channel}`. */
interface Topic {
  owner: "thing" | "device";
  id: string;
  /** `e/o`, `e/i`, `c/up`, `c/dw`, `shadow/o`, `shadow/i`, `s/o`, `s/i`. */
  channel: string;
}

/** A client that is logged in to the broker. */
export type Login = { kind: "user"; scope: Scope } | { kind: "device"; deviceId: string };

/** Returns the topic's parts; undefined for anything else, wildcards included. */
export function parseTopic(topic: string): Topic | undefined {
  const [, owner, id, channel] = /^\/a\/([td])\/([^/+#]+)\/([^+#]+)$/.exec(topic) ?? [];
  if (owner === undefined || id === undefined || channel === undefined) return undefined;
  return { owner: owner === "t" ? "thing" : "device", id, channel };
}

/**
 * Returns whether a login may subscribe to and publish on a topic (docs/protocol.md#permissions): a user the topics of
 * the things he sees, and the serial monitor of his devices; a device its own topics and those of its thing.
 */
export function mayUse(store: Store, login: Login, topic: string): boolean {
  const parts = parseTopic(topic);
  if (!parts) return false;
  const { owner, id, channel } = parts;
  if (login.kind === "device") {
    return owner === "device" ? id === login.deviceId : store.thingOfDevice(login.deviceId)?.id === id;
  }
  if (owner === "thing") return store.visibleThing(id, login.scope) !== undefined;
  return channel.startsWith("s/") && store.visibleDevice(id, login.scope) !== undefined;
}
