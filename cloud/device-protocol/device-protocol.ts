import type { Clock } from "../core/clock";
import { CloudError, toCloudError } from "../core/errors";
import { isUuid, printable } from "../core/text";
import {
  decodeCommand,
  encodeDeviceBegin,
  encodeLastValuesBegin,
  encodeNoNetConfig,
  encodeThingBegin,
} from "./commands";
import { Handshake } from "./handshake";
import type { MqttConnection } from "../mqtt/connection";
import { decodeReadings, type Reading } from "../codec/senml-decode";
import { encodeWrite } from "../codec/senml-encode";
import type { Session } from "../mqtt/session";
import { inBackground } from "../core/guard";

/** Callbacks for what the cloud tells a device about itself. */
interface DeviceEvents {
  /** The thing it belongs to, `""` for none; told once on each connection, and on each change. */
  onThing: (thingId: string) => void;
  /** The topics of that thing are subscribed. */
  onSettled: () => void;
  /** The cloud is asked for the last values. */
  onLastValuesAsked: () => void;
  /** The answer to a request for last values: all variables of the thing, hidden ones included. */
  onLastValues: (readings: readonly Reading[]) => void;
  /** Seconds that local time is ahead of UTC, until a time in seconds since 1970. */
  onTimezone: (offset: number, until: number) => void;
  /** Told of every message that is not what its topic carries. */
  onMalformed: (topic: string, error: CloudError) => void;
}

/**
 * The first version of Arduino's library that speaks the command protocol (docs/protocol.md#handshake): that is what we
 * speak too.
 */
const libraryVersion = "2.0.0";
/** The name under which the cloud tells a device its thing (docs/protocol.md#discovery). */
const thingVariable = "thing_id";
/** The request for last values on the shadow topic (docs/protocol.md#last-values). */
const getLastValues = encodeWrite({ property: "r", value: { m: "getLastValues" } });

/**
 * Exchanges all that a device and the cloud say to each other beside values: the topics of docs/protocol.md#discovery,
 * led by the handshake.
 */
export class DeviceProtocol {
  readonly #session: Session;
  readonly #events: DeviceEvents;
  readonly #handshake: Handshake;
  readonly #root: string;
  #connection: MqttConnection | undefined;
  #leaveShadow: () => void = () => undefined;

  /** @param options `silentMs` is as for `Handshake` */
  constructor(options: {
    session: Session;
    clock: Clock;
    deviceId: string;
    events: DeviceEvents;
    silentMs?: ((attempt: number) => number) | undefined;
  }) {
    const { session, clock, deviceId, events } = options;
    this.#session = session;
    this.#events = events;
    this.#root = `/a/d/${deviceId}`;
    const acts = {
      askThing: (attempt: number) => this.#askThing(attempt),
      askLastValues: () => this.#askLastValues(),
      named: (thingId: string) => events.onThing(thingId),
    };
    this.#handshake = new Handshake(clock, acts, options.silentMs);
    this.#subscribe(`${this.#root}/e/i`, (payload) => this.#discovered(payload));
    this.#subscribe(`${this.#root}/c/dw`, (payload) => this.#commanded(payload));
  }

  /** The thing that the cloud has named on this connection, once its topics are subscribed; `""` is none. */
  get thingId(): string | undefined {
    return this.#handshake.isSettled ? this.#handshake.thingId : undefined;
  }

  online(connection: MqttConnection): void {
    this.#connection = connection;
    this.#handshake.online();
  }

  offline(): void {
    this.#connection = undefined;
    this.#handshake.offline();
  }

  /**
   * Listens for the last values of this thing from now on, `""` for none; to be called when its values are listened to.
   */
  follow(thingId: string): void {
    this.#leaveShadow();
    this.#leaveShadow = () => undefined;
    if (thingId === "") return;
    const ready = (): void => {
      this.#handshake.subscribed(thingId);
      this.#events.onSettled();
    };
    const take = (payload: Uint8Array): void => this.#takeLastValues(payload);
    this.#leaveShadow = this.#subscribe(`/a/t/${thingId}/shadow/i`, take, ready);
  }

  /** Asks for the last values and the time zone again. */
  refresh(): void {
    this.#handshake.refresh();
  }

  /**
   * Subscribes a topic; returns what ends it.
   * @param settled called when the broker has granted or refused the topic
   */
  #subscribe(topic: string, take: (payload: Uint8Array) => void, settled?: () => void): () => void {
    const message = (payload: Uint8Array): void => {
      try {
        take(payload);
      } catch (reason) {
        this.#events.onMalformed(topic, toCloudError(reason));
      }
    };
    return this.#session.subscribe(topic, {
      message,
      ...(settled === undefined ? {} : { subscribed: settled, refused: settled }),
    });
  }

  #discovered(payload: Uint8Array): void {
    const { readings } = decodeReadings(payload);
    for (const { property, value } of readings) {
      if (property === thingVariable && typeof value === "string") this.#named(value);
    }
  }

  #commanded(payload: Uint8Array): void {
    const command = decodeCommand(payload);
    switch (command?.name) {
      case "thing-update":
        this.#named(command.thingId);
        break;
      case "thing-detach":
        this.#handshake.detached(command.thingId);
        break;
      case "timezone":
        this.#events.onTimezone(command.offset, command.until);
        break;
      case "last-values":
        this.#takeLastValues(command.pack);
        break;
      case undefined: // an update over the air, which is none of ours
    }
  }

  #named(thingId: string): void {
    // The id becomes part of topics, so nothing else is let through.
    if (thingId !== "" && !isUuid(thingId)) {
      throw new CloudError("invalid_value", `The cloud named the thing "${printable(thingId)}", which is no id.`);
    }
    this.#handshake.named(thingId);
  }

  #takeLastValues(pack: Uint8Array): void {
    const { readings } = decodeReadings(pack);
    if (this.#handshake.lastValuesArrived()) this.#events.onLastValues(readings);
  }

  #askThing(attempt: number): void {
    for (const command of [encodeDeviceBegin(libraryVersion), encodeNoNetConfig(), encodeThingBegin()]) {
      this.#publish(`${this.#root}/c/up`, command);
    }
    if (attempt > 0) inBackground(this.#discoverAgain());
  }

  #askLastValues(): void {
    this.#events.onLastValuesAsked();
    this.#publish(`${this.#root}/c/up`, encodeLastValuesBegin());
    this.#publish(`/a/t/${this.#handshake.thingId ?? ""}/shadow/o`, getLastValues);
  }

  /** Subscribes the device's topic anew: each SUBSCRIBE makes the cloud name the thing (docs/protocol.md#discovery). */
  async #discoverAgain(): Promise<void> {
    const connection = this.#connection;
    const topics = [`${this.#root}/e/i`];
    try {
      await connection?.unsubscribe(topics);
      await connection?.subscribe(topics);
    } catch {
      // The connection is lost; the next one subscribes anew.
    }
  }

  #publish(topic: string, payload: Uint8Array): void {
    // A failure means that the connection is lost; the next one begins anew.
    this.#connection?.publish(topic, payload).catch(() => undefined);
  }
}
