import assert from "node:assert/strict";
import { CloudError } from "../../../../cloud/core/errors";
import { retry } from "../../../../cloud/core/retry";
import { FakeClock } from "../../../support/fake-clock";

describe("retry", () => {
  const offline = new CloudError("offline", "Nobody answers.");

  /** Work that fails so often before it succeeds, and what it was told on each try. */
  function failing(times: number): { work: (failures: number) => Promise<string>; told: number[] } {
    const told: number[] = [];
    const work = (failures: number): Promise<string> => {
      told.push(failures);
      return told.length <= times ? Promise.reject(offline) : Promise.resolve("done");
    };
    return { work, told };
  }

  it("tries again after the time that each failure asks for, and tells the work how often it has failed", async () => {
    const clock = new FakeClock();
    const { work, told } = failing(2);
    const done = retry(work, { clock, what: "The work", onFailure: (_error, failures) => failures * 1_000 });
    await clock.advance(999);
    assert.deepEqual(told, [0]);
    await clock.advance(1);
    assert.deepEqual(told, [0, 1]);
    await clock.advance(1_999);
    assert.deepEqual(told, [0, 1]);
    await clock.advance(1);
    assert.equal(await done, "done");
    assert.deepEqual(told, [0, 1, 2]);
    assert.equal(clock.waiting, 0);
  });

  it("ends with what the decision throws", async () => {
    const hopeless = new CloudError("offline", "It was tried twice.");
    const { work, told } = failing(9);
    const onFailure = (error: CloudError, failures: number): number => {
      assert.equal(error, offline);
      if (failures === 2) throw hopeless;
      return 0;
    };
    const clock = new FakeClock();
    const done = assert.rejects(retry(work, { clock, what: "The work", onFailure }), hopeless);
    await clock.advance(0);
    await done;
    assert.deepEqual(told, [0, 1]);
  });

  it("takes whatever was thrown for a CloudError", async () => {
    const onFailure = (error: CloudError): number => {
      throw error;
    };
    const options = { clock: new FakeClock(), what: "The work", onFailure };
    await assert.rejects(
      retry(() => Promise.reject(new TypeError("odd")), options),
      { code: "server_error", message: "odd" },
    );
  });

  it("ends a wait when the signal fires, naming the work", async () => {
    const clock = new FakeClock();
    const controller = new AbortController();
    const { work, told } = failing(9);
    const options = { clock, signal: controller.signal, what: "The work", onFailure: () => 1_000 };
    const done = assert.rejects(retry(work, options), { code: "cancelled", message: /^The work was cancelled/ });
    await clock.advance(1_500);
    controller.abort();
    await done;
    assert.deepEqual(told, [0, 1]);
    assert.equal(clock.waiting, 0, "no timer is left");
  });

  it("asks nobody whether to go on once the signal has fired", async () => {
    const controller = new AbortController();
    const { work } = failing(9);
    const aborting = (failures: number): Promise<string> => {
      controller.abort();
      return work(failures);
    };
    const onFailure = (): number => assert.fail("was asked");
    const options = { clock: new FakeClock(), signal: controller.signal, what: "The work", onFailure };
    await assert.rejects(retry(aborting, options), offline);
  });
});
