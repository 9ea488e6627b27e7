import assert from "node:assert/strict";
import { Announcements } from "../../../../cloud/cluster/announcements";
import type { ClusterEngine } from "../../../../cloud/cluster/engine";
import { CloudError } from "../../../../cloud/core/errors";
import { Outbox } from "../../../../cloud/live-values/outbox";
import { DeviceRelay } from "../../../../cloud/relay/device-relay";
import type { DeviceWrite } from "../../../../cloud/relay/device-write";
import { ModelEngine } from "../../../support/cluster-model";
import { FakeClock } from "../../../support/fake-clock";

/** A value that has reached the broker. */
type Sent = string;

/** One copy: its relay, the outbox of its device, and what became of its writes. */
class Copy {
  readonly relay: DeviceRelay;
  readonly outcomes: string[] = [];
  readonly #outbox: Outbox<string>;
  readonly #sent: Sent[];
  /** Acknowledges what is sent. */
  #acknowledge: (() => void)[] = [];
  isSlow = false;

  constructor(name: string, clock: FakeClock, model: ModelEngine, sent: Sent[]) {
    this.#sent = sent;
    this.#outbox = new Outbox({ clock, messagesPerSecond: 1_000 });
    const announcements = new Announcements(name);
    const engine: ClusterEngine = model.for(name, {
      onUp: () => undefined,
      onDown: () => undefined,
      onTold: (topic, text) => announcements.heard(topic, text),
    });
    this.relay = new DeviceRelay({
      cluster: {
        engine,
        state: { name: "joining" },
        tell: (topic, text) => engine.tell(topic, announcements.signed(text)).catch(() => undefined),
        listen: (topic, listener) => announcements.listen(topic, listener),
        observe: () => () => undefined,
      },
      deviceId: "board",
      outbox: this.#outbox,
      report: (write) => this.#report(write),
      clock,
    });
  }

  hold(): void {
    this.#outbox.online({ send: (text) => this.#send(text) });
    this.relay.hold();
  }

  letGo(): Promise<void> {
    return this.relay.letGo(() => {
      this.#outbox.offline();
      return Promise.resolve();
    });
  }

  acknowledge(): void {
    for (const one of this.#acknowledge.splice(0)) one();
  }

  write(variable: string, value: unknown, more: Partial<DeviceWrite> = {}): void {
    this.relay.write({
      owner: "node",
      values: new Map([[variable, value]]),
      whenOffline: "queue",
      queueLimit: 100,
      settle: (error) => this.outcomes.push(error?.code ?? `${variable} done`),
      ...more,
    });
  }

  #report({ owner, values, whenOffline, queueLimit, settle }: DeviceWrite): void {
    this.#outbox.add({
      ...{ owner, whenOffline, queueLimit, settle, target: "board", lane: "lane" },
      prepare: () => {
        if (values.has("wrong")) throw new CloudError("not_found", "There is no such variable.");
        return {
          targetNames: [],
          writes: [...values].map(([name, value]) => ({ payload: `${name}=${String(value)}` })),
        };
      },
    });
  }

  #send(text: string): Promise<void> {
    this.#sent.push(text);
    return this.isSlow ? new Promise((resolve) => this.#acknowledge.push(resolve)) : Promise.resolve();
  }
}

describe("writes to a device that one of several copies has", () => {
  let clock: FakeClock;
  let model: ModelEngine;
  let sent: Sent[];
  let one: Copy;
  let two: Copy;
  beforeEach(() => {
    clock = new FakeClock();
    model = new ModelEngine(clock);
    sent = [];
    one = new Copy("one", clock, model, sent);
    two = new Copy("two", clock, model, sent);
  });

  it("go out where the device is, in order, and end where they came from", async () => {
    one.hold();
    for (const value of [1, 2, 3]) two.write("level", value);
    one.write("own", 0);
    await clock.advance(1_000);
    assert.deepEqual(
      sent.filter((text) => text.startsWith("level")),
      ["level=1", "level=2", "level=3"],
    );
    assert.deepEqual(two.outcomes, ["level done", "level done", "level done"]);
    assert.deepEqual(one.outcomes, ["own done"]);
    assert.equal(two.relay.pending("node"), 0);
  });

  it("end with the error that they met there, or at once where no variable takes the value", async () => {
    one.hold();
    two.write("wrong", 1);
    two.write("level", Number.NaN);
    await clock.advance(1_000);
    assert.deepEqual([...two.outcomes].sort(), ["invalid_value", "not_found"]);
    assert.deepEqual(sent, []);
  });

  it("go out again over the copy that comes next where one dies before it told, and end once", async () => {
    one.hold();
    one.isSlow = true;
    for (const value of [1, 2]) two.write("level", value);
    await clock.advance(1_000);
    assert.deepEqual(sent, ["level=1", "level=2"]);
    assert.deepEqual(two.outcomes, []);
    // The first copy is dead from here on.
    model.cutOff.add("one");
    two.hold();
    two.write("level", 3);
    await clock.advance(5_000);
    assert.deepEqual(sent, ["level=1", "level=2", "level=1", "level=2", "level=3"]);
    assert.deepEqual(two.outcomes, ["level done", "level done", "level done"]);
  });

  it("are handed over by a copy that loses the device, its own and those of others", async () => {
    one.hold();
    one.isSlow = true;
    one.write("own", 1);
    two.write("level", 1);
    await clock.advance(1_000);
    const gone = one.letGo();
    one.write("own", 2);
    await gone;
    two.hold();
    await clock.advance(5_000);
    one.acknowledge();
    await clock.advance(5_000);
    assert.deepEqual(one.outcomes, ["own done", "own done"]);
    assert.deepEqual(two.outcomes, ["level done"]);
    assert.deepEqual([...sent.slice(2)].sort(), ["level=1", "own=1", "own=2"]);
    assert.ok(sent.lastIndexOf("own=2") > sent.lastIndexOf("own=1"));
  });

  it("wait while the engine is away, also where it forgets what was handed over", async () => {
    two.write("level", 1);
    await clock.advance(1_000);
    model.goDown();
    two.write("level", 2);
    two.write("level", 3, { whenOffline: "latest" });
    await clock.advance(10_000);
    assert.deepEqual(two.outcomes, []);
    model.comeBack(true);
    one.hold();
    await clock.advance(10_000);
    assert.deepEqual(two.outcomes, ["level done", "level done", "level done"]);
    assert.deepEqual(sent, ["level=1", "level=2", "level=3"]);
  });

  it("go out in time where the engine has lost all and counts anew, once", async () => {
    one.hold();
    for (const value of [1, 2, 3]) two.write("level", value);
    await clock.advance(1_000);
    one.isSlow = true;
    two.write("slow", 0);
    await clock.advance(1_000);
    model.forgetAll();
    two.write("level", 4);
    await clock.advance(10_000);
    one.acknowledge();
    await clock.advance(10_000);
    one.acknowledge();
    await clock.advance(10_000);
    assert.deepEqual(sent, ["level=1", "level=2", "level=3", "slow=0", "level=4"]);
    assert.equal(two.relay.pending("node"), 0);
  });

  it("wait for the device however often the engine goes away meanwhile", async () => {
    two.write("level", 1);
    for (let outage = 0; outage < 30; outage++) {
      model.goDown();
      await clock.advance(3_000);
      model.comeBack(false);
      await clock.advance(3_000);
    }
    assert.deepEqual(two.outcomes, []);
    one.hold();
    await clock.advance(10_000);
    assert.deepEqual([two.outcomes, sent], [["level done"], ["level=1"]]);
  });

  it("are forgotten with their node", async () => {
    two.write("level", 1);
    const gone = two.relay.withdraw("node");
    await clock.advance(1_000);
    await gone;
    assert.equal(two.relay.pending("node"), 0);
    assert.deepEqual(two.outcomes, []);
  });
});
