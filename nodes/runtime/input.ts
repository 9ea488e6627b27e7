import type { Node, NodeMessage } from "node-red";
import { toCloudError } from "../../cloud/core/errors";
import { inBackground } from "../../cloud/core/guard";

/** Any message: what flows put on it is theirs. */
export type Message = NodeMessage & Record<string, unknown>;

/** Hands a message on. */
export type Send = (message: Message) => void;

/**
 * Lets a node answer messages with an async function: `done` is called once, with the error if there is one. Node-RED
 * must never get a promise back, a rejected one would end the whole process. Returns a function that resolves when the
 * messages under way have ended: a node whose close does not wait for it leaves some without an end when Node-RED stops.
 */
export function onInput(node: Node, handle: (message: Message, send: Send) => Promise<void>): () => Promise<unknown> {
  const underWay = new Set<Promise<void>>();
  // eslint-disable-next-line no-restricted-syntax -- Node-RED counts the parameters, and catches what is thrown.
  node.on("input", (message, send, done) => {
    const work = handle(message as Message, (answer) => send(answer))
      .then(
        () => done(),
        (reason: unknown) => done(toCloudError(reason)),
      )
      // Node-RED copies the message for Catch nodes, and what a flow put on it may throw when it is read.
      .catch((reason: unknown) => node.error(toCloudError(reason), {}))
      .finally(() => underWay.delete(work));
    underWay.add(work);
  });
  return () => Promise.allSettled(underWay);
}

/**
 * Lets a node end its work with an async function. Node-RED waits for it, 15 seconds at the most.
 * @param end gets whether the node is gone for good (removed or disabled), or will have a successor
 */
export function onClose(node: Node, end: (removed: boolean) => Promise<void>): void {
  // eslint-disable-next-line no-restricted-syntax -- Node-RED counts the parameters, and catches what is thrown.
  node.on("close", (removed: boolean, done: () => void) => {
    const failed = (reason: unknown): void => {
      node.error(toCloudError(reason));
      done();
    };
    inBackground(end(removed).then(done, failed));
  });
}
