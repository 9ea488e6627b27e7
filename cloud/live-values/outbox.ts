import type { Clock } from "../core/clock";
import { CloudError, isTransient, toCloudError } from "../core/errors";
import { RateLimiter } from "../core/rate-limiter";
import { backoffMs } from "../core/backoff";
import type { QueuedMessage, EncodedMessage, EncodedWrite, MessageSender } from "./queued-message";
import type { Publisher } from "../mqtt/session";

interface Entry {
  outgoing: QueuedMessage;
  prepared?: EncodedMessage;
  isPreparing: boolean;
  /** The message came while there was no session. */
  cameOffline: boolean;
  /** Per write: waiting, in flight or acknowledged. */
  progress: ("waiting" | "sent" | "done")[];
  /** How often the connection was lost with this message as the oldest unacknowledged one. */
  drops: number;
}

/** Messages under way without acknowledgement at the most. */
const defaultWindow = 20;
/** A message that went down with the connection so often is sent alone, to find out whether it is the cause ... */
const suspectAfter = 3;
/** ... and is given up after so many. */
const giveUpAfter = 20;
/** How long a node that closes waits for the acknowledgement of what is under way. */
const withdrawalGraceMs = 700;

/**
 * The writes of one session: in order per thing, at the pace that the broker takes, each kept until the broker has
 * acknowledged it. What a lost connection left unacknowledged is sent again, so a message arrives at least once.
 */
export class Outbox implements Publisher {
  readonly #clock: Clock;
  readonly #rate: RateLimiter;
  readonly #window: number;
  readonly #onSend: ((topic: string, payload: Uint8Array) => void) | undefined;
  /** All that is not settled, in the order in which it came. */
  readonly #entries = new Set<Entry>();
  readonly #owners = new Map<string, Set<Entry>>();
  #connection: MessageSender | undefined;
  #isPaused = false;
  #underWay = 0;
  #paceTimer: (() => void) | undefined;
  #retryTimer: (() => void) | undefined;
  #retries = 0;
  #idleCallbacks: (() => boolean)[] = [];

  /**
   * @param options `messagesPerSecond`: what the far side takes, see docs/protocol.md#message-limits; `window`: how
   *   many messages may be under way at once, 1 where they could overtake each other; `onSend` is told of every message
   *   just before it goes out
   */
  constructor(options: {
    clock: Clock;
    messagesPerSecond: number;
    window?: number;
    onSend?: (topic: string, payload: Uint8Array) => void;
  }) {
    this.#clock = options.clock;
    this.#onSend = options.onSend;
    this.#window = options.window ?? defaultWindow;
    this.#rate = new RateLimiter(options.messagesPerSecond);
  }

  /** Whether there is a session to send over. */
  get isOnline(): boolean {
    return this.#connection !== undefined;
  }

  /** How many messages of the owner wait or are under way. */
  pending(owner: string): number {
    return this.#owners.get(owner)?.size ?? 0;
  }

  /** Takes a message in. */
  add(outgoing: QueuedMessage): void {
    const entry: Entry = {
      outgoing,
      isPreparing: false,
      cameOffline: !this.isOnline,
      progress: [],
      drops: 0,
    };
    this.#entries.add(entry);
    let owned = this.#owners.get(outgoing.owner);
    if (owned === undefined) this.#owners.set(outgoing.owner, (owned = new Set()));
    owned.add(entry);
    if (entry.cameOffline && outgoing.whenOffline === "reject") {
      this.#settle(
        entry,
        new CloudError("offline", "There is no connection to the broker, and the node does not queue."),
      );
      return;
    }
    this.#prepare(entry);
    this.#enforceLimit(owned, outgoing.queueLimit);
    this.#pump();
  }

  /**
   * Lets go of the owner's messages: those that wait at once, those under way when the broker has had a moment to
   * acknowledge them. They are not settled any more.
   */
  async withdraw(owner: string): Promise<void> {
    const owned = [...(this.#owners.get(owner) ?? [])];
    for (const entry of owned) if (!isUnderWay(entry)) this.#remove(entry);
    const isUndecided = (): boolean => this.isOnline && owned.some((entry) => this.#entries.has(entry));
    if (isUndecided()) {
      await new Promise<void>((resolve) => {
        const stop = this.#clock.after(withdrawalGraceMs, resolve);
        this.#idleCallbacks.push(() => {
          if (isUndecided()) return false;
          stop();
          resolve();
          return true;
        });
      });
    }
    for (const entry of owned) this.#remove(entry);
  }

  online(connection: MessageSender): void {
    this.#connection = connection;
    this.#isPaused = false;
    this.#retries = 0;
    this.#prepareAll();
    this.#pump();
  }

  offline(): void {
    if (this.#connection === undefined) return;
    this.#connection = undefined;
    this.#underWay = 0;
    this.#paceTimer?.();
    this.#paceTimer = undefined;
    const oldest = [...this.#entries].find(isUnderWay);
    if (oldest !== undefined) oldest.drops++;
    for (const entry of [...this.#entries]) {
      entry.progress = entry.progress.map((step) => (step === "sent" ? "waiting" : step));
      if (entry.outgoing.whenOffline === "reject") this.#settle(entry, lostWhileWaiting());
      else if (entry.drops >= giveUpAfter) this.#settle(entry, brokerDropsIt());
    }
    this.#notifyIdle();
  }

  async drain(): Promise<void> {
    this.#isPaused = true;
    if (this.#underWay === 0) return;
    await new Promise<void>((resolve) => {
      this.#idleCallbacks.push(() => {
        if (this.#underWay > 0) return false;
        resolve();
        return true;
      });
    });
  }

  /** Ends every message that is left with `cancelled`. */
  close(): void {
    this.offline();
    this.#retryTimer?.();
    this.#retryTimer = undefined;
    for (const entry of [...this.#entries]) {
      this.#settle(entry, new CloudError("cancelled", "The account was closed before the message was delivered."));
    }
  }

  #prepareAll(): void {
    this.#retryTimer?.();
    this.#retryTimer = undefined;
    for (const entry of [...this.#entries]) {
      if (entry.prepared === undefined && !entry.isPreparing) this.#prepare(entry);
    }
  }

  #prepare(entry: Entry): void {
    try {
      const outcome = entry.outgoing.prepare();
      if (outcome instanceof Promise) {
        entry.isPreparing = true;
        outcome.then(
          (prepared) => this.#isPrepared(entry, prepared),
          (reason: unknown) => this.#couldNotPrepare(entry, toCloudError(reason)),
        );
      } else {
        this.#isPrepared(entry, outcome);
      }
    } catch (reason) {
      this.#couldNotPrepare(entry, toCloudError(reason));
    }
  }

  #isPrepared(entry: Entry, prepared: EncodedMessage): void {
    entry.isPreparing = false;
    if (!this.#entries.has(entry)) return;
    this.#retries = 0;
    entry.prepared = prepared;
    entry.progress = prepared.writes.map(() => "waiting");
    if (entry.cameOffline && entry.outgoing.whenOffline === "latest") this.#supersede(entry);
    this.#pumpSoon();
  }

  #couldNotPrepare(entry: Entry, error: CloudError): void {
    entry.isPreparing = false;
    if (!this.#entries.has(entry)) return;
    if (!isTransient(error)) {
      this.#settle(entry, error);
      this.#pumpSoon();
    } else if (entry.outgoing.whenOffline === "reject") {
      this.#settle(entry, new CloudError("offline", `The variable could not be looked up: ${error.message}`, error));
    } else if (this.#retryTimer === undefined) {
      this.#retryTimer = this.#clock.after(backoffMs(this.#retries++, this.#clock), () => this.#prepareAll());
    }
  }

  /** A newer message takes the place of the older ones that wait for the same variables. */
  #supersede(newer: Entry): void {
    for (const entry of this.#owners.get(newer.outgoing.owner) ?? []) {
      if (entry === newer) return;
      if (entry.outgoing.lane === newer.outgoing.lane && !isUnderWay(entry)) {
        this.#settle(entry, new CloudError("superseded", "A newer message for the same variable took its place."));
      }
    }
  }

  #enforceLimit(owned: Set<Entry>, limit: number): void {
    if (owned.size <= limit) return;
    const waiting = [...owned].filter((entry) => !isUnderWay(entry));
    for (const entry of waiting.slice(0, Math.max(0, waiting.length - limit))) {
      this.#settle(
        entry,
        new CloudError("queue_full", `More than ${limit} messages were waiting; the oldest was given up.`),
      );
    }
  }

  /** Sends later in this turn, so that all that is prepared together is judged together. */
  #pumpSoon(): void {
    setImmediate(() => this.#pump());
  }

  #pump(): void {
    if (this.#connection === undefined || this.#isPaused) return;
    const unprepared: Entry[] = [];
    for (const entry of this.#entries) {
      if (entry.prepared === undefined) unprepared.push(entry);
      else if (!unprepared.some((earlier) => mayConcernSameThing(earlier, entry)) && !this.#sendFrom(entry)) return;
    }
  }

  /** Sends what is left of an entry; false when nothing more may be sent for now. */
  #sendFrom(entry: Entry): boolean {
    const window = entry.drops >= suspectAfter ? 1 : this.#window;
    for (const [index, write] of (entry.prepared?.writes ?? []).entries()) {
      if (entry.progress[index] !== "waiting") continue;
      if (this.#underWay >= window || this.#connection === undefined) return false;
      const now = this.#clock.monotonic();
      const wait = this.#rate.wait(now);
      if (wait > 0) {
        this.#paceTimer ??= this.#clock.after(Math.ceil(wait), () => {
          this.#paceTimer = undefined;
          this.#pump();
        });
        return false;
      }
      this.#rate.take(now);
      this.#send(this.#connection, entry, index, write);
    }
    return entry.drops < suspectAfter || !isUnderWay(entry);
  }

  #send(connection: MessageSender, entry: Entry, index: number, write: EncodedWrite): void {
    entry.progress[index] = "sent";
    this.#underWay++;
    this.#onSend?.(write.topic, write.payload);
    write.onSend?.();
    connection.publish(write.topic, write.payload).then(
      () => {
        if (this.#connection !== connection) return;
        this.#underWay--;
        entry.progress[index] = "done";
        if (entry.progress.every((step) => step === "done")) this.#settle(entry);
        this.#notifyIdle();
        this.#pump();
      },
      (reason: unknown) => {
        if (this.#connection !== connection) return;
        if (reason instanceof CloudError && !isTransient(reason)) this.#refused(entry, reason);
        else this.offline();
      },
    );
  }

  /** The far side took the message and refused it for good. */
  #refused(entry: Entry, error: CloudError): void {
    this.#underWay--;
    this.#settle(entry, error);
    this.#notifyIdle();
    this.#pump();
  }

  #settle(entry: Entry, error?: CloudError): void {
    if (!this.#entries.has(entry)) return;
    this.#remove(entry);
    entry.outgoing.settle(error);
  }

  #remove(entry: Entry): void {
    this.#entries.delete(entry);
    const owned = this.#owners.get(entry.outgoing.owner);
    owned?.delete(entry);
    if (owned?.size === 0) this.#owners.delete(entry.outgoing.owner);
  }

  #notifyIdle(): void {
    this.#idleCallbacks = this.#idleCallbacks.filter((callback) => !callback());
  }
}

function isUnderWay(entry: Entry): boolean {
  return entry.progress.includes("sent");
}

/** Whether an earlier message, its thing not looked up yet, may be for the thing of a later one. */
function mayConcernSameThing(earlier: Entry, later: Entry): boolean {
  const reference = earlier.outgoing.thing;
  return (
    reference === later.outgoing.thing ||
    reference === later.prepared?.thingId ||
    reference === later.prepared?.thingName
  );
}

function lostWhileWaiting(): CloudError {
  return new CloudError(
    "offline",
    "The connection to the broker was lost before the message was acknowledged, and the node does not queue.",
  );
}

function brokerDropsIt(): CloudError {
  return new CloudError(
    "server_error",
    `The broker closed the connection ${giveUpAfter} times when this message was sent; it was given up.`,
  );
}
