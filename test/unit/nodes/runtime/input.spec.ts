import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import type { Node } from "node-red";
import { onInput } from "../../../../nodes/runtime/input";
import { settle } from "../../../support/wait";

describe("the messages of a node", () => {
  it("are waited for where the node ends: each has its end by then", async () => {
    const node = new EventEmitter() as unknown as Node;
    const ends: ((reason?: Error) => void)[] = [];
    const messagesEnd = onInput(
      node,
      () =>
        new Promise((resolve, reject) => ends.push((reason) => (reason === undefined ? resolve() : reject(reason)))),
    );
    const told: string[] = [];
    const done = (error?: Error): number => told.push(error?.message ?? "done");
    for (let count = 0; count < 2; count++) node.emit("input", {}, () => undefined, done);
    const ended = messagesEnd().then(() => told.push("ended"));
    ends[0]?.();
    await settle();
    assert.deepEqual(told, ["done"]);
    ends[1]?.(new Error("given up"));
    await ended;
    assert.deepEqual(told, ["done", "given up", "ended"]);
    await messagesEnd();
  });
});
