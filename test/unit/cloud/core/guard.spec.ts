import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { onAbort } from "../../../../cloud/core/abort";
import { systemClock } from "../../../../cloud/core/clock";
import { CloudError } from "../../../../cloud/core/errors";
import { guarded, inBackground, nextTurn } from "../../../../cloud/core/guard";
import { until } from "../../../support/wait";

/** Mocha fails over whatever is thrown out of a timer or a listener, or rejected unheard. */
describe("work that runs by itself", () => {
  const warnings: Error[] = [];
  const note = (warning: Error): number => warnings.push(warning);

  before(() => process.on("warning", note));
  after(() => process.off("warning", note));
  beforeEach(() => {
    warnings.length = 0;
  });

  /** Waits for the warning, and returns its text. */
  async function told(): Promise<string> {
    await until("the warning", () => warnings.some(({ name }) => name === "ArduinoCloudFault"));
    return warnings[0]?.message ?? "";
  }
  const fail = (): never => {
    throw new TypeError("secret-0815 is not a function");
  };

  for (const [what, start] of [
    ["a timer", () => systemClock.after(1, fail)],
    ["a timer whose work is rejected", () => systemClock.after(1, () => Promise.resolve().then(fail))],
    ["the next turn", () => nextTurn(fail)],
    ["a promise that nobody waits for", () => inBackground(Promise.resolve().then(fail))],
    ["a listener", () => new EventEmitter().on("event", guarded(fail)).emit("event")],
    [
      "the end of a signal",
      () => {
        const controller = new AbortController();
        onAbort(controller.signal, fail);
        controller.abort();
      },
    ],
  ] as [string, () => unknown][]) {
    it(`may fail in ${what}: it is told, without the words of the error`, async () => {
      start();
      const text = await told();
      assert.match(text, /TypeError at .*guard\.spec/);
      assert.doesNotMatch(text, /secret-0815/);
    });
  }

  it("tells what an error of our own says", async () => {
    systemClock.after(1, () => Promise.reject(new CloudError("offline", "There is no connection.")));
    assert.match(await told(), /^There is no connection\. It was caught/);
  });

  it("gets what it is called with", () => {
    const seen: unknown[] = [];
    guarded((...given: number[]) => seen.push(...given))(1, 2);
    assert.deepEqual(seen, [1, 2]);
  });
});
