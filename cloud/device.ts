import type { ActivityLog } from "./core/activity-log";
import { type Clock, systemClock } from "./core/clock";
import { DeviceProtocol } from "./device-protocol/device-protocol";
import { type LiveValue, ValueFeed, type ValueListener } from "./live-values/value-feed";
import type { MqttConnection } from "./mqtt/connection";
import { KnownObjects } from "./live-values/known-objects";
import { Outbox } from "./live-values/outbox";
import type { EncodedMessage, WhenOffline } from "./live-values/queued-message";
import { Session } from "./mqtt/session";
import type { SessionTimings } from "./mqtt/timings";
import { valueTopic } from "./mqtt/topics";
import { limitsOf, type ValueLimit } from "./property-types/value-limits";
import { holdsParts, packReport } from "./device-protocol/pack-report";
import { DeviceShadow, type StoredDeviceValue, type Timezone, timezoneVariables } from "./device-protocol/shadow";
import {
  type DeviceConnectionState,
  stableAfterMs,
  connectionStateOf,
  TakeOvers,
} from "./device-protocol/connection-state";
import { CloudError } from "./core/errors";
import { parseEndpoints } from "./rest/index";
import { type DeviceSettings, deviceLogin } from "./device-protocol/device-settings";
import { guarded } from "./core/guard";

/** The events that a device tells whoever runs it. */
interface DeviceNotices {
  /** A message that is not what its topic carries arrived and was dropped. */
  onMalformed: (topic: string, error: CloudError) => void;
  /** A listener threw; nothing else was affected. */
  onFault: (reason: unknown) => void;
  /** Told what goes on, for people who look for a fault. */
  log?: ActivityLog;
}

/** Options of a device, each with a usual value. */
export interface DeviceOptions {
  clock?: Clock;
  timings?: Partial<SessionTimings>;
  /** Returns the cloud's time, in milliseconds since 1970, where somebody knows it; that of the clock where absent. */
  now?: (() => number) | undefined;
  /** The pause after the given attempt to ask for the thing, while the cloud has not said anything. */
  silentMs?: (attempt: number) => number;
}

/** Values that a flow reports. */
export interface DeviceReport {
  /** The node that reports. */
  owner: string;
  /** By variable name, or by what `nameOf` turns into one; all are checked before any is sent. */
  values: ReadonlyMap<string, unknown>;
  /** Returns the name of a variable, once `ready` has told that names are known; throws where there is none. */
  nameOf?: (reference: string) => string;
  /** The type of a variable, where it is known. */
  types?: ((variable: string) => string | undefined) | undefined;
  /**
   * Asked before the values are converted: resolves when types are known. A failure that passes lets the report wait.
   */
  ready?: (() => Promise<void>) | undefined;
  /** No session and no thing count as offline. */
  whenOffline: WhenOffline;
  queueLimit: number;
  /** Called once with the outcome, unless the report is withdrawn from the outbox. */
  settle: (error?: CloudError) => void;
  /** Told what gets lost of a value that is sent, perhaps several times. */
  onLimit?: ((limit: ValueLimit) => void) | undefined;
}

/** One who listens to values that are written to the device. */
interface Listening {
  variable: string;
  listener: ValueListener;
  end: () => void;
}

/**
 * A device of the Arduino Cloud: one broker session with the device's own login, which learns from the cloud to what
 * thing it belongs, receives what dashboards write to that thing, and reports values. Shares nothing with an account.
 */
export class CloudDevice {
  readonly session: Session;
  /** Messages in SenML, for the thing that the device belongs to when they are sent. */
  readonly outbox: Outbox<Uint8Array>;
  readonly #clock: Clock;
  readonly #now: () => number;
  readonly #deviceId: string;
  readonly #feed: ValueFeed;
  readonly #control: DeviceProtocol;
  readonly #shadow: DeviceShadow;
  readonly #takeOvers: TakeOvers;
  readonly #listenings = new Set<Listening>();
  readonly #observers = new Set<(connectionState: DeviceConnectionState) => void>();
  /** The latest values of multi-value variables, whoever set them, to complete partial ones from. */
  readonly #objects: KnownObjects;
  #thingId = "";
  #connectionState: DeviceConnectionState = { name: "idle" };
  #connection: MqttConnection | undefined;

  /** @throws CloudError `not_configured`, `invalid_input` naming the setting that is missing or wrong */
  constructor(settings: DeviceSettings, notices: DeviceNotices, options: DeviceOptions = {}) {
    const { clock = systemClock, timings, now = () => clock.now() } = options;
    const login = deviceLogin(settings);
    this.#clock = clock;
    this.#now = now;
    this.#deviceId = settings.deviceId;
    this.#takeOvers = new TakeOvers(clock);
    this.session = new Session({
      url: parseEndpoints({ brokerUrl: settings.brokerUrl }).brokerUrl,
      clock,
      log: notices.log,
      timings: { stableAfterMs, ...timings },
      login: () => Promise.resolve(login),
      tls: settings.tls,
      proxy: settings.proxy,
    });
    this.#objects = new KnownObjects({ now: () => clock.now() });
    this.#feed = new ValueFeed({ session: this.session, clock, objects: this.#objects, ...notices });
    this.outbox = new Outbox({ clock, messagesPerSecond: settings.messagesPerSecond, log: notices.log });
    this.#shadow = new DeviceShadow({
      clock,
      onValue: (variable, value) => this.#objects.note(this.#thingId, variable, value),
      onTimezoneEnd: () => this.#control.refresh(),
    });
    this.#control = this.#protocol(settings, notices, options);
    this.session.setPublisher({
      online: (connection) => this.#online(connection),
      offline: () => this.#offline(),
      drain: () => this.outbox.drain(),
    });
    this.session.observe((state) => {
      this.#takeOvers.note(state);
      this.#tellState();
    });
    // The feed keeps what comes only while somebody listens, and tells housekeeping to those only who name it.
    const keep = ({ variable, value, timestamp }: LiveValue): void => this.#shadow.note(variable, { value, timestamp });
    for (const variable of ["", ...timezoneVariables]) this.listen(variable, { value: keep });
  }

  get connectionState(): DeviceConnectionState {
    return this.#connectionState;
  }

  /** The thing that the device belongs to, as far as is known; id `""` is none. */
  get thing(): { readonly id: string } {
    return { id: this.#thingId };
  }

  /** The time zone of the thing; 0 until the cloud has told it. */
  get timezone(): Readonly<Timezone> {
    return this.#shadow.timezone;
  }

  /** The values that the cloud holds as far as is known, by variable; empty until `observeLastValues` tells. */
  get lastValues(): ReadonlyMap<string, StoredDeviceValue> {
    return this.#shadow.lastValues;
  }

  /** Calls `observer` whenever the state of the connection may have changed; returns the function that ends it. */
  observe(observer: (connectionState: DeviceConnectionState) => void): () => void {
    const safe = guarded(observer);
    this.#observers.add(safe);
    return () => this.#observers.delete(safe);
  }

  /**
   * Calls `observer` each time when the cloud has told its last values (on every connection, and for every thing), at
   * once where it has on this connection; returns the function that ends it.
   */
  observeLastValues(observer: (values: ReadonlyMap<string, StoredDeviceValue>) => void): () => void {
    return this.#shadow.observe(observer);
  }

  /**
   * Listens to what is written to one variable of the device's thing, or with `variable` `""` to all of them, whatever
   * thing that is at the time; returns the function that ends it.
   */
  listen(variable: string, listener: ValueListener): () => void {
    const listening: Listening = { variable, listener: this.#withoutHidden(listener), end: () => undefined };
    this.#listenings.add(listening);
    this.#follow(listening);
    return () => {
      this.#listenings.delete(listening);
      listening.end();
    };
  }

  /**
   * Takes values in to be reported; its `settle` tells the outcome. What waits goes to the thing that the device
   * belongs to when it is sent.
   */
  report(report: DeviceReport): void {
    const { owner, whenOffline, queueLimit, settle } = report;
    const time = this.#now();
    const pack = (): EncodedMessage<Uint8Array> => this.#prepare(report, time);
    const prepare = (): EncodedMessage<Uint8Array> | Promise<EncodedMessage<Uint8Array>> => {
      const firstValues = holdsParts(report.values, report.types) ? this.#shadow.firstValues() : undefined;
      const waits = [report.ready?.(), firstValues].filter((wait) => wait !== undefined);
      return waits.length === 0 ? pack() : Promise.all(waits).then(pack);
    };
    if (whenOffline === "reject" && this.#connectionState.name === "no-thing") {
      settle(new CloudError("offline", this.#connectionState.error.message));
      return;
    }
    this.outbox.add({
      owner,
      target: this.#deviceId,
      lane: JSON.stringify([...report.values.keys()].sort()),
      whenOffline,
      queueLimit,
      prepare,
      settle,
    });
  }

  /** Ends everything: waiting reports with `cancelled`, the session politely, within about two seconds. */
  async close(): Promise<void> {
    await this.session.close();
    this.outbox.close();
    this.#shadow.close();
    this.#observers.clear();
  }

  #protocol(
    { deviceId, secretKey }: DeviceSettings,
    { onMalformed }: DeviceNotices,
    options: DeviceOptions,
  ): DeviceProtocol {
    return new DeviceProtocol({
      session: this.session,
      clock: this.#clock,
      deviceId,
      silentMs: options.silentMs,
      events: {
        onThing: (thingId) => this.#belongsTo(thingId),
        onSettled: () => this.#tellState(),
        onLastValuesAsked: () => this.#shadow.asked(),
        onLastValues: (readings) => this.#shadow.takeLastValues(readings),
        onTimezone: (offset, until) => this.#shadow.setTimezone({ offset, until }),
        // The cloud's word for the thing may be anything.
        onMalformed: (topic, error) => onMalformed(topic, error.redacted([secretKey])),
      },
    });
  }

  #online(connection: MqttConnection): void {
    this.#connection = connection;
    this.#control.online(connection);
  }

  #offline(): void {
    this.#connection = undefined;
    this.#control.offline();
    this.#shadow.lost();
    this.outbox.offline();
  }

  /** Notes that the cloud has named the thing. */
  #belongsTo(thingId: string): void {
    if (thingId !== this.#thingId) {
      this.#thingId = thingId;
      this.#shadow.forget();
      this.#objects.clear();
      for (const listening of this.#listenings) this.#follow(listening);
      this.#control.follow(thingId);
    }
    this.#openOutbox(thingId);
    this.#tellState();
  }

  #openOutbox(thingId: string): void {
    const connection = this.#connection;
    // What was under way to another thing goes out once more, to this one.
    this.outbox.offline();
    if (connection === undefined || thingId === "") return;
    const topic = valueTopic(thingId, "reported");
    this.outbox.online({ send: (payload) => connection.publish(topic, payload) });
  }

  #follow(listening: Listening): void {
    const { variable, listener, end } = listening;
    // The new one first, so that a topic that both share is not left in between.
    listening.end =
      this.#thingId === "" ? () => undefined : this.#feed.listen(this.#thingId, "requested", variable, listener);
    end();
  }

  #withoutHidden(listener: ValueListener): ValueListener {
    return {
      value: (live: LiveValue) => {
        if (!this.#shadow.takeHidden(live.variable, live.value)) listener.value(live);
      },
      flawed: (variable, flaw) => listener.flawed?.(variable, flaw),
      subscribed: () => listener.subscribed?.(),
      refused: (error) => listener.refused?.(error),
      lost: () => listener.lost?.(),
    };
  }

  #prepare({ values, nameOf, types, onLimit }: DeviceReport, time: number): EncodedMessage<Uint8Array> {
    const named =
      nameOf === undefined ? values : new Map([...values].map(([reference, value]) => [nameOf(reference), value]));
    const packed = packReport(named, {
      types,
      time,
      lastKnown: (variable) => this.#objects.get(this.#thingId, variable),
    });
    for (const [variable, value] of packed.values) {
      this.#objects.note(this.#thingId, variable, value);
      this.#shadow.note(variable, { value, timestamp: time });
      if (onLimit !== undefined) limitsOf(variable, types?.(variable), value, false).forEach(onLimit);
    }
    return { targetNames: [], writes: packed.messages.map((payload) => ({ payload })) };
  }

  #tellState(): void {
    this.#connectionState = connectionStateOf(this.session.state, this.#control.thingId, this.#takeOvers);
    for (const observer of [...this.#observers]) observer(this.#connectionState);
  }
}
