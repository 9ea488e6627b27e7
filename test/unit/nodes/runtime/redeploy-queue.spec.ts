import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { Node } from "node-red";
import { delivered, RedeployQueue } from "../../../../nodes/runtime/redeploy-queue";
import type { Message } from "../../../../nodes/runtime/input";
import { settle as settleTurns } from "../../../support/wait";

describe("the messages that wait in a node", () => {
  it("are left to its successor, but for one whose outcome is known at the moment of the close", async () => {
    const id = randomUUID();
    const received: unknown[] = [];
    const node = { id, receive: ({ payload }: Message) => received.push(payload) } as unknown as Node;
    const queue = new RedeployQueue(node, "target", false);
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
