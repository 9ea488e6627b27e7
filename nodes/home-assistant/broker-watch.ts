import type { Node, NodeAPI } from "node-red";
import { systemClock } from "../../cloud/core/clock";
import { guarded } from "../../cloud/core/guard";
import type { BrokerMessage } from "./retained-topics";

/** The parts of a node that Node-RED does not document: its wires, and those of link out. */
interface WiredNode {
  id: string;
  type: string;
  wires?: readonly (readonly string[])[];
  links?: readonly string[];
}

interface StatusEvent {
  id: string;
  /** Absent where the node is gone. */
  status?: { fill?: string };
}

/** A flow may be large; no more nodes than these are looked at for an mqtt out. */
const maxNodes = 1_000;

/** Returns the mqtt out nodes that a node's messages may reach. */
function mqttOutsBehind(RED: NodeAPI, node: Node): Set<string> {
  const found = new Set<string>();
  const seen = new Set([node.id]);
  const waiting: (readonly string[])[] = [...wiresOf(node as Partial<WiredNode>)];
  for (let ids = waiting.pop(); ids !== undefined && seen.size < maxNodes; ids = waiting.pop()) {
    for (const id of ids.filter((one) => !seen.has(one))) {
      seen.add(id);
      const next = RED.nodes.getNode(id) as WiredNode | null;
      if (next?.type === "mqtt out") found.add(id);
      if (next) waiting.push(...wiresOf(next), next.links ?? []);
    }
  }
  return found;
}

function isMqttOut(RED: NodeAPI, id: string): boolean {
  return (RED.nodes.getNode(id) as WiredNode | null)?.type === "mqtt out";
}

function wiresOf({ wires }: Pick<WiredNode, "wires">): readonly (readonly string[])[] {
  return wires ?? [];
}

/**
 * Calls back each time that an mqtt out node behind a node has connected: until then, it drops what it gets without a
 * word. Returns the function that ends it.
 */
export function watchBroker(RED: NodeAPI, node: Node, onConnected: () => void): () => void {
  const connected = new Set<string>();
  const onStatus = guarded(({ id, status }: StatusEvent): void => {
    // Told of every node there is: what is cheap is asked first.
    if (status?.fill !== "green") connected.delete(id);
    else if (!connected.has(id) && isMqttOut(RED, id) && mqttOutsBehind(RED, node).has(id)) {
      connected.add(id);
      onConnected();
    }
  });
  return followStatuses(RED, onStatus);
}

/** Those that follow statuses: one listener serves them all, since Node.js takes more than ten for a leak. */
const followers = new Set<(event: StatusEvent) => void>();

function tellFollowers(event: StatusEvent): void {
  for (const follower of followers) follower(event);
}

function followStatuses(RED: NodeAPI, follower: (event: StatusEvent) => void): () => void {
  if (followers.size === 0) RED.events.on("node-status", tellFollowers);
  followers.add(follower);
  return () => {
    if (followers.delete(follower) && followers.size === 0) RED.events.removeListener("node-status", tellFollowers);
  };
}

/** How long a broker may take to connect after the deploy that removed a node. */
const farewellMs = 60_000;
/** Ends the farewell of a node of this id, which is there again. */
const farewells = new Map<string, () => void>();

/** Takes back what is about to be sent for a node that was removed: it is there again. */
export function cancelFarewell({ id }: Node): void {
  farewells.get(id)?.();
}

/**
 * Hands last messages of a node that is removed to what it was wired to, at once and when the deploy is over: that
 * replaces the nodes behind it too, and they take nothing before they are connected again.
 */
export function sayFarewell(RED: NodeAPI, node: Node, messages: readonly BrokerMessage[]): void {
  const direct = wiresOf(node as Partial<WiredNode>).flat();
  const say = (): void => {
    for (const id of direct) {
      const next = RED.nodes.getNode(id) as Node | null;
      for (const message of messages) next?.receive({ ...message });
    }
  };
  for (const message of messages) node.send({ ...message });
  let stopWatch = (): void => undefined;
  const onStarted = guarded(() => {
    stopWatch = watchBroker(RED, node, say);
    say();
  });
  const end = (): void => {
    stopTimer();
    stopWatch();
    RED.events.removeListener("flows:started", onStarted);
    farewells.delete(node.id);
  };
  const stopTimer = systemClock.after(farewellMs, end);
  RED.events.once("flows:started", onStarted);
  farewells.set(node.id, end);
}
