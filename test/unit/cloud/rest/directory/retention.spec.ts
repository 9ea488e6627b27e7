import assert from "node:assert/strict";
import { CloudError } from "../../../../../cloud/core/errors";
import type { CallAnswer, CallInput } from "../../../../../cloud/rest/index";
import { Retention } from "../../../../../cloud/rest/directory/retention";
import { FakeClock } from "../../../../support/fake-clock";
import { rejection } from "../../../../support/rejection";

describe("Retention", () => {
  const asked: unknown[] = [];
  let answer: () => Promise<unknown> = () => Promise.resolve({ data_retention_days: 90 });
  let clock: FakeClock;
  let retention: Retention;

  beforeEach(() => {
    asked.length = 0;
    answer = () => Promise.resolve({ data_retention_days: 90 });
    clock = new FakeClock();
    const call = async (_operation: unknown, { path }: CallInput = {}): Promise<CallAnswer> => {
      asked.push(path);
      return { status: 200, body: await answer() };
    };
    retention = new Retention({ client: { call }, clock });
  });

  it("asks once an hour for each device, however many want to know at once", async () => {
    assert.deepEqual(await Promise.all([retention.days("one"), retention.days("one")]), [90, 90]);
    await clock.advance(3_600_000);
    await retention.days("one");
    await retention.days("two");
    assert.deepEqual(asked, [{ id: "one" }, { id: "two" }]);
    await clock.advance(1);
    await retention.days("one");
    assert.equal(asked.length, 3);
  });

  it("knows nothing where there is no device, no answer or none that makes sense", async () => {
    assert.equal(await retention.days(undefined), undefined);
    assert.equal(asked.length, 0);
    for (const [index, body] of [null, [], {}, { data_retention_days: "90" }, { data_retention_days: 0 }].entries()) {
      answer = () => Promise.resolve(body);
      assert.equal(await retention.days(`device ${index}`), undefined);
    }
    answer = () => Promise.reject(new CloudError("forbidden", "no"));
    assert.equal(await retention.days("refused"), undefined);
    assert.equal(await retention.days("refused"), undefined);
    assert.equal(asked.length, 6, "a refusal is remembered too");
  });

  it("waits no longer than its caller does", async () => {
    answer = () => new Promise(() => undefined);
    const controller = new AbortController();
    const waiting = retention.days("slow", controller.signal);
    controller.abort();
    await rejection(waiting, "cancelled");
  });
});
