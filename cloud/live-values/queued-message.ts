import type { CloudError } from "../core/errors";
import type { MqttConnection } from "../mqtt/connection";

/** What happens to a message while there is no session: as the field "When offline" of property out says. */
export type WhenOffline = "queue" | "latest" | "reject";

/** Messages for the broker, made from one message of a flow once thing, variable and type are known. */
export interface EncodedMessage {
  thingId: string;
  thingName: string | undefined;
  writes: readonly EncodedWrite[];
}

/** One message for the broker. */
export interface EncodedWrite {
  topic: string;
  payload: Uint8Array;
  /** Told each time just before the message goes out. */
  onSend?: () => void;
}

/** Where messages go: all that the outbox needs of a connection. */
export type MessageSender = Pick<MqttConnection, "publish">;

/** One message of a flow on its way to the broker. */
export interface QueuedMessage {
  /** The node that sends; limits and `latest` count per owner. */
  owner: string;
  /** Thing and variables as given: messages of one owner and lane replace each other with `latest`. */
  lane: string;
  /** The thing as given, by id or name: what has to wait while another message to it is not prepared yet. */
  thing: string;
  whenOffline: WhenOffline;
  /** How many messages of the owner may wait. */
  queueLimit: number;
  /**
   * Looks up what is needed and encodes. Asked again after a failure that may pass; any other error ends the message.
   */
  prepare(): EncodedMessage | Promise<EncodedMessage>;
  /** Called exactly once, unless the message is withdrawn: delivered, or the error that ended it. */
  settle(error?: CloudError): void;
}
