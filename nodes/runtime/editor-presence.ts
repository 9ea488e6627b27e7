import type { NodeAPI } from "node-red";
import { guarded } from "../../cloud/core/guard";

/** Tells whether somebody has an editor open. */
export interface EditorPresence {
  /** Whether somebody looks, or may. */
  readonly isWatched: boolean;
  /** Calls back when somebody opens an editor; returns what ends that. */
  onOpen(callback: () => void): () => void;
}

const presences = new WeakMap<object, EditorPresence>();

/** Returns who looks at a Node-RED; one for all nodes of it. To be called when a set is loaded, to miss nobody. */
export function editorPresence(RED: NodeAPI): EditorPresence {
  const { events } = RED;
  const { server } = RED as { server?: NodeAPI["server"] };
  const present = presences.get(events) ?? watchEditors(events, server?.listening === true);
  presences.set(events, present);
  return present;
}

/**
 * Counts the editors by their connections.
 * @param isServing whether Node-RED has been serving editors before: then there may be some that nobody has told of
 */
function watchEditors(events: NodeAPI["events"], isServing: boolean): EditorPresence {
  let count = 0;
  const callbacks = new Set<() => void>();
  const opened = (): void => {
    count++;
    for (const callback of callbacks) callback();
  };
  events.on("comms:connection-added", guarded(opened));
  const closed = (): number => (count = Math.max(0, count - 1));
  events.on("comms:connection-removed", guarded(closed));
  return {
    get isWatched() {
      return count > 0 || isServing;
    },
    onOpen: (callback) => {
      const safe = guarded(callback);
      callbacks.add(safe);
      return () => callbacks.delete(safe);
    },
  };
}
