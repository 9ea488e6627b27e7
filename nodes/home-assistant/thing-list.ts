import type { CloudAccount } from "../../cloud/account";
import { systemClock } from "../../cloud/core/clock";
import { type CloudError, isTransient, toCloudError } from "../../cloud/core/errors";
import { inBackground } from "../../cloud/core/guard";
import { type KnownThing, listTagged, listUnits } from "../../cloud/rest/index";
import { chooseThings } from "./choose-things";

/** The choice of things. */
export interface BridgeChoice {
  /** Ids or exact names; none for all. */
  things: readonly string[];
  /** Only things with this tag, as in `home:yes`; blank for all. */
  tag: string;
}

interface ThingListEvents {
  /** Takes the chosen things, each time that they have been listed. */
  onThings: (things: readonly KnownThing[], units: ReadonlyMap<string, string>) => Promise<void>;
  /** Told of what is wrong with the list, and with `undefined` when it no longer is. */
  onFault: (fault: CloudError | undefined) => void;
}

/** How often things are listed; nodes that listen to all things share the answer. */
const listIntervalMs = 60_000;
const listTtlMs = 55_000;
const listSoonMs = 5_000;
/** Knowledge about the values that the cloud holds may be this old at start. */
const initialTtlMs = 2_000;

/** Lists the chosen things of an account, now, each minute, and when what is known of them has been refreshed. */
export class ThingList {
  readonly #account: CloudAccount;
  readonly #choice: BridgeChoice;
  readonly #events: ThingListEvents;
  readonly #unfollow: () => void;
  #units: ReadonlyMap<string, string> | undefined;
  #stopTimer: () => void = () => undefined;
  #isListing = false;
  #isListed = false;
  #isStopped = false;

  constructor(account: CloudAccount, choice: BridgeChoice, events: ThingListEvents) {
    this.#account = account;
    this.#choice = choice;
    this.#events = events;
    this.#unfollow = account.knowledge.follow((failure) => {
      if (failure === undefined && this.#isListed) this.#list();
    });
    this.#list();
  }

  stop(): void {
    this.#isStopped = true;
    this.#unfollow();
    this.#stopTimer();
  }

  #list(): void {
    if (this.#isListing || this.#isStopped) return;
    this.#isListing = true;
    this.#stopTimer();
    const failed = (reason: unknown): void => this.#listAgain(toCloudError(reason));
    inBackground(this.#listOnce().then((fault) => this.#listAgain(fault), failed));
  }

  #listAgain(fault: CloudError | undefined): void {
    this.#isListing = false;
    if (this.#isStopped) return;
    this.#events.onFault(fault);
    const pauseMs = fault !== undefined && isTransient(fault) ? listSoonMs : listIntervalMs;
    this.#stopTimer = systemClock.after(pauseMs, () => this.#list());
  }

  async #listOnce(): Promise<CloudError | undefined> {
    const { client, directory } = this.#account.rest;
    const { things: references, tag } = this.#choice;
    const all = await directory.things({ maxAgeMs: this.#isListed ? listTtlMs : initialTtlMs });
    const tagged = tag === "" ? undefined : await listTagged(client, tag);
    await this.#learnUnits();
    const { things, fault } = chooseThings(all, references, tagged);
    if (this.#isStopped) return undefined;
    await this.#events.onThings(things, this.#units ?? new Map());
    this.#isListed = true;
    return fault;
  }

  /** Reads the units of types whose names give none, once. */
  async #learnUnits(): Promise<void> {
    try {
      this.#units ??= await listUnits(this.#account.rest.client);
    } catch (reason) {
      // Entities without a unit are better than none; what may pass is asked again with the next list.
      if (!isTransient(reason)) this.#units = new Map();
    }
  }
}
