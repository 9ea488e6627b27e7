import type { MqttConnection } from "../mqtt/connection";
import type { MessageSender } from "./queued-message";

/** A message for the broker. */
export interface MqttMessage {
  topic: string;
  payload: Uint8Array;
}

/** Work that has to be done before a message goes out; it does not fail, and keeps the order. */
export type BeforeSend = (message: MqttMessage) => Promise<void>;

/**
 * Returns what sends messages over a connection to the broker.
 * @param onSend called with every message just before it goes out
 * @param before what else is waited for, if anything
 */
export function mqttSender(
  connection: Pick<MqttConnection, "publish">,
  onSend: (message: MqttMessage) => void,
  before?: BeforeSend,
): MessageSender<MqttMessage> {
  const send = (message: MqttMessage): Promise<void> => {
    onSend(message);
    return connection.publish(message.topic, message.payload);
  };
  return { send: before === undefined ? send : inOrder(before, send) };
}

/** Returns a sender that does something first, and sends in the order in which it was called. */
function inOrder(before: BeforeSend, send: (message: MqttMessage) => Promise<void>): typeof send {
  let earlier: Promise<void> = Promise.resolve();
  return async (message) => {
    const turn = Promise.all([earlier, before(message)]).then(() => undefined);
    earlier = turn;
    await turn;
    await send(message);
  };
}
