interface Arrival {
  payload: Uint8Array;
  /** Monotonic milliseconds. */
  at: number;
}

interface TopicState {
  /** Messages that the leaving connection delivered since the new one began to subscribe. */
  old: Arrival[];
  /** Messages that the new connection has delivered meanwhile, held back. */
  fresh: Arrival[];
  /** How many messages of `old` the new connection still has to repeat, once that is known. */
  repeats?: Arrival[];
}

/**
 * Copies of one message reach two connections within so many milliseconds of each other; what comes later is another
 * message. The connections must overlap for longer than this.
 */
export const sameMomentMs = 300;

/**
 * Joins the streams of two connections that overlap, so that every message comes out once and in order.
 *
 * While both are open the old connection speaks and the new one is held back. When the old one has spoken its last word
 * (it has unsubscribed, so its stream is complete), the new stream continues at the message after it. Where that is
 * can't be told from the bytes alone, since boards send the same bytes again and again: of all places where the new
 * stream fits onto the end of the old one, the place counts at which the two copies arrived closest in time.
 */
export class StreamMerge {
  readonly #topics = new Map<string, TopicState>();

  /** Notes a message of the old connection; the caller passes it on. */
  old(topic: string, payload: Uint8Array, at: number): void {
    this.#state(topic).old.push({ payload, at });
  }

  /** Holds back a message of the new connection until `finish`. */
  fresh(topic: string, payload: Uint8Array, at: number): void {
    this.#state(topic).fresh.push({ payload, at });
  }

  /** Ends the old connection's part: returns what the new one has delivered beyond it, in order of arrival. */
  finish(): { topic: string; payload: Uint8Array }[] {
    const beyond: (Arrival & { topic: string })[] = [];
    for (const [topic, state] of this.#topics) {
      for (const arrival of state.fresh) {
        if (this.#isNew(state, arrival, state.fresh)) beyond.push({ ...arrival, topic });
      }
    }
    return beyond.sort((a, b) => a.at - b.at);
  }

  /** Returns, after `finish`, whether a message of the new connection is one that the old one has not delivered. */
  passes(topic: string, payload: Uint8Array, at: number): boolean {
    const state = this.#topics.get(topic);
    if (state === undefined) return true;
    const arrival = { payload, at };
    return this.#isNew(state, arrival, [arrival]);
  }

  #isNew(state: TopicState, arrival: Arrival, stream: readonly Arrival[]): boolean {
    state.repeats ??= state.old.slice(overlapStart(state.old, stream));
    const expected = state.repeats[0];
    if (expected === undefined) return true;
    if (isSame(expected, arrival) && arrival.at - expected.at < sameMomentMs) {
      state.repeats.shift();
      return false;
    }
    // The streams differ, or too much time has passed: rather a repeat than a loss.
    state.repeats = [];
    return true;
  }

  #state(topic: string): TopicState {
    let state = this.#topics.get(topic);
    if (state === undefined) this.#topics.set(topic, (state = { old: [], fresh: [] }));
    return state;
  }
}

/** Returns the index in `old` at which `stream` begins to repeat it; `old.length` where it does not. */
function overlapStart(old: readonly Arrival[], stream: readonly Arrival[]): number {
  const head = stream[0];
  if (head === undefined) return old.length;
  let best = old.length;
  let closest = sameMomentMs;
  for (let start = 0; start < old.length; start++) {
    const distance = Math.abs((old[start]?.at ?? 0) - head.at);
    if (distance < closest && fits(old, start, stream)) {
      best = start;
      closest = distance;
    }
  }
  return best;
}

function fits(old: readonly Arrival[], start: number, stream: readonly Arrival[]): boolean {
  const length = Math.min(stream.length, old.length - start);
  for (let index = 0; index < length; index++) {
    const [left, right] = [old[start + index], stream[index]];
    if (left === undefined || right === undefined || !isSame(left, right)) return false;
  }
  return true;
}

function isSame(a: Arrival, b: Arrival): boolean {
  return Buffer.compare(a.payload, b.payload) === 0;
}
