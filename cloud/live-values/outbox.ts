import { type ActivityLog, shownMs } from "../core/activity-log";
import type { Clock } from "../core/clock";
import { CloudError, isTransient, toCloudError } from "../core/errors";
import { BackoffTimer } from "../core/backoff";
import { OutboxEntry } from "./outbox-entry";
import type { EncodedMessage, MessageSender, QueuedMessage } from "./queued-message";
import { SendWindow } from "./send-window";
import { guarded, inBackground, nextTurn } from "../core/guard";

/** Messages under way without acknowledgement at the most. */
const defaultWindow = 20;
/** How long a node that closes waits for the acknowledgement of what is under way. */
const withdrawalGraceMs = 700;

interface OutboxOptions {
  clock: Clock;
  messagesPerSecond: number;
  window?: number;
  log?: ActivityLog | undefined;
  isBlameless?: boolean;
}

/**
 * The writes that go one way: in order per target, at the pace that the far side takes, each kept until the far side
 * has acknowledged it. What a lost connection left unacknowledged is sent again, so a message arrives at least once.
 */
export class Outbox<Payload> {
  readonly #clock: Clock;
  readonly #log: ActivityLog;
  readonly #isBlameless: boolean;
  readonly #window: SendWindow<Payload>;
  /** All that is not settled, in the order in which it came. */
  readonly #entries = new Set<OutboxEntry<Payload>>();
  readonly #owners = new Map<string, Set<OutboxEntry<Payload>>>();
  /** Those who wait for the end of messages, to be asked at each. */
  readonly #withdrawals = new Set<() => void>();
  /** Looks up again what could not be looked up. */
  readonly #retry: BackoffTimer;

  /**
   * @param options `messagesPerSecond`: what the far side takes, see docs/protocol.md#message-limits; `window`: how
   *   many messages may be under way at once, 1 where they could overtake each other; `isBlameless`: no message is the
   *   cause of a lost connection, however often it was under way
   */
  constructor(options: OutboxOptions) {
    const { clock, messagesPerSecond, window: size = defaultWindow, log = {}, isBlameless = false } = options;
    this.#isBlameless = isBlameless;
    this.#clock = clock;
    this.#retry = new BackoffTimer(clock, () => this.#prepareAll());
    this.#log = log;
    this.#window = new SendWindow({
      ...{ clock, messagesPerSecond, size },
      onRoom: () => this.#pump(),
      onLost: () => this.offline(),
    });
  }

  /** Whether there is a way to send. */
  get isOnline(): boolean {
    return this.#window.isOpen;
  }

  /** Returns how many messages of the owner wait or are under way. */
  pending(owner: string): number {
    return this.#owners.get(owner)?.size ?? 0;
  }

  /** Takes a message in. */
  add(message: QueuedMessage<Payload>): void {
    const entry = new OutboxEntry(message, !this.isOnline);
    this.#entries.add(entry);
    let owned = this.#owners.get(message.owner);
    if (owned === undefined) this.#owners.set(message.owner, (owned = new Set()));
    owned.add(entry);
    if (entry.cameOffline && message.whenOffline === "reject") {
      this.#settle(
        entry,
        new CloudError("offline", "There is no connection to the broker, and the node does not queue."),
      );
      return;
    }
    this.#prepare(entry);
    this.#enforceLimit(owned, message.queueLimit);
    this.#pump();
  }

  /**
   * Lets go of the owner's messages: those that wait at once, those under way when the broker has had a moment to
   * acknowledge them. They are not settled any more.
   */
  async withdraw(owner: string): Promise<void> {
    const owned = [...(this.#owners.get(owner) ?? [])];
    for (const entry of owned) if (!entry.isUnderWay) this.#remove(entry);
    const isUndecided = (): boolean => this.isOnline && owned.some((entry) => this.#entries.has(entry));
    if (isUndecided()) await this.#whenDecided(isUndecided);
    for (const entry of owned) this.#remove(entry);
  }

  /** Sends over this sender from now on. */
  online(sender: MessageSender<Payload>): void {
    this.#window.open(sender);
    this.#retry.succeeded();
    this.#prepareAll();
    this.#pump();
  }

  /** Keeps what is not acknowledged until there is a sender again. */
  offline(): void {
    if (!this.isOnline) return;
    this.#window.close();
    const oldest = this.#isBlameless ? undefined : [...this.#entries].find((entry) => entry.isUnderWay);
    for (const entry of [...this.#entries]) {
      const error = entry.lost(entry === oldest);
      if (error !== undefined) this.#settle(entry, error);
    }
    this.#checkWithdrawals();
  }

  /** Stops sending until `online`, and resolves when nothing waits for an acknowledgement any more. */
  drain(): Promise<void> {
    return this.#window.drain();
  }

  /** Ends every message that is left with `cancelled`. */
  close(): void {
    this.offline();
    this.#retry.stop();
    for (const entry of [...this.#entries]) {
      this.#settle(entry, new CloudError("cancelled", "The account was closed before the message was delivered."));
    }
  }

  #prepareAll(): void {
    this.#retry.stop();
    for (const entry of [...this.#entries]) {
      if (entry.encoded === undefined && !entry.isPreparing) this.#prepare(entry);
    }
  }

  #prepare(entry: OutboxEntry<Payload>): void {
    try {
      const outcome = entry.message.prepare();
      if (outcome instanceof Promise) {
        entry.isPreparing = true;
        const failed = (reason: unknown): void => this.#couldNotPrepare(entry, toCloudError(reason));
        inBackground(outcome.then((prepared) => this.#isPrepared(entry, prepared), failed));
      } else {
        this.#isPrepared(entry, outcome);
      }
    } catch (reason) {
      this.#couldNotPrepare(entry, toCloudError(reason));
    }
  }

  #isPrepared(entry: OutboxEntry<Payload>, encoded: EncodedMessage<Payload>): void {
    entry.isPreparing = false;
    if (!this.#entries.has(entry)) return;
    this.#retry.succeeded();
    entry.setEncoded(encoded);
    if (entry.cameOffline && entry.message.whenOffline === "latest") this.#supersede(entry);
    this.#pumpSoon();
  }

  #couldNotPrepare(entry: OutboxEntry<Payload>, error: CloudError): void {
    entry.isPreparing = false;
    if (!this.#entries.has(entry)) return;
    if (!isTransient(error)) {
      this.#settle(entry, error);
      this.#pumpSoon();
    } else if (entry.message.whenOffline === "reject") {
      this.#settle(entry, new CloudError("offline", `The variable could not be looked up: ${error.message}`, error));
    } else {
      const waitMs = this.#retry.failed();
      if (waitMs === undefined) return;
      this.#log.debug?.(`Messages wait ${shownMs(waitMs)}, as a variable could not be looked up: ${error.code}.`);
    }
  }

  /** Lets a newer message take the place of the older ones that wait for the same variables. */
  #supersede(newer: OutboxEntry<Payload>): void {
    for (const entry of this.#owners.get(newer.message.owner) ?? []) {
      if (entry === newer) return;
      if (entry.message.lane === newer.message.lane && !entry.isUnderWay) {
        this.#settle(entry, new CloudError("superseded", "A newer message for the same variable took its place."));
      }
    }
  }

  #enforceLimit(owned: Set<OutboxEntry<Payload>>, limit: number): void {
    if (owned.size <= limit) return;
    const waiting = [...owned].filter((entry) => !entry.isUnderWay);
    for (const entry of waiting.slice(0, Math.max(0, waiting.length - limit))) {
      this.#settle(
        entry,
        new CloudError("queue_full", `More than ${limit} messages were waiting; the oldest was given up.`),
      );
    }
  }

  /** Sends later in this turn, so that all that is prepared together is judged together. */
  #pumpSoon(): void {
    nextTurn(() => this.#pump());
  }

  #pump(): void {
    if (!this.isOnline) return;
    const unprepared: OutboxEntry<Payload>[] = [];
    for (const entry of this.#entries) {
      if (entry.encoded === undefined) unprepared.push(entry);
      else if (!unprepared.some((earlier) => earlier.mayConcernTargetOf(entry)) && !this.#sendFrom(entry)) return;
    }
  }

  /** Sends what is left of an entry; returns false when nothing more may be sent for now. */
  #sendFrom(entry: OutboxEntry<Payload>): boolean {
    for (const index of entry.waiting()) {
      const write = entry.encoded?.writes[index];
      if (write === undefined) continue;
      if (!this.#window.hasRoom(entry.isSuspect ? 1 : undefined)) return false;
      entry.note(index, "sent");
      write.onSend?.();
      this.#window.send(write.payload, (refusal) => this.#answered(entry, index, refusal));
    }
    return !entry.isSuspect || !entry.isUnderWay;
  }

  /** Notes that the far side has taken one write of an entry, or refused it for good. */
  #answered(entry: OutboxEntry<Payload>, index: number, refusal?: CloudError): void {
    entry.note(index, "done");
    if (refusal !== undefined) this.#settle(entry, refusal);
    else if (entry.isDelivered) this.#settle(entry);
  }

  #settle(entry: OutboxEntry<Payload>, error?: CloudError): void {
    if (!this.#entries.has(entry)) return;
    this.#remove(entry);
    // A fault there is no reason for the others to wait for ever.
    guarded(() => entry.message.settle(error))();
  }

  #remove(entry: OutboxEntry<Payload>): void {
    this.#entries.delete(entry);
    const { owner } = entry.message;
    const owned = this.#owners.get(owner);
    owned?.delete(entry);
    if (owned?.size === 0) this.#owners.delete(owner);
    this.#checkWithdrawals();
  }

  /** Waits for what is under way to be acknowledged, for a moment. */
  #whenDecided(isUndecided: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (!isUndecided()) finish();
      };
      const finish = (): void => {
        stop();
        this.#withdrawals.delete(check);
        resolve();
      };
      const stop = this.#clock.after(withdrawalGraceMs, finish);
      this.#withdrawals.add(check);
    });
  }

  #checkWithdrawals(): void {
    for (const check of [...this.#withdrawals]) check();
  }
}
