import assert from "node:assert/strict";
import { CloudError } from "../../../../cloud/core/errors";
import { Polling } from "../../../../cloud/polling/polling";
import type { Rest } from "../../../../cloud/rest/index";
import { Directory } from "../../../../cloud/rest/directory/directory";
import { FakeClock } from "../../../support/fake-clock";

const ids = Array.from({ length: 20 }, (_, index) => `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`);
const things = ids.map((id, index) => ({ id, name: `Thing ${index}`, properties: [] }));

const boardId = "dddddddd-0000-4000-8000-000000000000";

describe("Polling", () => {
  let clock: FakeClock;
  let polling: Polling;
  let calls: string[];
  /** How long the cloud takes, in milliseconds. */
  let latency: number;
  let failure: CloudError | undefined;

  beforeEach(() => {
    clock = new FakeClock();
    calls = [];
    latency = 100;
    failure = undefined;
    const client = {
      call: async ({ id }, input) => {
        const { path, query } = input ?? {};
        calls.push(id);
        await new Promise<void>((resolve) => clock.after(latency, resolve));
        if (failure !== undefined) throw failure;
        if (id === "devices_v2#list")
          return { status: 200, body: [{ id: boardId, name: "Board", type: "unoq" }, null, {}] };
        const asked = query?.["ids"] as string[] | undefined;
        const body =
          path === undefined
            ? things.filter((thing) => asked?.includes(thing.id) ?? true)
            : things.find((thing) => thing.id === path["id"]);
        return { status: 200, body };
      },
    } as Pick<Rest["client"], "call"> as Rest["client"];
    polling = new Polling({ rest: { client, directory: new Directory({ client, clock }) }, clock });
  });

  it("asks once a beat for a thousand nodes on twenty things", async () => {
    let answers = 0;
    const stops = Array.from({ length: 1_000 }, (_, node) =>
      polling.repeat(10_000, async (signal) => {
        const id = ids[node % ids.length] ?? "";
        if ((await polling.thing(id, signal)).id === id) answers++;
      }),
    );
    await clock.advance(9_000);
    assert.deepEqual([calls, answers], [["things_v2#list"], 1_000]);
    await clock.advance(30_000);
    assert.deepEqual([calls.length, answers], [4, 4_000]);
    for (const stop of stops) stop();
    await clock.advance(60_000);
    assert.deepEqual([calls.length, clock.waiting], [4, 0]);
  });

  it("asks once a beat for two hundred nodes that watch devices, started one after the other", async () => {
    let answers = 0;
    for (let node = 0; node < 200; node++) {
      polling.repeat(60_000, async (signal) => {
        const { length } = await polling.devices(signal);
        answers += length;
      });
      await clock.advance(10);
    }
    await clock.advance(50_000);
    const atStart = calls.length;
    assert.ok(atStart <= 2_000 / latency, `${atStart} requests within the two seconds of their starts`);
    answers = 0;
    await clock.advance(180_000);
    assert.deepEqual([calls.length - atStart, answers], [3, 600]);
  });

  it("asks for one thing by itself, and for names and ids together once", async () => {
    const first = polling.thing(ids[0] ?? "");
    await clock.advance(1_000);
    assert.equal((await first).name, "Thing 0");
    assert.deepEqual(calls, ["things_v2#show"]);
    const both = [polling.thing("Thing 3"), polling.thing(ids[5] ?? ""), polling.things()] as const;
    await clock.advance(1_000);
    assert.equal((await both[0]).id, ids[3]);
    assert.equal((await both[2]).length, 20);
    assert.deepEqual(calls, ["things_v2#show", "things_v2#list"]);
  });

  it("gives no answer that is older than the question, and never asks twice at a time", async () => {
    latency = 1_000;
    const asked: Promise<unknown>[] = [];
    for (let time = 0; time < 5_000; time += 50) {
      asked.push(polling.thing(ids[0] ?? ""));
      await clock.advance(50);
    }
    await clock.advance(5_000);
    await Promise.all(asked);
    assert.ok(calls.length >= 5 && calls.length <= 7, `${calls.length} requests`);
  });

  it("gives each who asked the failure, and works again afterwards", async () => {
    failure = new CloudError("offline", "away");
    const asked = [polling.devices(), polling.devices()];
    const outcomes = Promise.allSettled(asked);
    await clock.advance(1_000);
    assert.deepEqual(
      (await outcomes).map(({ status }) => status),
      ["rejected", "rejected"],
    );
    failure = undefined;
    const again = polling.devices();
    await clock.advance(1_000);
    assert.deepEqual(await again, [{ id: boardId, name: "Board", type: "unoq" }]);
    assert.equal(calls.length, 2);
  });

  it("lets one give up while the others go on", async () => {
    const giving = new AbortController();
    const one = polling.devices(giving.signal);
    const other = polling.devices();
    giving.abort();
    await assert.rejects(one, { code: "cancelled" });
    await clock.advance(1_000);
    assert.equal((await other).length, 1);
  });
});
