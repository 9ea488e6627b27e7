import type { CloudError } from "../core/errors";

/** The fate of a message while there is no session: as the field "When offline" of property out says. */
export type WhenOffline = "queue" | "latest" | "reject";

/** One message of a flow as it is sent, once thing, variable and type are known. */
export interface EncodedMessage<Payload> {
  /** The other names of the target, now that it is known. */
  targetNames: readonly (string | undefined)[];
  writes: readonly EncodedWrite<Payload>[];
}

/** One payload for the far side. */
export interface EncodedWrite<Payload> {
  payload: Payload;
  /** Told each time just before the payload goes out. */
  onSend?: () => void;
}

/** The way to the far side, as long as there is one. */
export interface MessageSender<Payload> {
  /** Resolves when the far side has taken the payload. */
  send(payload: Payload): Promise<void>;
}

/** One message of a flow on its way to the far side. */
export interface QueuedMessage<Payload> {
  /** The node that sends; limits and `latest` count per owner. */
  owner: string;
  /** Thing and variables as given: messages of one owner and lane replace each other with `latest`. */
  lane: string;
  /** Whom it is for, as given: what has to wait while another message to it is not prepared yet. */
  target: string;
  whenOffline: WhenOffline;
  /** How many messages of the owner may wait. */
  queueLimit: number;
  /**
   * Looks up what is needed and encodes. Asked again after a failure that may pass; any other error ends the message.
   */
  prepare(): EncodedMessage<Payload> | Promise<EncodedMessage<Payload>>;
  /** Tells that the message is delivered, or the error that ended it. Called exactly once, unless it is withdrawn. */
  settle(error?: CloudError): void;
}
