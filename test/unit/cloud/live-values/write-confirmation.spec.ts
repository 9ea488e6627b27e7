import assert from "node:assert/strict";
import { CloudError } from "../../../../cloud/core/errors";
import type { EncodedWrite } from "../../../../cloud/live-values/queued-message";
import type { ValueListener } from "../../../../cloud/live-values/value-feed";
import { WriteConfirmation } from "../../../../cloud/live-values/write-confirmation";
import { FakeClock } from "../../../support/fake-clock";

describe("WriteConfirmation", () => {
  let clock: FakeClock;
  let listeners: Map<string, ValueListener>;
  let confirmation: WriteConfirmation;
  let writes: readonly EncodedWrite<string>[];
  /** Code or "confirmed", and when. */
  let outcomes: string[];
  let message: string;

  beforeEach(() => {
    clock = new FakeClock();
    listeners = new Map();
    outcomes = [];
    message = "";
    confirmation = new WriteConfirmation({
      clock,
      timeoutMs: 10_000,
      feed: {
        listen: (_thingId, _direction, variable, listener) => {
          listeners.set(variable, listener);
          return () => listeners.delete(variable);
        },
      },
      settle: (error) => {
        outcomes.push(`${error?.code ?? "confirmed"} ${clock.monotonic() / 1_000}`);
        message = error?.message ?? "";
      },
    });
  });

  /** Begins to listen to these INT variables, and lets the broker grant it. */
  async function watch(...variables: string[]): Promise<void> {
    const encoded = { targetNames: [], writes: variables.map((payload) => ({ payload })) };
    const expected = variables.map((variable) => ({ variable, type: "INT", value: 5 }));
    const watched = confirmation.watch("thing", encoded, expected);
    for (const listener of listeners.values()) listener.subscribed?.();
    ({ writes } = await watched);
  }
  const report = (variable: string, value: number): void =>
    listeners.get(variable)?.value({ variable, value, timestamp: 0, direction: "reported", own: false });
  const send = (): void => writes.forEach((write) => write.onSend?.());

  it("listens before anything goes out, and is confirmed by the value once the broker has acknowledged", async () => {
    await watch("a");
    assert.deepEqual(
      writes.map(({ payload }) => payload),
      ["a"],
    );
    send();
    report("a", 5);
    assert.deepEqual(outcomes, []);
    confirmation.sentAll();
    assert.deepEqual([outcomes, listeners.size, clock.waiting], [["confirmed 0"], 0, 0]);
  });

  it("needs every variable", async () => {
    await watch("a", "b");
    send();
    confirmation.sentAll();
    report("a", 5);
    assert.deepEqual(outcomes, []);
    report("b", 5);
    assert.deepEqual(outcomes, ["confirmed 0"]);
  });

  it("times out counted from the acknowledgement, and says that nothing was reported", async () => {
    await watch("a");
    send();
    await clock.advance(60_000);
    confirmation.sentAll();
    await clock.advance(10_000);
    assert.deepEqual([outcomes, listeners.size], [["timeout 70"], 0]);
    assert.match(message, /"a" = 5 back within 10 s; it has reported no value since/);
  });

  it("does not take what was reported before for an answer", async () => {
    await watch("a");
    report("a", 5);
    send();
    confirmation.sentAll();
    await clock.advance(10_000);
    assert.deepEqual(outcomes, ["timeout 10"]);
    assert.match(message, /no value since/);
  });

  it("names the value that the board reports instead", async () => {
    await watch("a");
    send();
    confirmation.sentAll();
    report("a", 3);
    await clock.advance(10_000);
    assert.match(message, /the last value seen is 3/);
  });

  it("ends with the error that ended the message, and with a refused subscription", async () => {
    await watch("a");
    confirmation.sentAll(new CloudError("offline", "No way there."));
    assert.deepEqual([outcomes, listeners.size], [["offline 0"], 0]);
    const watched = confirmation.watch("thing", { targetNames: [], writes: [] }, [
      { variable: "a", type: "INT", value: 5 },
    ]);
    listeners.get("a")?.refused?.(new CloudError("forbidden", "Not yours."));
    await assert.rejects(watched, { code: "forbidden" });
  });

  it("says nothing more once it is ended", async () => {
    await watch("a");
    send();
    confirmation.sentAll();
    confirmation.end();
    report("a", 5);
    await clock.advance(20_000);
    assert.deepEqual([outcomes, clock.waiting], [[], 0]);
  });
});
