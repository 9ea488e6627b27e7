import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { Node } from "node-red";
import { delivered, RedeployQueue } from "../../../../nodes/runtime/redeploy-queue";
import type { Message } from "../../../../nodes/runtime/input";
import { settle as settleTurns } from "../../../support/wait";

/** A node in its lives: each has a queue, and takes messages up for ever. Its context store answers when the spec says so. */
class Lives {
  readonly taken: string[] = [];
  readonly #id = randomUUID();
  readonly #reads: (() => void)[] = [];
  #stored: unknown;
  #queue: RedeployQueue | undefined;

  /** Begins the next life. */
  begin(isKept = false): RedeployQueue {
    const queue = new RedeployQueue(this.#node, "target", isKept);
    this.#queue = queue;
    queue.takeUp();
    return queue;
  }

  take(text: string): void {
    const work = (): Promise<void> => {
      this.taken.push(text);
      return new Promise(() => undefined);
    };
    void this.#queue?.during({ _msgid: text, payload: text }, work);
  }

  /** Answers whoever reads from the store. */
  answer(): void {
    for (const read of this.#reads.splice(0)) read();
  }

  get stored(): unknown[] {
    return (this.#stored as { messages: Message[] }).messages.map(({ payload }) => payload);
  }

  get #node(): Node {
    const context = {
      get: (_key: string, _store: unknown, done: (error: unknown, value?: unknown) => void) =>
        this.#reads.push(() => done(undefined, this.#stored)),
      set: (_key: string, value: unknown, _store: unknown, done: () => void) => {
        this.#stored = value;
        done();
      },
    };
    const receive = ({ payload }: Message): void => this.take(String(payload));
    return { id: this.#id, z: "tab", receive, context: () => context, warn: assert.ifError } as unknown as Node;
  }
}

describe("the messages that wait in a node", () => {
  it("stay in order where others come before the successor has taken them up", async () => {
    const lives = new Lives();
    const first = lives.begin();
    for (const text of ["a", "b"]) lives.take(text);
    await first.close(false);
    const second = lives.begin();
    lives.take("c");
    assert.deepEqual(lives.taken, ["a", "b"]);
    await settleTurns();
    lives.take("d");
    assert.deepEqual(lives.taken.splice(0), ["a", "b", "a", "b", "c", "d"]);
    await second.close(false);
    // One that ends before it has taken up anything leaves all of it.
    const third = lives.begin();
    lives.take("e");
    await third.close(false);
    await settleTurns();
    assert.deepEqual(lives.taken, []);
    lives.begin();
    await settleTurns();
    assert.deepEqual(lives.taken, ["a", "b", "c", "d", "e"]);
  });

  it("stay in order where others come before the store is read, and none of them is lost there", async () => {
    const lives = new Lives();
    const first = lives.begin(true);
    lives.answer();
    for (const text of ["a", "b"]) lives.take(text);
    await first.close(false);
    const second = lives.begin(true);
    lives.take("c");
    assert.deepEqual(lives.stored, ["a", "b"]);
    lives.answer();
    assert.deepEqual(lives.stored, ["a", "b", "c"]);
    await settleTurns();
    assert.deepEqual(lives.taken.splice(0), ["a", "b", "a", "b", "c"]);
    await second.close(true);
    assert.deepEqual(lives.stored, ["a", "b", "c"]);
    // Now nobody has left anything but the store.
    const third = lives.begin(true);
    lives.take("d");
    await third.close(false);
    lives.begin(true);
    lives.take("e");
    lives.answer();
    await settleTurns();
    assert.deepEqual(lives.taken, ["a", "b", "c", "d", "e"]);
  });

  it("are left to its successor, but for one whose outcome is known at the moment of the close", async () => {
    const id = randomUUID();
    const received: unknown[] = [];
    const node = { id, receive: ({ payload }: Message) => received.push(payload) } as unknown as Node;
    const queue = new RedeployQueue(node, "target", false);
    queue.takeUp();
    const settles: ((error?: undefined) => void)[] = [];
    const works = ["ended", "waiting"].map((payload) =>
      queue.during({ _msgid: payload, payload }, (entry) =>
        delivered(entry, (settle) => {
          settles.push(settle);
          return () => undefined;
        }),
      ),
    );
    settles[0]?.();
    await queue.close(false);
    await works[0];
    new RedeployQueue(node, "target", false).takeUp();
    await settleTurns();
    assert.deepEqual(received, ["waiting"]);
  });
});
