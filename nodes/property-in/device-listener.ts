import type { Node } from "node-red";
import { systemClock } from "../../cloud/core/clock";
import type { LiveValue } from "../../cloud/live-values/value-feed";
import { storedValue } from "../../cloud/property-types/fingerprint";
import type { CloudDevice } from "../../cloud/device";
import type { StoredDeviceValue } from "../../cloud/device-protocol/shadow";
import type { CloudError } from "../../cloud/core/errors";
import { isUuid, wireName } from "../../cloud/rest/index";
import { toCloudError } from "../../cloud/core/errors";
import type { NodeStatus } from "../runtime/status";
import { FlawWarnings } from "./flaw-warnings";
import type { SubscriptionFacts } from "./account-listener";
import { DeviceVariableTypes, type ThingKnowledge } from "../runtime/device-variable-types";
import { type MessageSettings, type Origin, MessageBuilder } from "./message-builder";

export interface DeviceListenerSettings extends MessageSettings {
  initial: boolean;
  /** Reports every value back, as boards do. */
  echo: boolean;
  isDynamic: boolean;
}

/** How long values wait for those that the cloud holds. */
const initialTimeoutMs = 5_000;
/** Echoes that may wait for a connection. */
const maxEchoes = 1_000;

/** Listens for property in with a device: sends what is written to the device, and reports it back. */
export class DeviceListener {
  readonly #node: Node;
  readonly #status: NodeStatus;
  readonly #settings: DeviceListenerSettings;
  readonly #device: CloudDevice;
  readonly #types: DeviceVariableTypes;
  readonly #emitter: MessageBuilder;
  /** By variable, as given; blank is every variable. */
  readonly #listenings = new Map<string, () => void>();
  readonly #ends: (() => void)[] = [];
  readonly #flaws: FlawWarnings;
  readonly #told = new Set<string>();
  #held: LiveValue[] | undefined;

  constructor(
    node: Node,
    status: NodeStatus,
    settings: DeviceListenerSettings,
    device: CloudDevice,
    account: ThingKnowledge | undefined,
  ) {
    this.#node = node;
    this.#status = status;
    this.#settings = settings;
    this.#device = device;
    this.#types = new DeviceVariableTypes(device, account);
    this.#emitter = new MessageBuilder(node, settings);
    this.#flaws = new FlawWarnings((warning) => node.warn(warning));
    this.#held = settings.initial ? [] : undefined;
  }

  start(): void {
    const { property, initial, isDynamic } = this.#settings;
    this.#ends.push(
      this.#device.observe(() => this.#stands()),
      this.#types.follow(),
    );
    this.#stands();
    if (property !== "" || !isDynamic) this.subscribe(property);
    if (!initial) return;
    this.#ends.push(systemClock.after(initialTimeoutMs, () => this.#release()));
    this.#ends.push(this.#device.observeLastValues((values) => this.#sendInitial(values)));
  }

  stop(): void {
    for (const end of [...this.#ends, ...this.#listenings.values()]) end();
  }

  /** Listens to a variable too; blank is every variable. */
  subscribe(reference: string): void {
    if (this.#listenings.has(reference)) return;
    // An id means something only when the account has told of the thing: so it is compared with each value.
    const variable = isUuid(reference) ? "" : reference;
    const end = this.#device.listen(variable, {
      value: (live) => {
        if (variable === reference || this.#means(reference, live.variable)) this.#receive(live);
      },
      flawed: (name, flaw) => {
        if (variable === reference || this.#means(reference, name)) this.#flaws.note("", name, flaw);
      },
    });
    this.#listenings.set(reference, end);
  }

  /** Stops listening to a variable; false where there was no such subscription. */
  unsubscribe(reference: string): boolean {
    this.#listenings.get(reference)?.();
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
    if (this.#held !== undefined) this.#held.push(live);
    else this.#emitter.emit(this.#origin(), live, live.value, "live");
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

  #sendInitial(values: ReadonlyMap<string, StoredDeviceValue>): void {
    // Last values come again on every connection; at start they are initial, later they are known.
    if (this.#held === undefined) return;
    for (const [variable, { value, timestamp }] of values) {
      const isWanted = [...this.#listenings.keys()].some(
        (reference) => reference === "" || reference === variable || this.#means(reference, variable),
      );
      if (!isWanted) continue;
      const about = { variable, timestamp, direction: "requested", own: false } as const;
      this.#emitter.emit(this.#origin(), about, storedValue(this.#types.typeOf(variable), value), "initial");
    }
    this.#release();
  }

  #release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const live of held) this.#emitter.emit(this.#origin(), live, live.value, "live");
  }

  #origin(): Origin {
    return { thingId: this.#device.thing.id, thingName: "", thing: this.#types.thing };
  }

  #stands(): void {
    const { connectionState } = this.#device;
    this.#status.device(connectionState, systemClock.now());
    if (connectionState.name !== "online") return;
    this.#types.known().catch((reason: unknown) => {
      this.#node.debug(`The thing of the device could not be looked up: ${toCloudError(reason).message}`);
    });
  }

  #warnOnce(warning: string): void {
    if (this.#told.has(warning)) return;
    this.#told.add(warning);
    this.#node.warn(warning);
  }
}
