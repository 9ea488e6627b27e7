import { type Clock, sleep } from "../core/clock";
import { abortable } from "../core/abort";

/** Questions that are asked together, by what they ask for. */
interface PendingRequest<Answer> {
  answers: Map<string, Promise<Answer>>;
  begins: Promise<void>;
}

/** How long questions are gathered into one batch, in milliseconds. */
const gatherMs = 20;

/**
 * Asks the same for many: who asks for the same thing in the same moment shares an answer. Batches never overlap: what
 * is asked for while one is under way belongs to the next, so that a slow cloud gets fewer questions and no queue
 * grows, and no answer is older than its question.
 */
export class RequestCoalescer<Answer> {
  readonly #fetch: (key: string) => Promise<Answer>;
  readonly #clock: Clock;
  #next: PendingRequest<Answer> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /** @param fetch asks the cloud; called once per batch for each key */
  constructor(clock: Clock, fetch: (key: string) => Promise<Answer>) {
    this.#clock = clock;
    this.#fetch = fetch;
  }

  /** Returns the answer to `key`; throws what `fetch` throws, and `cancelled` when `signal` is aborted. */
  ask(key: string, signal?: AbortSignal): Promise<Answer> {
    this.#next ??= this.#gather();
    const { answers, begins } = this.#next;
    let answer = answers.get(key);
    if (answer === undefined) {
      answer = begins.then(() => this.#fetch(key));
      answers.set(key, answer);
    }
    return abortable(answer, signal, "The question to the cloud");
  }

  #gather(): PendingRequest<Answer> {
    const answers: PendingRequest<Answer>["answers"] = new Map();
    const begins = this.#last
      .then(() => sleep(this.#clock, gatherMs))
      .then(() => {
        this.#next = undefined;
        this.#last = Promise.allSettled(answers.values());
      });
    return { answers, begins };
  }
}
