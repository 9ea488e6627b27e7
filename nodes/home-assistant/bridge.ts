import type { CloudAccount } from "../../cloud/account";
import { systemClock } from "../../cloud/core/clock";
import type { CloudError } from "../../cloud/core/errors";
import { isPlainObject } from "../../cloud/core/json";
import { inShortTurns } from "../../cloud/core/short-turns";
import type { KnownThing } from "../../cloud/rest/index";
import type { ValueFlaw } from "../../cloud/live-values/value-feed";
import { BoardStatus } from "./board-status";
import { BridgedValues, clockByCloud } from "./bridged-values";
import { type BridgedThing, bridgeThing, configTopic, type DiscoverySettings, withoutEntities } from "./discovery";
import { RetainedTopics, type BrokerMessage } from "./retained-topics";
import { stateTopics } from "./states";
import { ThingList, type BridgeChoice } from "./thing-list";
import { followValues } from "./thing-values";
import { topicOfThing } from "./names";

/** Settings of what is shown in Home Assistant. */
export type BridgeSettings = Omit<DiscoverySettings, "units"> & BridgeChoice;

/** Events of the bridge. */
interface BridgeEvents {
  send: (message: BrokerMessage) => void;
  /** Told when what `counts` or `fault` say may have changed. */
  onChange: () => void;
  /** Told when what is remembered has changed. */
  onMemory: () => void;
  onWarning: (message: string) => void;
  onError: (error: unknown) => void;
  /** Told once of each kind of failure to list things, and with `undefined` when there is none any more. */
  onListFault: (fault: CloudError | undefined) => void;
  onFlaw: (thing: string, variable: string, flaw: ValueFlaw) => void;
}

/** Home Assistant needs a moment after it has said that it is there. */
const birthDelayMs = 5_000;
/** So long what comes from the broker about our own connection may be our own word. */
const echoMs = 10_000;

/** A thing that is shown. */
interface ShownThing {
  values: BridgedValues;
  /** All that its appearance was made of, as text. */
  print: string;
  unfollow: () => void;
}

/** Keeps the things of an account in Home Assistant: entities, values, availability, and nothing that is gone. */
export class HomeAssistantBridge {
  readonly #account: CloudAccount;
  readonly #settings: BridgeSettings;
  readonly #events: BridgeEvents;
  readonly #topics: RetainedTopics;
  readonly #shown = new Map<string, ShownThing>();
  #status: BoardStatus | undefined;
  /** The topics, and the platforms of entities by thing, that a predecessor or an earlier state has left. */
  #inherited: ReadonlySet<string> = new Set();
  readonly #platforms = new Map<string, Readonly<Record<string, string>>>();
  /** The platforms of entities by thing that the broker may still have, since it took the last word of them. */
  readonly #former = new Map<string, Readonly<Record<string, string>>>();
  readonly #refused = new Map<string, CloudError>();
  #listFault: CloudError | undefined;
  #isListed = false;
  #isStopped = false;
  #list: ThingList | undefined;
  #unobserve: () => void = () => undefined;
  #stopTimer: () => void = () => undefined;
  #toldOnlineAt = -Infinity;
  #tellListed: () => void = () => undefined;
  /** Resolves when the things are known for the first time. */
  readonly listed: Promise<void>;

  constructor(account: CloudAccount, settings: BridgeSettings, events: BridgeEvents) {
    this.#account = account;
    this.#settings = settings;
    this.#events = events;
    const { send, onMemory } = events;
    this.#topics = new RetainedTopics({ clock: systemClock, send, onChange: onMemory });
    this.listed = new Promise((resolve) => (this.#tellListed = resolve));
  }

  /** Begins, with what a predecessor remembered. */
  start(memory: Readonly<Record<string, unknown>>): void {
    const { topics, platforms } = memory;
    this.#inherited = new Set(Array.isArray(topics) ? topics.filter((topic) => typeof topic === "string") : []);
    for (const [key, of] of Object.entries(isPlainObject(platforms) ? platforms : {})) {
      if (isPlainObject(of)) this.#platforms.set(key, of as Record<string, string>);
    }
    this.#unobserve = this.#account.session.observe(() => this.#events.onChange());
    if (this.#settings.hasStatus) this.#status = new BoardStatus(this.#account, () => this.#tellStatus());
    this.#list = new ThingList(this.#account, this.#settings, {
      onThings: (things, units) => this.#showAll(things, units),
      onFault: (fault) => this.#noteListFault(fault),
    });
  }

  /** The memory that a successor needs. */
  get memory(): Record<string, unknown> {
    // Of what a predecessor has left, what was not told again too: states, and whether a board is there.
    const untold = [...this.#shown.keys()].flatMap((key) => this.#topicsOf(key));
    const topics = [...new Set([...this.#topics.topics, ...this.#inherited, ...untold])];
    // What is gone, too, as long as the broker may have missed that it is.
    const platforms = [...this.#platforms].map(([key, of]) => [key, { ...of, ...this.#former.get(key) }] as const);
    return { topics, platforms: Object.fromEntries(platforms) };
  }

  /** The things that are shown, by their id in topics. */
  get things(): { get: (key: string) => BridgedThing | undefined } {
    return { get: (key) => this.#shown.get(key)?.values.bridged };
  }

  /** Returns the values of a thing that is shown. */
  valuesOf(key: string): BridgedValues | undefined {
    return this.#shown.get(key)?.values;
  }

  get counts(): { things: number; entities: number } {
    const entities = [...this.#platforms.values()].reduce((sum, of) => sum + Object.keys(of).length, 0);
    return { things: this.#shown.size, entities };
  }

  /** Why not all is shown, if there is a reason. */
  get fault(): CloudError | undefined {
    const [refused] = this.#refused.values();
    return this.#listFault ?? refused;
  }

  /** Notes that Home Assistant has started: it is told all again, in a moment. */
  birth(): void {
    this.#stopTimer();
    this.#stopTimer = systemClock.after(birthDelayMs, () => this.#tellAll());
  }

  /** Notes the word of the broker that we are connected to it; what it was told before may be lost. */
  brokerSaidOnline(): void {
    if (systemClock.monotonic() - this.#toldOnlineAt < echoMs) {
      // Our own word, which counts once.
      this.#toldOnlineAt = -Infinity;
      this.#noteTaken();
    } else this.#topics.resendAll();
  }

  /** Notes that the broker is there, perhaps without what it was told before. */
  brokerConnected(): void {
    // What was sent meanwhile is lost, even where the first list is still being told.
    if (this.#topics.topics.length === 0) return;
    this.#tellAll();
    this.#noteTaken();
  }

  /** Ends it. What the broker keeps stays there. */
  stop(): void {
    this.#isStopped = true;
    this.#stopTimer();
    this.#unobserve();
    this.#list?.stop();
    this.#status?.stop();
    for (const { values, unfollow } of this.#shown.values()) {
      unfollow();
      values.stop();
    }
    this.#topics.close();
  }

  /** Returns the messages that leave nothing of it at the broker. */
  farewell(): BrokerMessage[] {
    const { topics } = this.memory as { topics: string[] };
    return topics.map((topic) => ({ topic, payload: "", qos: 1, retain: true }));
  }

  #noteListFault(fault: CloudError | undefined): void {
    const isNews = this.#listFault?.code !== fault?.code;
    this.#listFault = fault;
    if (isNews) this.#events.onListFault(fault);
    this.#events.onChange();
  }

  async #showAll(things: readonly KnownThing[], units: ReadonlyMap<string, string>): Promise<void> {
    if (!this.#isListed) this.#tellOnline();
    const isOver = (): boolean => this.#isStopped;
    await inShortTurns(things, (thing) => this.#show(thing, units), isOver);
    if (isOver()) return;
    const wanted = new Set(things.map(topicOfThing));
    for (const key of [...this.#shown.keys()]) if (!wanted.has(key)) this.#hide(key);
    this.#forgetInherited(wanted);
    this.#isListed = true;
    this.#tellListed();
  }

  #show(thing: KnownThing, units: ReadonlyMap<string, string>): void {
    const key = topicOfThing(thing);
    const print = printOf(thing, units);
    const shown = this.#shown.get(key);
    if (shown?.print === print) return;
    const settings = { ...this.#settings, units };
    const bridged = bridgeThing(thing, settings, (reason) => this.#events.onError(reason));
    this.#discover(bridged);
    if (shown === undefined) {
      const values = new BridgedValues(bridged, this.#topics, clockByCloud(this.#account));
      this.#shown.set(key, { values, print, unfollow: this.#follow(thing, values) });
    } else {
      const before = new Set(topicsOf(shown.values.bridged));
      shown.values.become(bridged);
      shown.print = print;
      for (const topic of topicsOf(bridged)) before.delete(topic);
      for (const topic of before) this.#topics.clear(topic);
    }
    this.#tellStatusOf(bridged);
  }

  /** Makes the entities of a thing, and takes away those that there are no more. */
  #discover(bridged: BridgedThing): void {
    const { key, platforms, discovery } = bridged;
    const topic = configTopic(this.#settings.prefix, key);
    const former = { ...this.#platforms.get(key), ...this.#former.get(key) };
    this.#topics.precede(topic, withoutEntities(bridged, former));
    this.#former.set(key, former);
    this.#platforms.set(key, platforms);
    this.#topics.keep(topic, discovery);
    this.#events.onMemory();
  }

  #follow(thing: KnownThing, values: BridgedValues): () => void {
    const { onFlaw, onWarning, onError, onChange } = this.#events;
    return followValues(this.#account, thing, {
      value: ({ variable, value, direction }, source) =>
        values.take(variable, value, source === "live" && direction === "reported"),
      onFlaw: (variable, flaw) => onFlaw(values.bridged.thing.name, variable, flaw),
      onWarning,
      onError,
      onRefused: (error) => {
        const isNews = error !== undefined && this.#refused.size === 0;
        if (error === undefined) this.#refused.delete(thing.id);
        else this.#refused.set(thing.id, error);
        if (isNews) onError(error);
        onChange();
      },
    });
  }

  /** Takes a thing out of Home Assistant. */
  #hide(key: string): void {
    const shown = this.#shown.get(key);
    if (shown === undefined) return;
    shown.unfollow();
    shown.values.stop();
    for (const topic of this.#topicsOf(key)) this.#topics.clear(topic);
    this.#shown.delete(key);
    this.#platforms.delete(key);
    this.#former.delete(key);
    this.#refused.delete(shown.values.bridged.thing.id);
  }

  /** Clears what a predecessor has left and nobody wants any more: other things, another prefix. */
  #forgetInherited(wanted: ReadonlySet<string>): void {
    const stays = new Set([`${this.#settings.base}/status`]);
    for (const key of wanted) for (const topic of this.#topicsOf(key)) stays.add(topic);
    for (const topic of this.#inherited) if (!stays.has(topic)) this.#topics.clear(topic);
    for (const key of [...this.#platforms.keys()]) if (!wanted.has(key)) this.#platforms.delete(key);
    this.#inherited = new Set();
    this.#events.onMemory();
  }

  /** Returns all topics of a thing, those of which nothing has been told yet included. */
  #topicsOf(key: string): string[] {
    const { prefix, hasStatus } = this.#settings;
    const { values } = this.#shown.get(key) ?? {};
    const states = values === undefined ? [] : topicsOf(values.bridged);
    return [configTopic(prefix, key), ...(hasStatus ? [this.#statusTopic(key)] : []), ...states];
  }

  #statusTopic(key: string): string {
    return `${this.#settings.base}/${key}/status`;
  }

  #tellStatus(): void {
    for (const { values } of this.#shown.values()) this.#tellStatusOf(values.bridged);
  }

  #tellStatusOf({ thing, key }: BridgedThing): void {
    const status = this.#status?.of(thing);
    if (status !== undefined) this.#topics.keep(this.#statusTopic(key), status);
  }

  /** Says that this Node-RED is there, for those whose broker node has no birth message that does. */
  #tellOnline(): void {
    this.#toldOnlineAt = systemClock.monotonic();
    this.#topics.keep(`${this.#settings.base}/status`, "online", true);
  }

  #noteTaken(): void {
    this.#topics.taken();
    this.#former.clear();
    this.#events.onMemory();
  }

  #tellAll(): void {
    this.#topics.resendAll();
    this.#tellOnline();
  }
}

/** Returns all topics of a thing's states. */
function topicsOf({ variables }: BridgedThing): string[] {
  return [...variables.values()].flatMap(stateTopics);
}

/** Returns what the appearance of a thing is made of, as text. */
function printOf(
  { name, timezone, device_id, device_type, properties }: KnownThing,
  units: ReadonlyMap<string, string>,
): string {
  const variables = properties.map((property) => {
    const { id, name: shown, variable_name, type, permission, min_value, max_value } = property;
    return [id, shown, variable_name, type, permission, min_value, max_value, units.get(type)];
  });
  return JSON.stringify([name, timezone, device_id, device_type, variables]);
}
