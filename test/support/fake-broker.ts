import type { ConnectionOptions, MqttConnection } from "../../cloud/mqtt/connection";
import { CloudError } from "../../cloud/core/errors";
import type { FakeClock } from "./fake-clock";

/** A broker without a socket: it lives in the fake clock's time, and does what a spec says. */
export class FakeBroker {
  /** All connections there ever were, oldest first. */
  readonly connections: FakeConnection[] = [];
  /** The client ids of all attempts, with the moments at which they came. */
  readonly attempts: { clientId: string; at: number }[] = [];
  /** What attempts are refused with, as long as it stands here. */
  refusal: CloudError | undefined;
  /** Topics that are refused. */
  readonly forbidden = new Set<string>();
  /** Whether it answers requests. */
  isSilent = false;
  /** Milliseconds that messages take to a connection, by its index in `connections`. */
  lagMs: (index: number) => number = () => 1;

  constructor(readonly clock: FakeClock) {}

  /** Stands in for `openConnection`. */
  readonly connect = (options: ConnectionOptions): Promise<MqttConnection> => {
    this.attempts.push({ clientId: options.login.clientId, at: this.clock.monotonic() });
    if (this.refusal !== undefined) return Promise.reject(this.refusal);
    const connection = new FakeConnection(this, this.connections.length, options);
    this.connections.push(connection);
    return Promise.resolve(connection);
  };

  /** The youngest connection. */
  get last(): FakeConnection {
    const connection = this.connections.at(-1);
    if (connection === undefined) throw new Error("There is no connection yet.");
    return connection;
  }

  /** The connections that are open. */
  get open(): FakeConnection[] {
    return this.connections.filter(({ isOpen }) => isOpen);
  }

  /** Sends a message to all who are subscribed. */
  send(topic: string, text: string): void {
    for (const connection of this.open) {
      if (!connection.topics.has(topic)) continue;
      this.clock.after(this.lagMs(connection.index), () => connection.receive(topic, text));
    }
  }
}

/** One connection to a fake broker. */
class FakeConnection implements MqttConnection {
  readonly topics = new Set<string>();
  readonly published: string[] = [];
  /** How it was ended by its owner, if it was. */
  end: "closed" | "abandoned" | undefined;
  readonly closed: Promise<CloudError>;
  isOpen = true;
  #tellClosed: (reason: CloudError) => void = () => undefined;
  readonly #open = new Set<(reason: CloudError) => void>();

  constructor(
    readonly broker: FakeBroker,
    readonly index: number,
    readonly options: ConnectionOptions,
  ) {
    this.closed = new Promise((resolve) => (this.#tellClosed = resolve));
  }

  subscribe(topics: readonly string[]): Promise<string[]> {
    return this.#answered(() => {
      const { forbidden } = this.broker;
      for (const topic of topics) if (!forbidden.has(topic)) this.topics.add(topic);
      return topics.filter((topic) => forbidden.has(topic));
    });
  }

  unsubscribe(topics: readonly string[]): Promise<void> {
    // What was sent before the broker took note still comes before the answer to it.
    const lagMs = this.broker.lagMs(this.index) + 1;
    return this.#answered(
      () => undefined,
      lagMs,
      () => topics.forEach((topic) => this.topics.delete(topic)),
    );
  }

  publish(_topic: string, payload: Uint8Array): Promise<void> {
    this.published.push(Buffer.from(payload).toString());
    return this.#answered(() => undefined);
  }

  close(): Promise<void> {
    this.end ??= "closed";
    if (!this.broker.isSilent) this.lose("The session closed it.");
    return this.broker.isSilent ? this.closed.then(() => undefined) : Promise.resolve();
  }

  abandon(reason: CloudError): void {
    this.end = "abandoned";
    this.#gone(reason);
  }

  /** Hands over a message, where it is still open. */
  receive(topic: string, text: string): void {
    if (this.isOpen) this.options.onMessage(topic, Buffer.from(text), this);
  }

  /** The far side, or the network, ends it. */
  lose(message = "The connection to the broker was closed."): void {
    this.#gone(new CloudError("offline", message));
  }

  #gone(reason: CloudError): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.#tellClosed(reason);
    for (const reject of [...this.#open]) reject(reason);
  }

  #answered<T>(answer: () => T, lagMs = 1, atOnce: () => void = () => undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      if (!this.isOpen) {
        reject(new CloudError("offline", "The connection to the broker was lost."));
        return;
      }
      this.#open.add(reject);
      if (this.broker.isSilent) return;
      atOnce();
      this.broker.clock.after(lagMs, () => {
        this.#open.delete(reject);
        resolve(answer());
      });
    });
  }
}
