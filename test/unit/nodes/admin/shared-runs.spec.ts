import assert from "node:assert/strict";
import { SharedRuns } from "../../../../nodes/admin/shared-runs";
import { settle } from "../../../support/wait";

describe("SharedRuns", () => {
  it("does the same work once, and another only in its turn", async () => {
    const runs = new SharedRuns(2);
    const started: string[] = [];
    const finish = new Map<string, (outcome: string) => void>();
    const run = (key: string): Promise<string> =>
      runs.run(key, () => {
        started.push(key);
        return new Promise<string>((resolve) => finish.set(key, resolve));
      });
    const all = ["a", "a", "b", "c", "d"].map(run);
    await settle();
    assert.deepEqual(started, ["a", "b"]);
    for (const key of ["b", "a", "c", "d"]) {
      finish.get(key)?.(`done ${key}`);
      await settle();
    }
    assert.deepEqual(await Promise.all(all), ["done a", "done a", "done b", "done c", "done d"]);
    assert.deepEqual(started, ["a", "b", "c", "d"]);
  });

  it("gives the turn on after a failure, and the failure to all who share it", async () => {
    const runs = new SharedRuns(1);
    const bad = (): Promise<never> => runs.run("bad", () => Promise.reject(new Error("no")));
    const both = await Promise.allSettled([bad(), bad(), runs.run("good", () => Promise.resolve(1))]);
    assert.deepEqual(
      both.map(({ status }) => status),
      ["rejected", "rejected", "fulfilled"],
    );
    assert.equal(await runs.run("bad", () => Promise.resolve(2)), 2);
  });
});
