import { Aedes, type AedesPublishPacket, type Client, type PublishPacket } from "aedes";
import type { BrokerActs, Faults } from "../behaviour/faults";
import { Link } from "./faulty-connection";
import { Gate } from "./gate";
import {
  brokerListeners,
  type Accept,
  type BrokerListeners,
  type Entrance,
  type Listener,
  type MutualTls,
} from "../net/listeners";
import { loginOf } from "./authenticate";
import { note, type Observed, type ObservedConnection, type ObservedPublish } from "../behaviour/recorder";
import type { Store } from "../store/store";
import type { Tokens } from "../store/tokens";
import { mayUse, parseTopic, type Login } from "./topics";
import { announceThing, receive, tellAttached, tellDetached, type Ignored, type TwinContext } from "./device-gateway";

interface BrokerOptions {
  store: Store;
  tokens: Tokens;
  faults: Faults;
  observed: Observed;
  /** Address to listen on; 127.0.0.1 by default. */
  host?: string;
  /** Ports; free ones by default. */
  webSocketPort?: number;
  tcpPort?: number;
  /** Opens three more listeners, with TLS. */
  tls?: Omit<MutualTls, "refuseTls13">;
}

/** Addresses of the broker's TLS listeners. */
export interface SecureBrokerUrls {
  /** `wss://…/mqtt`, for users. */
  secureBrokerUrl: string;
  /** `mqtts://…`, for devices with a secret key. */
  secureDeviceBrokerUrl: string;
  /** `mqtts://…`, for devices with a certificate. */
  certificateBrokerUrl: string;
}

/** The simulated broker (docs/protocol.md#logins, #topics, #last-values). */
export interface Broker extends BrokerActs {
  /** `ws://…/mqtt`, where users connect; devices are served too. */
  readonly brokerUrl: string;
  /** `mqtt://…`, where devices connect; users are served too. */
  readonly deviceBrokerUrl: string;
  /** The same over TLS, where it is switched on. */
  readonly secure: SecureBrokerUrls | undefined;
  /** Messages of clients that the cloud did not understand. */
  readonly ignored: readonly Ignored[];
  /** How many topics of SUBSCRIBEs are undecided. */
  readonly heldSubscribes: number;
  /** Closes everything; no handle is left. */
  stop(): Promise<void>;
}

/** A logged-in connection. */
interface Session {
  client: Client;
  link: Link;
  login: Login;
  /** QoS by topic. */
  subscriptions: Map<string, number>;
  /** The same connection as tests see it. */
  seen: ObservedConnection;
  expiry?: NodeJS.Timeout;
}

type ConnectPacket = Parameters<Aedes["preConnect"]>[1];

const localhost = "127.0.0.1";

/** Where packets go that nobody shall get: no client may subscribe to it. */
const nowhere = "$SYS/nowhere";

/** The longest delay that Node's timers take. */
const maxTimerMs = 2_147_483_647;

function without<T>(list: T[], item: T): void {
  const index = list.indexOf(item);
  if (index >= 0) list.splice(index, 1);
}

function refusedUser({ refuseUsers }: Faults, login: Login | undefined): 0 | 3 {
  return refuseUsers && login?.kind === "user" ? 3 : 0;
}

/** Starts the broker: MQTT 3.1.1 over TCP and over WebSocket, for users and devices. */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const broker = new SimulatedBroker(options);
  await broker.start();
  return broker;
}

class SimulatedBroker implements Broker {
  readonly #options: BrokerOptions;
  readonly ignored: Ignored[] = [];
  readonly #aedes: Aedes;
  readonly #links = new Set<Link>();
  readonly #sessions = new Map<Client, Session>();
  readonly #listeners: BrokerListeners;
  readonly #context: TwinContext;
  readonly #subscribes = new Gate();

  constructor(options: BrokerOptions) {
    this.#options = options;
    const { store } = options;
    this.#context = {
      store,
      publish: (topic, payload) => this.#put(topic, payload),
      ignore: (ignored) => note(this.ignored, ignored),
    };
    this.#aedes = new Aedes({
      preConnect: (client, packet, done) => this.#logIn(client, packet, done),
      authorizeSubscribe: (client, subscription, done) =>
        this.#subscribes.pass(() => done(null, this.#grants(client, subscription.topic) ? subscription : null)),
      authorizePublish: (client, packet, done) => done(client ? this.#takePublish(client, packet) : null),
      authorizeForward: (client, packet) => (this.#allows(client, packet.topic) ? packet : null),
      published: (packet, _client, done) => {
        if (this.#options.faults.duplicate && packet.qos > 0) this.#deliverAgain(packet);
        done();
      },
    });
    this.#aedes.on("subscribe", (subscriptions, client) => {
      for (const { topic, qos } of subscriptions) if ((qos as number) < 0x80) this.#subscribed(client, topic, qos);
    });
    this.#aedes.on("unsubscribe", (topics, client) => {
      for (const topic of topics) this.#unsubscribed(client, topic);
    });
    this.#listeners = brokerListeners(this.#entrance(), {
      ...options,
      refuseTls13: () => options.store.choices.refuseTls13,
    });
  }

  #entrance(): Entrance {
    const { faults, host = localhost } = this.#options;
    const accept: Accept = (stream, transport, certificate) => {
      const link = new Link(stream, transport, () => faults.delayMs, certificate);
      this.#links.add(link);
      stream.on("close", () => this.#links.delete(link));
      this.#aedes.handle(link);
    };
    return { accept, host, refuse: () => faults.refuseConnect === "socket" };
  }

  async start(): Promise<void> {
    await this.#aedes.listen();
    await this.brokerDown(false);
    this.#options.store
      .on("publish", this.#onPublish)
      .on("attached", this.#onAttached)
      .on("detached", this.#onDetached)
      .on("key-changed", this.#onKeyChanged)
      .on("device-deleted", this.#dropDevice);
  }

  get brokerUrl(): string {
    return `ws://${this.#at(this.#listeners.webSocket)}/mqtt`;
  }

  get deviceBrokerUrl(): string {
    return `mqtt://${this.#at(this.#listeners.tcp)}`;
  }

  get secure(): SecureBrokerUrls | undefined {
    const { secure } = this.#listeners;
    return (
      secure && {
        secureBrokerUrl: `wss://${this.#at(secure.users)}/mqtt`,
        secureDeviceBrokerUrl: `mqtts://${this.#at(secure.keys)}`,
        certificateBrokerUrl: `mqtts://${this.#at(secure.certificates)}`,
      }
    );
  }

  #at({ port }: Listener): string {
    return `${this.#options.host ?? localhost}:${port}`;
  }

  async stop(): Promise<void> {
    this.#options.store
      .off("publish", this.#onPublish)
      .off("attached", this.#onAttached)
      .off("detached", this.#onDetached)
      .off("key-changed", this.#onKeyChanged)
      .off("device-deleted", this.#dropDevice);
    await this.brokerDown(true);
    await new Promise<void>((resolve) => this.#aedes.close(resolve));
  }

  dropAll(kinds: { users?: boolean; devices?: boolean } = { users: true, devices: true }): void {
    for (const { link, login } of this.#sessions.values()) {
      if (login.kind === "user" ? kinds.users : kinds.devices) link.kill();
    }
  }

  async brokerDown(down: boolean): Promise<void> {
    const { webSocket, tcp, secure } = this.#listeners;
    const all = [webSocket, tcp, ...(secure ? Object.values(secure) : [])];
    if (down) for (const link of this.#links) link.kill();
    await Promise.all(all.map((listener) => (down ? listener.close() : listener.open())));
  }

  halfOpen(on: boolean): void {
    for (const link of this.#links) link.mute(on);
  }

  get heldSubscribes(): number {
    return this.#subscribes.kept;
  }

  holdSubscribes(on: boolean): void {
    this.#subscribes.close(on);
  }

  inject(topic: string, payload: Uint8Array): void {
    this.#put(topic, payload);
  }

  readonly #onPublish = ({ topic, payload }: { topic: string; payload: Uint8Array }): void => {
    note(this.#options.observed.publishes, { topic, payload, clientId: "rest", at: Date.now() });
    this.#put(topic, payload);
  };

  readonly #onAttached = ({ deviceId, thingId }: { deviceId: string; thingId: string }): void =>
    tellAttached(this.#context, deviceId, thingId);

  readonly #onDetached = ({ deviceId, thingId }: { deviceId: string; thingId: string }): void =>
    tellDetached(this.#context, deviceId, thingId);

  readonly #onKeyChanged = (deviceId: string): void => {
    if (this.#options.store.choices.keyChangeDisconnects) this.#dropDevice(deviceId);
  };

  readonly #dropDevice = (deviceId: string): void => {
    for (const { link, login } of this.#sessions.values()) {
      if (login.kind === "device" && login.deviceId === deviceId) link.kill();
    }
  };

  /** Publishes a message of the cloud itself. */
  #put(topic: string, payload: Uint8Array): void {
    const { cloudQos } = this.#options.store.choices;
    const packet: PublishPacket = {
      cmd: "publish",
      topic,
      payload: Buffer.from(payload),
      qos: cloudQos,
      retain: false,
      dup: false,
    };
    this.#aedes.publish(packet, () => undefined);
  }

  /**
   * Answers a CONNECT: MQTT 3.1.1 only, a user's token, a device's key or certificate (docs/protocol.md#logins), else a
   * CONNACK code.
   */
  #logIn(client: Client, packet: ConnectPacket, done: (error: Error | null, success: boolean) => void): void {
    const { faults, observed, store, tokens } = this.#options;
    const link = client.conn as Link;
    const userName = packet.username ?? "";
    const { clientId } = packet;
    const password = packet.password?.toString() ?? "";
    const login = loginOf(store, tokens, { clientId, userName, password, certificate: link.certificate });
    const ordered = typeof faults.refuseConnect === "number" ? faults.refuseConnect : refusedUser(faults, login);
    const returnCode = packet.protocolVersion === 4 ? ordered || (login ? 0 : 5) : 1;
    note(observed.connects, { clientId, userName, returnCode, at: Date.now() });
    if (returnCode !== 0 || !login) {
      link.end(Buffer.of(0x20, 2, 0, returnCode));
      done(null, false);
      return;
    }
    this.#openSession(client, link, login, { clientId, userName });
    done(null, true);
  }

  #openSession(
    client: Client,
    link: Link,
    login: Login & { expiresAt?: number },
    names: Pick<ObservedConnection, "clientId" | "userName">,
  ): void {
    const { store, observed, faults } = this.#options;
    const { transport } = link;
    const seen: ObservedConnection = { ...names, kind: login.kind, transport, subscriptions: [] };
    const session: Session = { client, link, login, subscriptions: new Map(), seen };
    if (login.expiresAt !== undefined) {
      const left = Math.min(Math.max(0, login.expiresAt - Date.now()), maxTimerMs);
      session.expiry = setTimeout(() => {
        if (faults.closeAtExpiry) link.kill();
      }, left);
    }
    this.#sessions.set(client, session);
    observed.connections.push(seen);
    if (login.kind === "device") store.setConnected(login.deviceId, true);
    link.on("close", () => this.#closeSession(session));
  }

  #closeSession(session: Session): void {
    clearTimeout(session.expiry);
    this.#sessions.delete(session.client);
    without(this.#options.observed.connections, session.seen);
    const { login } = session;
    if (login.kind === "user") return;
    // The newer connection of a device that took over keeps it online.
    const others = [...this.#sessions.values()].map((other) => other.login);
    const online = others.some((other) => other.kind === "device" && other.deviceId === login.deviceId);
    if (!online) this.#options.store.setConnected(login.deviceId, false);
  }

  #allows(client: Client, topic: string): boolean {
    const session = this.#sessions.get(client);
    return session !== undefined && mayUse(this.#options.store, session.login, topic);
  }

  #grants(client: Client, topic: string): boolean {
    const isGranted = !this.#options.faults.subackRefuse.includes(topic) && this.#allows(client, topic);
    if (!isGranted) note(this.#options.observed.refusals, topic);
    return isGranted;
  }

  #subscribed(client: Client, topic: string, qos: number): void {
    const session = this.#sessions.get(client);
    if (!session) return;
    session.subscriptions.set(topic, qos);
    session.seen.subscriptions = [...session.subscriptions.keys()];
    const { owner, id, channel } = parseTopic(topic) ?? {};
    if (owner === "device" && id !== undefined && channel === "e/i") announceThing(this.#context, id);
  }

  #unsubscribed(client: Client, topic: string): void {
    const session = this.#sessions.get(client);
    if (!session) return;
    session.subscriptions.delete(topic);
    session.seen.subscriptions = [...session.subscriptions.keys()];
  }

  /** Takes a client's PUBLISH: ordered faults, access, storage. Returns an error only to close the connection. */
  #takePublish(client: Client, packet: PublishPacket): Error | null {
    const { faults, observed, store } = this.#options;
    const payload = Buffer.from(packet.payload as Buffer);
    const { topic } = packet;
    packet.retain = false;
    const seen: ObservedPublish = { topic, payload, clientId: client.id, at: Date.now() };
    note(observed.publishes, seen);
    const user = this.#sessions.get(client)?.login.kind === "user";
    if (user && faults.dropUnacked > 0) {
      faults.dropUnacked -= 1;
      seen.isSwallowed = true;
      // As QoS 0 it gets no acknowledgement.
      packet.qos = 0;
      packet.topic = nowhere;
    } else if (user && faults.ackThenDrop > 0) {
      faults.ackThenDrop -= 1;
      seen.isSwallowed = true;
      packet.topic = nowhere;
    } else if (this.#allows(client, topic)) {
      receive(this.#context, topic, payload);
    } else if (store.choices.unauthorizedPublish === "disconnect") {
      return new Error(`Not allowed to publish on ${topic}.`);
    } else {
      packet.topic = nowhere;
    }
    return null;
  }

  /** Sends the second copy of a QoS 1 message to everyone who has the first at QoS 1. */
  #deliverAgain(packet: AedesPublishPacket): void {
    for (const { client, subscriptions } of this.#sessions.values()) {
      if ((subscriptions.get(packet.topic) ?? 0) === 0) continue;
      const { topic, payload } = packet;
      client.publish({ cmd: "publish", topic, payload, qos: 1, retain: false, dup: false }, () => undefined);
    }
  }
}
