import assert from "node:assert/strict";
import { CloudError } from "../../../../cloud/core/errors";
import { RestPublisher, toReport } from "../../../../cloud/live-values/rest-publisher";
import type { KnownThing } from "../../../../cloud/rest/directory/find-by-name";
import type { Property } from "../../../../cloud/rest/models";
import type { RestClient } from "../../../../cloud/rest/transport/client";
import { FakeClock } from "../../../support/fake-clock";
import { settle } from "../../../support/wait";

describe("RestPublisher", () => {
  const thing = { id: "thing", name: "House", device_id: "device" } as KnownThing;
  const property = { id: "property" } as Property;
  let clock: FakeClock;
  let publisher: RestPublisher;
  /** The calls so far, and what ends the last one. */
  let calls: object[];
  let answer: (error?: CloudError) => Promise<void>;
  let outcomes: string[];
  /** The thing as the cloud has it now. */
  let attached: KnownThing;
  /** How often it was told that the cloud has refused a report. */
  let refusals: number;

  beforeEach(() => {
    clock = new FakeClock();
    calls = [];
    outcomes = [];
    const call = ({ id }: { id: string }, input: object): Promise<unknown> =>
      new Promise((resolve, reject) => {
        calls.push({ id, ...input });
        answer = (error) => {
          if (error === undefined) resolve({ status: 200, body: null });
          else reject(error);
          return settle();
        };
      });
    const client = { call } as unknown as RestClient;
    attached = { ...thing, properties: [] };
    refusals = 0;
    publisher = new RestPublisher({
      ...{ client, requestsPerSecond: 10, clock },
      thing: () => Promise.resolve(attached),
      onRefusal: () => refusals++,
    });
  });

  function report(value: number): void {
    publisher.outbox.add({
      ...{ owner: "node", target: "House", lane: "House", whenOffline: "queue", queueLimit: 10 },
      prepare: () => ({ targetNames: [thing.id, thing.name], writes: [{ payload: toReport(thing, property, value) }] }),
      settle: (error) => outcomes.push(`${value} ${error?.code ?? "delivered"}`),
    });
  }
  const values = (): unknown[] => calls.map((call) => (call as { body: { value: unknown } }).body.value);

  it("reports as the device that is attached now, where the one it knew is refused", async () => {
    report(1);
    await settle();
    attached = { ...attached, device_id: "another" };
    await answer(new CloudError("invalid_input", "Not the device of this thing."));
    assert.deepEqual(
      calls.map((call) => (call as { body: { device_id: string } }).body.device_id),
      ["device", "another"],
    );
    await answer();
    assert.deepEqual([outcomes, refusals], [["1 delivered"], 1]);
  });

  it("says that the thing has no device any more, where the one it knew is refused for that", async () => {
    report(1);
    await settle();
    delete attached.device_id;
    await answer(new CloudError("invalid_input", "Not the device of this thing."));
    assert.deepEqual([calls.length, outcomes, refusals], [1, ["1 precondition_failed"], 1]);
  });

  it("tells a refusal where the device is still the same, and one of the new device too", async () => {
    report(1);
    await settle();
    await answer(new CloudError("invalid_input", "The value does not fit."));
    assert.deepEqual([calls.length, outcomes], [1, ["1 invalid_input"]]);
    report(2);
    await clock.advance(100);
    attached = { ...attached, device_id: "another" };
    await answer(new CloudError("forbidden", "Not the device of this thing."));
    await answer(new CloudError("forbidden", "Nor this one."));
    assert.deepEqual([calls.length, outcomes], [3, ["1 invalid_input", "2 forbidden"]]);
  });

  it("calls once for each value, one after the other, as the thing's device", async () => {
    [1, 2].forEach(report);
    await settle();
    const path = { id: "thing", pid: "property" };
    assert.deepEqual(calls, [{ id: "properties_v2#publish", path, body: { value: 1, device_id: "device" } }]);
    await answer();
    assert.deepEqual(outcomes, ["1 delivered"]);
    await clock.advance(100);
    await answer();
    assert.deepEqual(
      [values(), outcomes],
      [
        [1, 2],
        ["1 delivered", "2 delivered"],
      ],
    );
  });

  it("tries again after 1, 2, 4 … seconds what could not be delivered, in order, and ends what is refused", async () => {
    const away = new CloudError("offline", "No way there.");
    [1, 2].forEach(report);
    await settle();
    for (const waitMs of [1_000, 2_000, 4_000]) {
      await answer(away);
      await clock.advance(waitMs - 1);
      const { length } = calls;
      await clock.advance(1);
      assert.equal(calls.length, length + 1);
    }
    await answer();
    await clock.advance(100);
    await answer(new CloudError("forbidden", "Not yours."));
    assert.deepEqual(
      [values(), outcomes],
      [
        [1, 1, 1, 1, 2],
        ["1 delivered", "2 forbidden"],
      ],
    );
  });

  it("ends what waits when it is closed", async () => {
    [1, 2].forEach(report);
    await settle();
    publisher.close();
    assert.deepEqual([outcomes, clock.waiting], [["1 cancelled", "2 cancelled"], 0]);
  });

  it("refuses to report for a thing without a device", () => {
    assert.throws(() => toReport({ id: "thing", name: "House" } as KnownThing, property, 1), {
      code: "precondition_failed",
    });
  });
});
