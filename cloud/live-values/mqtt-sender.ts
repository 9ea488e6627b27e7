import type { MqttConnection } from "../mqtt/connection";
import type { MessageSender } from "./queued-message";

/** A message for the broker. */
export interface MqttMessage {
  topic: string;
  payload: Uint8Array;
}

/**
 * Returns what sends messages over a connection to the broker.
 * @param onSend called with every message just before it goes out
 */
export function mqttSender(
  connection: Pick<MqttConnection, "publish">,
  onSend: (message: MqttMessage) => void,
): MessageSender<MqttMessage> {
  return {
    send: (message) => {
      onSend(message);
      return connection.publish(message.topic, message.payload);
    },
  };
}
