import type { Node } from "node-red";
import type { CloudAccount } from "../cloud/account";
import { sleep, systemClock } from "../cloud/clock";
import { differs } from "../cloud/data/compare";
import type { LiveValue, ValueListener } from "../cloud/data/feed";
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

type Source = "live" | "initial";

/** After this a look-up that failed by the thing or variable itself is tried again: it may have been made meanwhile. */
const lookUpAgain = 60_000;
const lookUpSoon = 5_000;
/** How long live values wait for the value that the cloud holds. */
const initialPatience = 5_000;
/** Knowledge about the value that the cloud holds may be this old at start. */
const initialAge = 2_000;

/**
 * What property in does: looks its thing and variable up, listens, and turns values into messages. Flows have hundreds of
 * these and each value passes here, so it is kept small and listens itself.
 */
export class PropertyListener implements ValueListener {
  readonly #node: Node;
  readonly #status: NodeStatus;
  readonly #settings: PropertyInSettings;
  readonly #account: CloudAccount;
  readonly #closing = new AbortController();
  readonly #ends: (() => void)[] = [];
  #thingId = "";
  /** What is known of the thing, and of the one variable, once it has been looked up. */
  #thing: KnownThing | undefined;
  #property: Property | undefined;
  #fault: CloudError | undefined;
  /** The last value sent by direction and variable, where only changes are wanted. */
  readonly #last: Map<string, unknown> | undefined;
  /** Live values that wait for the initial ones. */
  #held: LiveValue[] | undefined;
  /** What the user has been told already: error codes, and variables without a finite value. */
  #told: readonly string[] = [];

  constructor(node: Node, status: NodeStatus, settings: PropertyInSettings, account: CloudAccount) {
    this.#node = node;
    this.#status = status;
    this.#settings = settings;
    this.#account = account;
    this.#held = settings.initial ? [] : undefined;
    this.#last = settings.emit === "changed" ? new Map() : undefined;
  }

  /** Begins to listen. Throws `not_configured` where no thing is set. */
  start(): void {
    const { thing, property, initial } = this.#settings;
    if (thing === "") {
      throw new CloudError("not_configured", "No thing is chosen: choose one in the node's settings.");
    }
    this.#ends.push(this.#account.session.observe(() => this.#showStatus()));
    this.#status.connecting();
    // With ids at hand nothing has to be looked up before listening.
    if (isUuid(thing) && !isUuid(property)) this.#listen(thing, property);
    void this.#lookUp();
    if (initial) this.#ends.push(systemClock.after(initialPatience, () => this.#release()));
  }

  stop(): void {
    this.#closing.abort();
    for (const end of this.#ends) end();
  }

  value(live: LiveValue): void {
    if (this.#held === undefined) this.#send(live, live.value, "live");
    else this.#held.push(live);
  }

  unusable(variable: string): void {
    if (!this.#isFirst(variable)) return;
    this.#node.warn(`"${variable}" has no finite value (NaN or infinite); such values are left out.`);
  }

  subscribed(): void {
    if (this.#fault?.code === "forbidden") this.#setFault(undefined);
  }

  refused(error: CloudError): void {
    this.#setFault(error);
  }

  #listen(thingId: string, variable: string): void {
    const { direction } = this.#settings;
    this.#thingId = thingId;
    for (const one of direction === "both" ? (["reported", "requested"] as const) : [direction]) {
      this.#ends.push(this.#account.feed.listen(thingId, one, variable, this));
    }
  }

  /** Asks the cloud about thing and variable until it answers; then listens, if that had to wait for it. */
  async #lookUp(): Promise<void> {
    const { thing: reference, property: variable, initial } = this.#settings;
    const { directory } = this.#account.rest;
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        const thing = await directory.thing(reference, { signal, ...(initial ? { maxAge: initialAge } : {}) });
        const property = variable === "" ? undefined : directory.variable(thing, variable);
        if (isAborted(signal)) return;
        this.#thing = thing;
        this.#property = property;
        if (this.#thingId === "") this.#listen(thing.id, property === undefined ? "" : nameOf(property));
        if (this.#fault?.code !== "forbidden") this.#setFault(undefined);
        this.#sendInitial(thing);
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
    if (!mayPass(error) && this.#isFirst(error.code)) this.#node.error(error, {});
  }

  #isFirst(what: string): boolean {
    if (this.#told.includes(what)) return false;
    this.#told = [...this.#told, what];
    return true;
  }

  #setFault(fault: CloudError | undefined): void {
    this.#fault = fault;
    this.#showStatus();
  }

  #showStatus(): void {
    if (this.#fault !== undefined && !mayPass(this.#fault)) this.#status.failed(this.#fault);
    else this.#status.session(this.#account.session.state, systemClock.now());
  }

  #sendInitial(thing: KnownThing): void {
    if (this.#held === undefined) return;
    const direction = this.#settings.direction === "requested" ? "requested" : "reported";
    for (const property of this.#property === undefined ? thing.properties : [this.#property]) {
      const timestamp = Date.parse(property.value_updated_at ?? "");
      const { last_value: value } = property;
      if (!Number.isFinite(timestamp) || value === undefined || value === null) continue;
      this.#send({ variable: nameOf(property), timestamp, direction, own: false }, tidyValue(value), "initial");
    }
    this.#release();
  }

  /** Sends what has waited for the initial values; what comes from now on goes at once. */
  #release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const live of held) this.#send(live, live.value, "live");
  }

  #send(about: Omit<LiveValue, "value">, value: unknown, source: Source): void {
    const { variable, timestamp, direction } = about;
    if (this.#last !== undefined && !this.#isChanged(`${direction}/${variable}`, value)) return;
    const message: Message = {
      // Listeners share the value; each flow gets an object of its own.
      payload: typeof value === "object" && value !== null ? { ...value } : value,
      topic: variable,
      timestamp,
      thing: { id: this.#thingId, name: this.#thing?.name ?? this.#settings.thingName },
      property: this.#describe(variable),
      direction,
      source,
    };
    if (about.own) message.own = true;
    this.#node.send(message);
  }

  #isChanged(key: string, value: unknown): boolean {
    if (this.#last?.has(key) && !differs(this.#last.get(key), value, this.#settings.deadband)) return false;
    this.#last?.set(key, value);
    return true;
  }

  #describe(variable: string): Record<string, string> {
    const known = this.#property ?? this.#thing?.properties.find((property) => nameOf(property) === variable);
    if (known === undefined) return { variableName: variable };
    return { id: known.id, name: known.name, variableName: variable, type: known.type };
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
  return sleep(systemClock, milliseconds, signal).catch(() => undefined);
}
