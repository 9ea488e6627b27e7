import assert from "node:assert/strict";
import type { Request, Response } from "express";
import { answer } from "../../../../nodes/admin/routes";
import { settle } from "../../../support/wait";

describe("an endpoint that takes typed settings", () => {
  it("is asked once for the same at the same time, and four times at most for other things", async () => {
    const started: unknown[] = [];
    let finish: (() => void) | undefined;
    const held = new Promise<void>((resolve) => (finish = resolve));
    const handler = answer(async ({ body }: Request) => {
      started.push((body as { settings: unknown }).settings);
      await held;
      return started.length;
    });
    const answered: unknown[] = [];
    const response = { json: (body: unknown) => answered.push(body) } as unknown as Response;
    for (const settings of [1, 1, 2, 3, 4, 5, 5])
      void handler(
        { method: "POST", is: () => true, path: "/things", query: {}, body: { settings } } as unknown as Request,
        response,
        () => undefined,
      );
    await settle();
    assert.deepEqual(started, [1, 2, 3, 4]);
    finish?.();
    await settle();
    assert.deepEqual([started, answered.length], [[1, 2, 3, 4, 5], 7]);
  });
});
