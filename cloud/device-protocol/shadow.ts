import type { Clock } from "../core/clock";
import { tidyValue } from "../codec/float32";
import type { Reading } from "../codec/senml-decode";
import { usableTimestamp } from "../codec/senml-time";
import { isFiniteValue, type PropertyValue } from "../codec/values";

/** A value that the cloud holds. `timestamp` is in milliseconds since 1970. */
export interface StoredDeviceValue {
  value: PropertyValue;
  timestamp: number;
}

/** Where the device's thing is: seconds that local time is ahead of UTC, until a time in seconds since 1970. */
export interface Timezone {
  offset: number;
  until: number;
}

const [offsetVariable, untilVariable] = ["tz_offset", "tz_dst_until"];

/** The variables of every thing that tell its time zone, and are none of the user's (docs/protocol.md#names). */
export const timezoneVariables: readonly string[] = [offsetVariable, untilVariable];

/** So long the first answer about a thing is waited for: a cloud that answers does so at once. */
const firstValuesMs = 3_000;

interface ShadowOptions {
  clock: Clock;
  /** Called with each last value that has come. */
  onValue: (variable: string, value: PropertyValue) => void;
  /** Called when the time zone has to be asked for again (docs/protocol.md#handshake). */
  onTimezoneEnd: () => void;
}

/** Keeps what the cloud holds of a device's thing: its last values and its time zone. */
export class DeviceShadow {
  readonly #options: ShadowOptions;
  readonly #observers = new Set<() => void>();
  #lastValues: Map<string, StoredDeviceValue> | undefined;
  /** Whether these are what the cloud holds now: it has told them on this connection. */
  #isCurrent = false;
  /** Values that came since the cloud was asked: its answer may be older. */
  readonly #newer = new Map<string, StoredDeviceValue>();
  /** Those who wait for the first answer about the thing. */
  readonly #waiting: (() => void)[] = [];
  /** Present while the first answer about the thing is on its way. */
  #stopAnswerTimer: (() => void) | undefined;
  /** Whether the cloud has not answered about the thing in time. */
  #isSilent = false;
  #timezone: Timezone = { offset: 0, until: 0 };
  #stopTimer: () => void = () => undefined;

  constructor(options: ShadowOptions) {
    this.#options = options;
  }

  /** The time zone of the thing; 0 until the cloud has told it. */
  get timezone(): Readonly<Timezone> {
    return this.#timezone;
  }

  /** The values that the cloud holds as far as is known, by variable; empty until it has answered for this thing. */
  get lastValues(): ReadonlyMap<string, StoredDeviceValue> {
    return this.#lastValues ?? new Map<string, StoredDeviceValue>();
  }

  /**
   * Calls `observer` each time when last values have come, at once where they have on this connection; returns the
   * function that ends it.
   */
  observe(observer: (values: ReadonlyMap<string, StoredDeviceValue>) => void): () => void {
    const tell = (): void => {
      if (this.#lastValues !== undefined && this.#isCurrent) observer(this.#lastValues);
    };
    this.#observers.add(tell);
    tell();
    return () => this.#observers.delete(tell);
  }

  /**
   * Resolves when the cloud has told the last values of a thing, or has not within three seconds after it was asked;
   * undefined where that is so already.
   */
  firstValues(): Promise<void> | undefined {
    if (this.#lastValues !== undefined || this.#isSilent) return undefined;
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Notes that the cloud is asked for its last values. */
  asked(): void {
    this.#newer.clear();
    if (this.#lastValues !== undefined || this.#isSilent) return;
    this.#stopAnswerTimer ??= this.#options.clock.after(firstValuesMs, () => {
      this.#isSilent = true;
      this.#endWait();
    });
  }

  #endWait(): void {
    this.#stopWait();
    for (const end of this.#waiting.splice(0)) end();
  }

  #stopWait(): void {
    this.#stopAnswerTimer?.();
    this.#stopAnswerTimer = undefined;
  }

  /** Takes a value that was written to the device or reported by it: the cloud holds it from now on. */
  note(variable: string, value: StoredDeviceValue): void {
    this.#newer.set(variable, value);
    this.#lastValues?.set(variable, value);
  }

  /** Takes the cloud's answer to a request for last values. */
  takeLastValues(readings: readonly Reading[]): void {
    const values = new Map<string, StoredDeviceValue>();
    for (const { property, value, time } of readings) {
      if (this.takeHidden(property, value) || !isFiniteValue(value)) continue;
      const tidy = tidyValue(value);
      values.set(property, { value: tidy, timestamp: usableTimestamp(time) ?? this.#options.clock.now() });
      this.#options.onValue(property, tidy);
    }
    for (const [variable, value] of this.#newer) values.set(variable, value);
    this.#lastValues = values;
    this.#isCurrent = true;
    this.#endWait();
    for (const tell of [...this.#observers]) tell();
  }

  /** Takes a value that is about the time zone; returns false for any other. */
  takeHidden(variable: string, value: PropertyValue): boolean {
    if (!timezoneVariables.includes(variable)) return false;
    const field = variable === offsetVariable ? "offset" : "until";
    if (typeof value === "number") this.setTimezone({ ...this.#timezone, [field]: value });
    return true;
  }

  /** Keeps the time zone until it ends. */
  setTimezone(timezone: Timezone): void {
    this.#timezone = timezone;
    this.#stopTimer();
    const leftMs = timezone.until * 1000 - this.#options.clock.now();
    if (leftMs > 0) this.#stopTimer = this.#options.clock.after(leftMs, this.#options.onTimezoneEnd);
  }

  /** Notes that the connection is gone: what is written to the device meanwhile is not seen. */
  lost(): void {
    this.#isCurrent = false;
    this.#stopWait();
  }

  /** Forgets the values: the device belongs to another thing. */
  forget(): void {
    this.#lastValues = undefined;
    this.#isSilent = false;
    this.#newer.clear();
    this.lost();
  }

  /** Ends everything. */
  close(): void {
    this.#stopTimer();
    this.#endWait();
    this.#observers.clear();
  }
}
