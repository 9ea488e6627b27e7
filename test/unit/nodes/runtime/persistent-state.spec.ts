import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mock } from "node:test";
import type { Node } from "node-red";
import { ArchiveStore } from "../../../../nodes/history/archive-store";
import { PersistentState } from "../../../../nodes/runtime/persistent-state";
import { until } from "../../../support/wait";

/** A context store whose answers come when the spec says so. */
class SlowStore {
  readonly written: unknown[] = [];
  readonly warnings: unknown[] = [];
  readonly #pending: (() => void)[] = [];
  readonly #left: unknown;
  fault: Error | undefined;

  constructor(
    left?: unknown,
    readonly id: string = randomUUID(),
  ) {
    this.#left = left;
  }

  /** A node that has this store. */
  get node(): Node {
    const context = {
      get: (_key: string, _store: unknown, done: (error: unknown, value?: unknown) => void) =>
        this.#pending.push(() => done(this.fault, this.fault === undefined ? this.#left : undefined)),
      set: (_key: string, value: unknown, _store: unknown, done: (error: unknown) => void) =>
        this.#pending.push(() => {
          this.written.push(value);
          done(this.fault);
        }),
    };
    const node = { id: this.id, z: "tab", context: () => context, warn: (text: unknown) => this.warnings.push(text) };
    return node as unknown as Node;
  }

  /** Answers all that was asked. */
  answer(): void {
    for (const one of this.#pending.splice(0)) one();
  }
}

const left = { positions: { counter: { thing: "thing", start: 5, reached: 7, last: 5, given: [["a", "1"]] } } };

describe("what a node remembers", () => {
  afterEach(() => mock.timers.reset());

  it("is written within a second of a change, once for all of them, and not even looked at without one", async () => {
    mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
    const store = new SlowStore();
    let count = 0;
    let looks = 0;
    const memory = new PersistentState(store.node, "key", () => ({ count, looks: looks++ < 0 }));
    memory.open(() => undefined);
    store.answer();
    mock.timers.tick(600_000);
    assert.equal(looks, 0);
    for (count = 1; count < 1_000; count++) memory.touch();
    mock.timers.tick(1_000);
    store.answer();
    assert.deepEqual(store.written, [{ count: 1_000, looks: false }]);
    mock.timers.tick(600_000);
    assert.equal(looks, 1);
    memory.touch();
    mock.timers.tick(1_000);
    assert.equal(looks, 2);
    store.answer();
    await memory.close();
    assert.equal(store.written.length, 1);
  });

  it("is written at once where nothing was for a while", () => {
    mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
    const store = new SlowStore();
    let count = 0;
    const memory = new PersistentState(store.node, "key", () => ({ count: count++ }));
    memory.open(() => undefined);
    store.answer();
    memory.touch();
    mock.timers.tick(1);
    store.answer();
    assert.deepEqual(store.written, [{ count: 0 }]);
  });

  it("is written in its newest form where the store is slower than it changes", async () => {
    const store = new SlowStore();
    let count = 0;
    const memory = new PersistentState(store.node, "key", () => ({ count }));
    memory.open(() => undefined);
    store.answer();
    const saves = Array.from({ length: 100 }, () => {
      count++;
      return memory.save();
    });
    store.answer();
    await saves[0];
    await until("the next one", () => {
      store.answer();
      return store.written.length > 1;
    });
    await Promise.all(saves);
    assert.deepEqual(store.written, [{ count: 1 }, { count: 100 }]);
  });

  it("is tried again where the store fails, until it has it", () => {
    mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
    const store = new SlowStore();
    const memory = new PersistentState(store.node, "key", () => ({ count: 1 }));
    memory.open(() => undefined);
    store.answer();
    store.fault = new Error("disk full");
    memory.touch();
    mock.timers.tick(1_000);
    store.answer();
    store.fault = undefined;
    mock.timers.tick(5_000);
    store.answer();
    assert.deepEqual(store.written, [{ count: 1 }, { count: 1 }]);
    mock.timers.tick(600_000);
    store.answer();
    assert.equal(store.written.length, 2);
  });

  it("is written again where the store does not answer, and waited for only so long where the node closes", async () => {
    mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
    const store = new SlowStore();
    let count = 1;
    const memory = new PersistentState(store.node, "key", () => ({ count }));
    memory.open(() => undefined);
    store.answer();
    const saved = memory.save();
    mock.timers.tick(10_000);
    await saved;
    assert.deepEqual(store.warnings, ["The context store could not be written: it did not answer for 10 s"]);
    count = 2;
    mock.timers.tick(5_000);
    store.answer();
    assert.deepEqual(store.written, [{ count: 1 }, { count: 2 }]);
    count = 3;
    const closed = memory.close();
    mock.timers.tick(10_000);
    await closed;
  });

  it("is waited for where the store does not answer, and that is told", async () => {
    mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
    const store = new SlowStore({ count: 5 });
    const memory = new PersistentState(store.node, "key", () => ({}));
    let count: unknown;
    memory.open(() => (count = memory.at("count")));
    mock.timers.tick(600_000);
    const told = ["The context store has not answered for 10 s. The node begins when it does."];
    assert.deepEqual([store.warnings, count], [told, undefined]);
    store.answer();
    assert.equal(count, 5);
    const closed = memory.close(true);
    store.answer();
    await closed;
  });

  it("is not read by a node that has closed meanwhile, whose successor has the same key", async () => {
    const store = new SlowStore(left);
    const memory = new PersistentState(store.node, "key", () => ({ count: 1 }));
    memory.open(() => assert.fail("It is closed."));
    await memory.close();
    store.answer();
    await memory.close();
    assert.deepEqual(store.written, []);
  });

  it("is in the store when the node has closed, though it was being written already", async () => {
    const store = new SlowStore();
    const memory = new PersistentState(store.node, "key", () => ({ count: 1 }));
    memory.open(() => undefined);
    store.answer();
    void memory.save();
    let isClosed = false;
    const closed = memory.close().then(() => (isClosed = true));
    await new Promise(setImmediate);
    assert.equal(isClosed, false);
    store.answer();
    await closed;
    assert.deepEqual(store.written, [{ count: 1 }]);
  });

  it("is handed to a successor although Node-RED has deleted the context, but not where the node was removed", async () => {
    for (const removed of [false, true]) {
      const id = randomUUID();
      const first = new SlowStore(undefined, id);
      const memory = new PersistentState(first.node, "key", () => ({ removed }));
      memory.open(() => undefined);
      first.answer();
      const closed = memory.close(removed);
      first.answer();
      await closed;
      const kept = ["another key", "key", "key"].map((key) => {
        const store = new SlowStore(undefined, id);
        const successor = new PersistentState(store.node, key, () => ({}));
        successor.open(() => undefined);
        store.answer();
        // A node that is removed leaves nothing, and stops its timer.
        void successor.close(true);
        return successor.at("removed");
      });
      assert.deepEqual(kept, [undefined, removed ? undefined : false, undefined]);
    }
  });

  it("counts as nothing where the store fails, and that is told", async () => {
    const store = new SlowStore(left);
    store.fault = new Error("disk full");
    const memory = new PersistentState(store.node, "key", () => ({ count: 1 }));
    let isReady = false;
    memory.open(() => (isReady = true));
    store.answer();
    assert.equal(isReady, true);
    const closed = memory.close();
    store.answer();
    await closed;
    assert.deepEqual(store.warnings, [
      "The context store could not be read: disk full",
      "The context store could not be written: disk full",
    ]);
  });
});

describe("what a history node has given", () => {
  it("is not taken for nothing where the store can't be read, but asked for again", async () => {
    const store = new SlowStore(left);
    store.fault = new Error("disk full");
    const memory = new ArchiveStore(store.node, "");
    const failed = assert.rejects(memory.open(), {
      code: "precondition_failed",
      message: /could not be read: disk full/,
    });
    store.answer();
    await failed;
    store.fault = undefined;
    const opened = memory.open();
    store.answer();
    await opened;
    assert.deepEqual(memory.archive.toJSON(), left.positions);
    const closed = memory.close(true);
    store.answer();
    await closed;
    assert.deepEqual(store.written, [left]);
  });
});
