import type { CloudAccount } from "../../cloud/account";
import { type Clock, systemClock } from "../../cloud/core/clock";
import type { PropertyValue } from "../../cloud/codec/values";
import { wireName } from "../../cloud/rest/index";
import type { BridgedThing, BridgedVariable } from "./discovery";
import type { KnownState, StateContext } from "./mapping";
import type { RetainedTopics } from "./retained-topics";
import { statesOf } from "./states";

/** So many values are remembered of variables that are not listed yet. */
const maxUnlisted = 300;

/** The values of one thing, as Home Assistant is told of them. */
export class BridgedValues {
  readonly #topics: RetainedTopics;
  readonly #clock: Clock;
  #bridged: BridgedThing;
  #isStopped = false;
  /** By the name on the wire. */
  #variables = new Map<string, BridgedVariable>();
  /** The last values, by property id: names and types may change. */
  readonly #values = new Map<string, KnownState>();
  /** The last values under names that are not listed yet, by the name on the wire. */
  readonly #unlisted = new Map<string, PropertyValue>();
  /** End the timers of states that change by themselves, by property id. */
  readonly #timers = new Map<string, () => void>();

  constructor(bridged: BridgedThing, topics: RetainedTopics, clock: Clock) {
    this.#topics = topics;
    this.#clock = clock;
    this.#bridged = bridged;
    this.become(bridged);
  }

  /** The thing as it appears now. */
  get bridged(): BridgedThing {
    return this.#bridged;
  }

  /** Takes the thing as it appears now, and tells the values that are known where they belong now. */
  become(bridged: BridgedThing): void {
    this.#bridged = bridged;
    this.#variables = new Map([...bridged.variables.values()].map((one) => [wireName(one.property), one]));
    for (const variable of this.#variables.values()) this.tell(variable);
    for (const [wire, value] of [...this.#unlisted]) {
      if (!this.#variables.has(wire)) continue;
      this.#unlisted.delete(wire);
      this.take(wire, value, false);
    }
  }

  /**
   * Takes a value.
   * @param isNews it has just come from the board, and is not what was there before
   */
  take(wire: string, value: PropertyValue, isNews: boolean): void {
    const variable = this.#variables.get(wire);
    if (variable === undefined) this.#keepForLater(wire, value);
    else this.#take(variable, value, isNews);
  }

  /** Takes the value that was written to a variable, where it is still there. */
  takeWritten(id: string, value: PropertyValue): void {
    const present = this.#present(id);
    if (present !== undefined) this.#take(present, value, false);
  }

  /** Returns what is known of a variable. */
  known({ property }: BridgedVariable): KnownState {
    return this.#values.get(property.id) ?? {};
  }

  /**
   * Tells the states of a variable, if it ever had a value.
   * @param how `isForced`: also where they are as before
   */
  tell(variable: BridgedVariable, how: { isForced?: boolean; isNews?: boolean } = {}): void {
    const { value } = this.known(variable);
    if (value === undefined) return;
    const context: StateContext = { now: this.#clock.now(), timezone: this.#bridged.thing.timezone ?? "" };
    for (const { topic, payload, isEvent } of statesOf(variable, value, context)) {
      if (!isEvent) this.#topics.keep(topic, payload, how.isForced);
      else if (how.isNews === true) this.#topics.happen(topic, payload);
    }
    this.#tellAgain(variable, variable.mapping.changesAt?.(value, context));
  }

  /** Tells the states of a variable again, wherever it is now, as they were before; nothing where it is gone. */
  tellAsBefore(id: string): void {
    const present = this.#present(id);
    if (present !== undefined) this.tell(present, { isForced: true });
  }

  stop(): void {
    this.#isStopped = true;
    this.#variables.clear();
    this.#unlisted.clear();
    for (const stop of this.#timers.values()) stop();
    this.#timers.clear();
  }

  #take(variable: BridgedVariable, value: PropertyValue, isNews: boolean): void {
    const { id } = variable.property;
    const brightness = brightnessOf(value) ?? this.#values.get(id)?.brightness;
    this.#values.set(id, { value, brightness });
    this.tell(variable, { isNews });
  }

  /** Remembers a value of a variable that a list has yet to name: a minute may pass, and it may not be sent again. */
  #keepForLater(wire: string, value: PropertyValue): void {
    if (this.#isStopped) return;
    this.#unlisted.delete(wire);
    this.#unlisted.set(wire, value);
    const [oldest] = this.#unlisted.keys();
    if (this.#unlisted.size > maxUnlisted && oldest !== undefined) this.#unlisted.delete(oldest);
  }

  /** Returns a variable as it is now: its name may have changed. */
  #present(id: string): BridgedVariable | undefined {
    return [...this.#variables.values()].find(({ property }) => property.id === id);
  }

  #tellAgain(variable: BridgedVariable, at: number | undefined): void {
    const { id } = variable.property;
    this.#timers.get(id)?.();
    this.#timers.delete(id);
    if (at === undefined) return;
    const stop = this.#clock.after(Math.max(0, at - this.#clock.now()), () => {
      const present = this.#present(id);
      if (present !== undefined) this.tell(present);
    });
    this.#timers.set(id, stop);
  }
}

/** Returns a clock that has the cloud's time: whether a schedule is on now goes by that. */
export function clockByCloud({ rest }: Pick<CloudAccount, "rest">): Clock {
  return { ...systemClock, now: () => rest.client.now() };
}

/** Returns the brightness of a light that shines. */
function brightnessOf(value: PropertyValue): number | undefined {
  const brightness = typeof value === "object" ? value.bri : undefined;
  return typeof brightness === "number" && brightness > 0 ? brightness : undefined;
}
