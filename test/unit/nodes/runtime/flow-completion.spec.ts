import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import type { NodeAPI } from "node-red";
import { FlowCompletion } from "../../../../nodes/runtime/flow-completion";
import { settle } from "../../../support/wait";

type Hook = (event: object) => void;

/** A runtime that is nothing but its hooks, with one node that is wired to the sender. */
class Runtime {
  readonly hooks = new Map<string, Hook>();
  readonly node = { id: "sink", type: "function", _expectedDoneCount: 1 };
  readonly red = {
    hooks: { add: (name: string, hook: Hook) => this.hooks.set(name, hook), remove: () => this.hooks.clear() },
    events: new EventEmitter(),
    nodes: { getNode: () => this.node },
  } as unknown as NodeAPI;

  send(msg: object, source: object = { id: "sender" }, node: { id: string } = this.node): void {
    this.#call("preDeliver", { msg, source, destination: { id: node.id, node } });
  }

  complete(msg: object, error?: Error, { id }: { id: string } = this.node): void {
    this.#call("onComplete", { msg, node: { id }, error });
  }

  #call(name: string, event: object): void {
    for (const [key, hook] of this.hooks) if (key.startsWith(`${name}.`)) hook(event);
  }
}

describe("messages that are followed through the flow", () => {
  /** Sends messages at once; returns which are done, with the words of an error. */
  const begin = (
    maxAgeMs?: number,
  ): { runtime: Runtime; done: string[]; send: (id: string) => object; all: FlowCompletion } => {
    const runtime = new Runtime();
    const all = new FlowCompletion(runtime.red, "sender", maxAgeMs);
    const done: string[] = [];
    const send = (id: string): object => {
      const message = { _msgid: id };
      void all
        .deliver(message, (sent) => runtime.send(sent))
        .then((failure) => done.push(`${id} ${failure?.code ?? ""}`.trim()));
      return message;
    };
    return { runtime, done, send, all };
  };

  it("may be several at once, and end in any order, well or not", async () => {
    const { runtime, done, send } = begin();
    const [a, b, c] = ["a", "b", "c"].map(send) as [object, object, object];
    runtime.complete(b);
    await settle();
    assert.deepEqual(done, ["b"]);
    runtime.complete(c, new Error("the flow failed"));
    runtime.complete(b);
    runtime.complete({ _msgid: "a" });
    await settle();
    assert.deepEqual(done, ["b", "c server_error"]);
    runtime.complete(a);
    await settle();
    assert.deepEqual(done, ["b", "c server_error", "a"]);
  });

  it("are followed through a junction, though others were sent meanwhile", async () => {
    const { runtime, done, send, all } = begin();
    const junction = { id: "junction", type: "junction", _expectedDoneCount: 1 };
    const message = { _msgid: "first" };
    void all.deliver(message, (sent) => runtime.send(sent, undefined, junction)).then(() => done.push("first"));
    const next = send("next");
    const copy = { ...message };
    runtime.send(copy, { id: "junction", node: junction });
    runtime.complete(message, undefined, junction);
    runtime.complete(next);
    await settle();
    assert.deepEqual(done, ["next"]);
    runtime.complete(copy);
    await settle();
    assert.deepEqual(done, ["next", "first"]);
  });

  it("are done as soon as they are too old, when the next one is sent", async () => {
    const { runtime, done, send } = begin(0);
    const old = send("never completed");
    const later = performance.now() + 1;
    while (performance.now() <= later);
    send("next");
    await settle();
    assert.deepEqual(done, ["never completed"]);
    runtime.complete(old);
    await settle();
    assert.deepEqual(done, ["never completed"]);
  });

  it("are let go of at the end", async () => {
    const { done, send, all } = begin();
    send("a");
    send("b");
    all.abandon();
    await settle();
    assert.deepEqual(done, ["a", "b"]);
  });
});
