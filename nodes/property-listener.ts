import type { Node } from "node-red";
import type { CloudAccount } from "../cloud/account";
import { systemClock } from "../cloud/clock";
import { differs } from "../cloud/data/compare";
import type { LiveValue } from "../cloud/data/feed";
import { tidyValue } from "../cloud/data/float32";
import type { Direction } from "../cloud/data/topics";
import { CloudError, mayPass, toCloudError } from "../cloud/errors";
import { isUuid, type KnownThing, type Property } from "../cloud/rest";
import type { Message } from "./common/input";
import type { NodeStatus } from "./common/status";

export interface PropertyInSettings {
  account: string;
  /** Id or exact name. */
  thing: string;
  /** Variable name or property id; blank for every variable. */
  property: string;
  /** The name that the editor saved, for messages until the cloud tells it. */
  thingName: string;
  direction: Direction | "both";
  emit: "all" | "changed";
  deadband: number;
  initial: boolean;
}

interface Options {
  node: Node;
  status: NodeStatus;
  settings: PropertyInSettings;
  account: CloudAccount;
}

type Source = "live" | "initial";

/** After this a look-up that failed by the thing or variable itself is tried again: it may have been made meanwhile. */
const lookUpAgain = 60_000;
const lookUpSoon = 5_000;
/** How long live values wait for the value that the cloud holds. */
const initialPatience = 5_000;
/** Knowledge about the value that the cloud holds may be this old at start. */
const initialAge = 2_000;

/** What property in does: looks its thing and variable up, listens, and turns values into messages. */
export class PropertyListener {
  readonly #options: Options;
  readonly #closing = new AbortController();
  readonly #ends: (() => void)[] = [];
  /** What is known of the thing, by and by. */
  #thing: KnownThing | undefined;
  readonly #properties = new Map<string, Property>();
  /** The last value sent, by direction and variable. */
  readonly #last = new Map<string, unknown>();
  readonly #warned = new Set<string>();
  readonly #told = new Set<string>();
  #fault: CloudError | undefined;
  /** Live values that wait for the initial ones. */
  #held: LiveValue[] | undefined;

  constructor(options: Options) {
    this.#options = options;
    if (options.settings.initial) this.#held = [];
  }

  start(): void {
    const { settings, account, status } = this.#options;
    if (settings.thing === "") {
      throw new CloudError("not_configured", "No thing is chosen: choose one in the node's settings.");
    }
    this.#ends.push(account.session.observe(() => this.#showStatus()));
    status.connecting();
    // With ids at hand nothing has to be looked up before listening.
    const isListening = isUuid(settings.thing) && !isUuid(settings.property);
    if (isListening) this.#listen(settings.thing, settings.property);
    void this.#lookUp(isListening);
    if (settings.initial) this.#ends.push(systemClock.after(initialPatience, () => this.#release()));
  }

  stop(): void {
    this.#closing.abort();
    for (const end of this.#ends) end();
  }

  #listen(thingId: string, variable: string): void {
    const { settings, account } = this.#options;
    const directions: Direction[] = settings.direction === "both" ? ["reported", "requested"] : [settings.direction];
    for (const direction of directions) {
      const end = account.feed.listen(thingId, direction, variable, {
        value: (live) => this.#receive(thingId, live),
        unusable: (name) => this.#warnUnusable(name),
        subscribed: () => this.#setFault(undefined),
        refused: (error) => this.#setFault(error),
      });
      this.#ends.push(end);
    }
  }

  /** Asks the cloud about thing and variable until it answers; then listens, if that had to wait for it. */
  async #lookUp(isListening: boolean): Promise<void> {
    const { settings, account } = this.#options;
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        const maxAge = settings.initial ? { maxAge: initialAge } : {};
        const thing = await account.rest.directory.thing(settings.thing, { signal, ...maxAge });
        const property =
          settings.property === "" ? undefined : account.rest.directory.variable(thing, settings.property);
        if (isAborted(signal)) return;
        this.#thing = thing;
        if (!isListening) this.#listen(thing.id, property === undefined ? "" : nameOf(property));
        if (this.#fault !== undefined && this.#fault.code !== "forbidden") this.#setFault(undefined);
        this.#sendInitial(thing, property);
        return;
      } catch (reason) {
        if (isAborted(signal)) return;
        this.#lookUpFailed(toCloudError(reason));
      }
      await pause(mayPass(this.#fault) ? lookUpSoon : lookUpAgain, signal);
    }
  }

  #lookUpFailed(error: CloudError): void {
    this.#setFault(error);
    // What passes is the account's affair and told there.
    if (!mayPass(error) && !this.#told.has(error.code)) {
      this.#told.add(error.code);
      this.#options.node.error(error, {});
    }
  }

  #setFault(fault: CloudError | undefined): void {
    this.#fault = fault;
    this.#showStatus();
  }

  #showStatus(): void {
    const { account, status } = this.#options;
    const { state } = account.session;
    if (this.#fault !== undefined && !mayPass(this.#fault)) status.failed(this.#fault);
    else status.session(state, systemClock.now());
  }

  #sendInitial(thing: KnownThing, only: Property | undefined): void {
    if (this.#held === undefined) return;
    const { direction } = this.#options.settings;
    for (const property of only === undefined ? thing.properties : [only]) {
      const timestamp = Date.parse(property.value_updated_at ?? "");
      if (!Number.isFinite(timestamp) || property.last_value === undefined || property.last_value === null) continue;
      const live = { variable: nameOf(property), value: tidyValue(property.last_value), timestamp, own: false };
      this.#send(thing.id, { ...live, direction: direction === "both" ? "reported" : direction }, "initial");
    }
    this.#release();
  }

  /** Sends what has waited for the initial values, and what comes from now on at once. */
  #release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const live of held) this.#send(this.#thing?.id ?? this.#options.settings.thing, live, "live");
  }

  #receive(thingId: string, live: LiveValue): void {
    if (this.#held === undefined) this.#send(thingId, live, "live");
    else this.#held.push(live);
  }

  #send(thingId: string, live: Omit<LiveValue, "value"> & { value: unknown }, source: Source): void {
    const { settings, node } = this.#options;
    const { variable, value, direction } = live;
    if (settings.emit === "changed") {
      const key = `${direction}/${variable}`;
      if (this.#last.has(key) && !differs(this.#last.get(key), value, settings.deadband)) return;
      this.#last.set(key, value);
    }
    const message: Message = {
      // Listeners share the value; each flow gets an object of its own.
      payload: typeof value === "object" && value !== null ? { ...value } : value,
      topic: variable,
      timestamp: live.timestamp,
      thing: { id: thingId, name: this.#thing?.name ?? settings.thingName },
      property: this.#describe(variable),
      direction,
      source,
    };
    if (live.own) message.own = true;
    node.send(message);
  }

  #describe(variable: string): Record<string, string> {
    let known = this.#properties.get(variable);
    if (known === undefined) {
      known = this.#thing?.properties.find((property) => nameOf(property) === variable);
      if (known === undefined) return { variableName: variable };
      this.#properties.set(variable, known);
    }
    return { id: known.id, name: known.name, variableName: variable, type: known.type };
  }

  #warnUnusable(variable: string): void {
    if (this.#warned.has(variable)) return;
    this.#warned.add(variable);
    this.#options.node.warn(`"${variable}" has no finite value (NaN or infinite); such values are left out.`);
  }
}

/** The name on the wire. */
function nameOf(property: Property): string {
  return property.variable_name ?? property.name;
}

/** Read anew after an await, which the compiler's narrowing does not expect. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const stop = systemClock.after(milliseconds, resolve);
    signal.addEventListener(
      "abort",
      () => {
        stop();
        resolve();
      },
      { once: true },
    );
  });
}
