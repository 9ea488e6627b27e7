import type { Node } from "node-red";
import { systemClock } from "../../cloud/core/clock";
import type { LiveValue } from "../../cloud/live-values/value-feed";
import { storedValue } from "../../cloud/property-types/fingerprint";
import type { CloudDevice } from "../../cloud/device";
import type { StoredDeviceValue } from "../../cloud/device-protocol/shadow";
import type { DeviceRelay } from "../../cloud/relay/device-relay";
import type { CloudError } from "../../cloud/core/errors";
import { isUuid, wireName } from "../../cloud/rest/index";
import { toCloudError } from "../../cloud/core/errors";
import { inBackground } from "../../cloud/core/guard";
import type { NodeStatus } from "../runtime/status";
import { FlawWarnings } from "../runtime/flaw-warnings";
import type { SubscriptionFacts } from "./account-listener";
import { DeviceVariableTypes, type ThingKnowledge } from "../runtime/device-variable-types";
import { type MessageSettings, type Origin, MessageBuilder } from "./message-builder";

export interface DeviceListenerSettings extends MessageSettings {
  initial: boolean;
  /** Reports every value back, as boards do. */
  echo: boolean;
  isDynamic: boolean;
}

/** Echoes that may wait for a connection. */
const maxEchoes = 1_000;

/** One variable that is listened to, or every one. */
interface Listening {
  /** The variables of which a value came, while those that the cloud holds are still to be given. */
  came: Set<string> | undefined;
  end: () => void;
}

/** Listens for property in with a device: sends what is written to the device, and reports it back. */
export class DeviceListener {
  readonly #node: Node;
  readonly #status: NodeStatus;
  readonly #settings: DeviceListenerSettings;
  readonly #device: CloudDevice;
  readonly #relay: DeviceRelay | undefined;
  readonly #types: DeviceVariableTypes;
  readonly #emitter: MessageBuilder;
  /** By variable, as given; blank is every variable. */
  readonly #listenings = new Map<string, Listening>();
  readonly #ends: (() => void)[] = [];
  readonly #flaws: FlawWarnings;
  readonly #told = new Set<string>();

  constructor(
    node: Node,
    status: NodeStatus,
    settings: DeviceListenerSettings,
    device: CloudDevice,
    account: ThingKnowledge | undefined,
    relay?: DeviceRelay,
  ) {
    this.#node = node;
    this.#status = status;
    this.#settings = settings;
    this.#device = device;
    this.#relay = relay;
    this.#types = new DeviceVariableTypes(device, account);
    this.#emitter = new MessageBuilder(node, status, settings);
    this.#flaws = new FlawWarnings((warning) => node.warn(warning));
  }

  start(): void {
    const { property, initial, isDynamic } = this.#settings;
    this.#ends.push(
      this.#device.observe(() => this.#stands()),
      this.#types.follow(),
    );
    if (this.#relay !== undefined) this.#ends.push(this.#relay.observe(() => this.#stands()));
    this.#stands();
    if (property !== "" || !isDynamic) this.subscribe(property);
    if (!initial) return;
    this.#ends.push(this.#device.observeLastValues((values) => this.#giveInitial(values)));
  }

  stop(): void {
    for (const end of this.#ends) end();
    for (const { end } of this.#listenings.values()) end();
    this.#listenings.clear();
  }

  /** Listens to a variable too; blank is every variable. */
  subscribe(reference: string): void {
    if (this.#listenings.has(reference)) return;
    // An id means something only when the account has told of the thing: so it is compared with each value.
    const variable = isUuid(reference) ? "" : reference;
    const listening: Listening = { came: this.#settings.initial ? new Set() : undefined, end: () => undefined };
    listening.end = this.#device.listen(variable, {
      value: (live) => {
        if (variable !== reference && !this.#means(reference, live.variable)) return;
        listening.came?.add(live.variable);
        this.#receive(live);
      },
      flawed: (name, flaw) => {
        if (variable === reference || this.#means(reference, name)) this.#flaws.note("", name, flaw);
      },
    });
    this.#listenings.set(reference, listening);
    this.#tellInitial();
  }

  /** Stops listening to a variable; false where there was no such subscription. */
  unsubscribe(reference: string): boolean {
    this.#listenings.get(reference)?.end();
    return this.#listenings.delete(reference);
  }

  /** Returns all present subscriptions. */
  subscriptions(): SubscriptionFacts[] {
    const { id: thingId } = this.#device.thing;
    return [...this.#listenings.keys()].map((property) => ({ thingId, property, direction: "requested" }));
  }

  #means(reference: string, variable: string): boolean {
    return (
      this.#types.thing?.properties.some(
        (property) => property.id === reference.toLowerCase() && wireName(property) === variable,
      ) ?? false
    );
  }

  #receive(live: LiveValue): void {
    this.#emitter.emit(this.#origin(), live, live.value, "live");
    if (this.#settings.echo) this.#report(live);
  }

  /**
   * Boards report what they have accepted: without that, a dashboard falls back to the old value
   * (docs/protocol.md#topics).
   */
  #report({ variable, value }: LiveValue): void {
    this.#device.report({
      owner: this.#node.id,
      values: new Map([[variable, value]]),
      types: (name) => this.#types.typeOf(name),
      whenOffline: "latest",
      queueLimit: maxEchoes,
      settle: (error) => {
        if (error !== undefined && error.code !== "superseded" && error.code !== "cancelled") this.#echoFailed(error);
      },
    });
  }

  #echoFailed(error: CloudError): void {
    this.#warnOnce(`A value could not be reported back: ${error.message}`);
  }

  /** Hands the values that the cloud holds to those listenings that have not had them, if they are known. */
  #tellInitial(): void {
    if ([...this.#listenings.values()].some(({ came }) => came !== undefined)) {
      this.#device.observeLastValues((values) => this.#giveInitial(values))();
    }
  }

  /** Hands last values out once: they come again on every connection, where those after the first are known. */
  #giveInitial(values: ReadonlyMap<string, StoredDeviceValue>): void {
    for (const [reference, listening] of this.#listenings) {
      const { came } = listening;
      // What an id means shows when the account has told of the thing.
      if (came === undefined || (isUuid(reference) && this.#types.thing === undefined)) continue;
      listening.came = undefined;
      for (const [variable, { value, timestamp }] of values) {
        const isWanted = reference === "" || reference === variable || this.#means(reference, variable);
        // What came live is what the cloud holds, or will.
        if (!isWanted || came.has(variable)) continue;
        const about = { variable, timestamp, direction: "requested", own: false } as const;
        this.#emitter.emit(this.#origin(), about, storedValue(this.#types.typeOf(variable), value), "initial");
      }
    }
  }

  #origin(): Origin {
    return { thingId: this.#device.thing.id, thingName: "", thing: this.#types.thing };
  }

  #stands(): void {
    const { connectionState } = this.#device;
    this.#status.device(connectionState, systemClock.now(), this.#relay?.clusterState);
    if (connectionState.name !== "online") return;
    const failed = (reason: unknown): void =>
      this.#node.debug(`The thing of the device could not be looked up: ${toCloudError(reason).message}`);
    inBackground(this.#types.known().then(() => this.#tellInitial(), failed));
  }

  #warnOnce(warning: string): void {
    if (this.#told.has(warning)) return;
    this.#told.add(warning);
    this.#node.warn(warning);
  }
}
