import type { Node } from "node-red";
import { CloudError } from "../../cloud/core/errors";
import type { SubscriptionFacts } from "./account-listener";
import { type Message, onInput } from "../runtime/input";
import { messagePropertyField, messageText, messageThing } from "../runtime/message";
import type { SessionNode } from "../runtime/session-node";
import type { SubscriptionTarget } from "./thing-subscription";

/** The values of `direction`. */
export const directions = ["reported", "requested", "both"] as const;

/** The values of `msg.action`, in the words of Node-RED's own MQTT nodes. */
const inputActions = ["subscribe", "unsubscribe", "getSubscriptions", "connect", "disconnect"] as const;

/** The owner of the subscriptions that messages change. */
interface Subscriber {
  subscribe(target: SubscriptionTarget): Promise<void>;
  /** Throws `not_found` where there is no such subscription. */
  unsubscribe(target: SubscriptionTarget): void;
  subscriptions(): SubscriptionFacts[];
  /** Whether a message has to name a thing. */
  needsThing: boolean;
}

/** Lets messages subscribe and unsubscribe a property in, ask for its subscriptions, and connect and disconnect. */
export function handleActions(
  node: Node,
  session: Pick<SessionNode, "connect" | "disconnect">,
  direction: SubscriptionTarget["direction"],
  subscriber: Subscriber,
): void {
  onInput(node, async (message, send) => {
    switch (readAction(message)) {
      case "subscribe":
        await subscriber.subscribe(readTarget(message, direction, subscriber.needsThing));
        break;
      case "unsubscribe":
        subscriber.unsubscribe(readTarget(message, direction, subscriber.needsThing));
        break;
      case "getSubscriptions":
        message.payload = subscriber.subscriptions();
        send(message);
        break;
      case "connect":
        session.connect();
        break;
      case "disconnect":
        await session.disconnect();
    }
  });
}

/** Returns the error of a message that removes a subscription which is not there. */
export function noSubscription({ thing, property, direction }: SubscriptionTarget): CloudError {
  const what = `${property === "" ? "every variable" : `"${property}"`}${thing === "" ? "" : ` of "${thing}"`}`;
  return new CloudError("not_found", `There is no subscription to ${what} (${direction}) to be removed.`);
}

function readAction(message: Message): (typeof inputActions)[number] {
  const given = messageText(message, "action");
  const action = inputActions.find((candidate) => candidate === given);
  if (action !== undefined) return action;
  const shown = given.slice(0, 80);
  throw new CloudError("invalid_input", `msg.action is "${shown}", but one of ${inputActions.join(", ")} is expected.`);
}

function readTarget(
  message: Message,
  fallback: SubscriptionTarget["direction"],
  needsThing: boolean,
): SubscriptionTarget {
  const thing = needsThing ? messageThing(message) : "";
  if (thing === "" && needsThing) {
    throw new CloudError("invalid_input", "msg.thingId is missing: the id or name of a thing is expected.");
  }
  const given = messageText(message, "direction");
  const direction = given === "" ? fallback : directions.find((candidate) => candidate === given);
  if (direction === undefined) {
    const shown = given.slice(0, 80);
    throw new CloudError(
      "invalid_input",
      `msg.direction is "${shown}", but one of ${directions.join(", ")} is expected.`,
    );
  }
  return { thing, property: messagePropertyField(message), direction };
}
