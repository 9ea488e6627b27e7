import { asRecord } from "../core/json";

/** Another copy, as it has told of itself. */
interface Member {
  id: string;
  /** The engine's time at which it told last. */
  at: number;
  /** The engine's time since when it has heard the Arduino Cloud without a gap; Infinity where it does not. */
  since: number;
  /** The text that tells its flow from others; blank where that is not known. */
  flow: string;
  /** Into how many slots it divides the things. */
  slots: number;
}

/** A copy that has told nothing for so many times the life of a lease is gone. */
const goneAfterTtls = 3;

/** The copies that live. */
export class Members {
  readonly #me: string;
  readonly #ttlMs: number;
  readonly #slots: number;
  #others: Member[] = [];
  #time = 0;
  #since: number | undefined;
  #hasMet = false;
  #hasSilentPeer = false;

  constructor({ me, ttlMs, slots }: { me: string; ttlMs: number; slots: number }) {
    this.#me = me;
    this.#ttlMs = ttlMs;
    this.#slots = slots;
  }

  /** Takes what the copies have told, by the engine's time; returns those that are long gone. */
  note(fields: Readonly<Record<string, string>>, time: number): string[] {
    this.#time = time;
    this.#since ??= time;
    const all = Object.entries(fields)
      .filter(([id]) => id !== this.#me)
      .map(([id, text]) => readMember(id, text));
    // What is later than now was told before the engine's clock was set back.
    const isGone = ({ at }: Member): boolean => Math.abs(time - at) > goneAfterTtls * this.#ttlMs;
    this.#others = all.filter((member) => !isGone(member));
    this.#hasSilentPeer = all.some(({ at }) => !this.#isRecent(at));
    const since = this.#since;
    this.#hasMet ||= this.#others.some(({ at }) => at > since);
    return all.filter(isGone).map(({ id }) => id);
  }

  /**
   * Returns what this copy tells of itself.
   * @param since since when it hears; Infinity where it does not or leaves it to others
   * @param flow what tells its flow from others; blank while that is not known
   */
  own(since: number, flow: string): Record<string, string> {
    const told = {
      at: this.#time,
      ...(Number.isFinite(since) && { since }),
      ...(flow !== "" && { flow }),
      ...(this.#slots > 1 && { slots: this.#slots }),
    };
    return { [this.#me]: JSON.stringify(told) };
  }

  /** Returns how many copies run another flow than this one. */
  strangers(flow: string): number {
    if (flow === "") return 0;
    return this.#others.filter((other) => other.flow !== "" && other.flow !== flow).length;
  }

  /** Returns the other copies that have heard for so many milliseconds, as told a moment ago. */
  settled(milliseconds: number): string[] {
    return this.#peersSince(this.#time - milliseconds).map(({ id }) => id);
  }

  /** Whether a copy lives in which one alone speaks for all things: then those that share them keep silent. */
  get hasSoleSpeaker(): boolean {
    return this.#slots > 1 && this.#others.some(({ at, slots }) => slots === 1 && this.#isRecent(at));
  }

  /** Returns what takes this copy out. */
  farewell(): Record<string, string> {
    return { [this.#me]: "" };
  }

  /** How many copies live, with this one. */
  get count(): number {
    return this.#others.length + 1;
  }

  /** Whether another copy has been alive since this one joined. */
  get hasMet(): boolean {
    return this.#hasMet;
  }

  /** Whether another copy hears the Arduino Cloud, as told a moment ago. */
  get hasOnlinePeer(): boolean {
    return this.#hasPeerSince(Infinity);
  }

  /** Whether a copy has told of itself, and not again a moment ago: it is gone, or has not been able to. */
  get hasSilentPeer(): boolean {
    return this.#hasSilentPeer;
  }

  /** Returns whether another copy knows more than this one, which has heard since then: it began to hear earlier. */
  hasElder(since: number, holdMs: number): boolean {
    // What is older nobody has any more.
    return since > this.#time - holdMs && this.#hasPeerSince(since);
  }

  #hasPeerSince(limit: number): boolean {
    return this.#peersSince(limit).length > 0;
  }

  #peersSince(limit: number): Member[] {
    return this.#others.filter(({ at, since, slots }) => since < limit && slots === this.#slots && this.#isRecent(at));
  }

  #isRecent(at: number): boolean {
    return Math.abs(this.#time - at) < this.#ttlMs;
  }
}

function readMember(id: string, text: string): Member {
  try {
    const { at, since, flow, slots } = asRecord(JSON.parse(text)) ?? {};
    return {
      id,
      at: typeof at === "number" ? at : 0,
      since: typeof since === "number" ? since : Infinity,
      flow: typeof flow === "string" ? flow : "",
      slots: typeof slots === "number" ? slots : 1,
    };
  } catch {
    return { id, at: 0, since: Infinity, flow: "", slots: 1 };
  }
}
