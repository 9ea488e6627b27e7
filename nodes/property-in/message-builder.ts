import { inBackground } from "../../cloud/core/guard";
import type { Node } from "node-red";
import { differs } from "../../cloud/property-types/equality";
import type { LiveValue } from "../../cloud/live-values/value-feed";
import { type KnownThing, type Property, wireName } from "../../cloud/rest/index";
import type { Grant } from "../../cloud/cluster/value-ring";
import type { Message } from "../runtime/input";
import type { NodeStatus } from "../runtime/status";
import { legacyValueMessage } from "../runtime/legacy-messages";

/** Where a value comes from, as `msg.source` says it. */
export type ValueSource = "live" | "initial" | "catch-up";

/** The thing and the variable that a value belongs to, as far as they are known. */
export interface Origin {
  readonly thingId: string;
  /** The name that the editor saved, until the cloud tells it. */
  readonly thingName: string;
  readonly thing?: KnownThing | undefined;
  /** The one variable that is listened to; absent where all are. */
  readonly property?: Property | undefined;
}

/** Settings of how property in sends values. */
export interface MessageSettings {
  emit: "all" | "changed";
  deadband: number;
  /** Messages have the shape that Arduino's own nodes give them. */
  compatible: boolean;
  /** The variable that the settings name, by its name or id; blank for every one. */
  property: string;
  /** Its display name as the editor saved it, until the cloud tells it. */
  propertyName: string;
}

/** Whatever takes the values of a subscription. */
export interface ValueEmitter {
  emit(origin: Origin, about: Omit<LiveValue, "value">, value: unknown, source: ValueSource): void;
  /** Ends it, in the turn in which the nodes of the flow end. @param isHeard whether what was sent in this turn arrives */
  end?(isHeard: boolean): void;
  /** Resolves when nothing is left to do. */
  close?(): Promise<void>;
}

/** Hands a message to the flow; returns what resolves when the flow is done with it, where that is followed. */
type SendValue = (message: Message) => Promise<unknown> | undefined;

/** Turns values into the messages of property in. */
export class MessageBuilder implements ValueEmitter {
  readonly #status: Pick<NodeStatus, "value">;
  readonly #settings: MessageSettings;
  readonly #onTaken: () => void;
  readonly #send: SendValue;
  /** The last value sent by thing, direction and variable, where only changes are wanted. */
  readonly #last: Map<string, unknown> | undefined;

  /**
   * @param onTaken told of each value, whether or not it is sent
   * @param send hands a message to the flow; the usual one waits for nothing
   */
  constructor(
    node: Node,
    status: Pick<NodeStatus, "value">,
    settings: MessageSettings,
    onTaken: () => void = () => undefined,
    send: SendValue = (message) => {
      node.send(message);
      return undefined;
    },
  ) {
    this.#status = status;
    this.#settings = settings;
    this.#onTaken = onTaken;
    this.#send = send;
    this.#last = settings.emit === "changed" ? new Map() : undefined;
  }

  /** Sends a value, unless only changes are wanted and it is none. */
  emit(origin: Origin, about: Omit<LiveValue, "value">, value: unknown, source: ValueSource): void {
    const following = this.speak(origin, about, value, source);
    if (following !== undefined) inBackground(following);
  }

  /**
   * Sends a value as `emit` does. Returns what resolves when the flow is done with it, where that is followed.
   * @param grant where the flow runs in several copies: under which right this one speaks
   */
  speak(
    origin: Origin,
    about: Omit<LiveValue, "value">,
    value: unknown,
    source: ValueSource,
    grant?: Grant,
  ): Promise<unknown> | undefined {
    const { variable, timestamp, direction } = about;
    if (!this.note(origin, about, value)) return undefined;
    const message: Message = {
      // Listeners share the value; each flow gets an object of its own.
      payload: typeof value === "object" && value !== null ? { ...value } : value,
      topic: variable,
      timestamp,
      thing: { id: origin.thingId, name: origin.thing?.name ?? origin.thingName },
      property: propertyFacts(origin, variable),
      direction,
      source,
    };
    if (about.own) message.own = true;
    this.#status.value(() => ({
      value,
      timestamp,
      type: propertyFacts(origin, variable).type,
      name: this.#settings.property === "" ? variable : "",
    }));
    if (grant !== undefined) message.cluster = { ...grant };
    return this.#send(this.#settings.compatible ? this.#inOldShape(message, origin, about) : message);
  }

  /** Notes a value as the last one, whoever sends it; returns whether it is wanted. */
  note(origin: Origin, { direction, variable }: Omit<LiveValue, "value">, value: unknown): boolean {
    this.#onTaken();
    return this.#last === undefined || this.#isChanged(`${origin.thingId}/${direction}/${variable}`, value);
  }

  #inOldShape(message: Message, origin: Origin, { variable, timestamp }: Omit<LiveValue, "value">): Message {
    const { property, propertyName } = this.#settings;
    const name = propertyFacts(origin, variable).name ?? (property === variable ? propertyName : "");
    return legacyValueMessage(message, name || variable, timestamp);
  }

  #isChanged(key: string, value: unknown): boolean {
    if (this.#last?.has(key) && !differs(this.#last.get(key), value, this.#settings.deadband)) return false;
    this.#last?.set(key, value);
    return true;
  }
}

function propertyFacts({ thing, property }: Origin, variable: string): Record<string, string> {
  const known = property ?? thing?.properties.find((candidate) => wireName(candidate) === variable);
  if (known === undefined) return { variableName: variable };
  return { id: known.id, name: known.name, variableName: variable, type: known.type };
}
