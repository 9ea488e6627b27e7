import assert from "node:assert/strict";
import { CloudError } from "../../../../cloud/core/errors";
import { Session } from "../../../../cloud/mqtt/session";
import { FakeBroker } from "../../../support/fake-broker";
import { FakeClock } from "../../../support/fake-clock";

const topic = "/a/t/thing/e/o";

describe("the renewal of a Session", () => {
  let clock: FakeClock;
  let broker: FakeBroker;
  let session: Session;
  let lifetime: number;
  let heard: string[];
  /** Each change of state with its second. */
  let states: string[];

  beforeEach(() => {
    clock = new FakeClock();
    broker = new FakeBroker(clock);
    lifetime = 100_000;
    heard = [];
    states = [];
    let logins = 0;
    session = new Session({
      url: "wss://broker.example/mqtt",
      clock,
      connect: broker.connect,
      login: () => Promise.resolve({ clientId: `login ${++logins}`, lifetimeMs: lifetime }),
    });
    session.observe(({ name }) => states.push(`${Math.round(clock.monotonic() / 1000)} ${name}`));
    session.subscribe(topic, { message: (payload) => heard.push(Buffer.from(payload).toString()) });
  });

  async function online(): Promise<void> {
    session.start();
    await clock.advance(10);
    assert.equal(session.state.name, "online");
  }

  it("opens a successor at three quarters of the login's life, and closes the old one when it stands", async () => {
    await online();
    await clock.advance(74_900);
    assert.equal(broker.connections.length, 1);
    await clock.advance(100);
    assert.deepEqual(broker.open.length, 2);
    await clock.advance(1_000);
    assert.deepEqual(
      broker.connections.map(({ end, isOpen }) => [end, isOpen]),
      [
        ["closed", false],
        [undefined, true],
      ],
    );
    await clock.advance(75_000);
    assert.equal(broker.connections.length, 3);
    assert.deepEqual(states, ["0 connecting", "0 online"], "nobody sees it");
  });

  it("loses and repeats nothing, with connections of different lag and bytes that repeat", async () => {
    lifetime = 3_000;
    broker.lagMs = (index) => 1 + ((index * 37) % 50);
    await online();
    const sent: string[] = [];
    for (let index = 0; index < 1_000; index++) {
      // The same few bytes again and again, as boards send them.
      const text = index % 2 === 0 ? String(index) : "same";
      sent.push(text);
      broker.send(topic, text);
      await clock.advance(20);
    }
    await clock.advance(100);
    assert.deepEqual(heard, sent);
    assert.ok(broker.connections.length >= 8, `${broker.connections.length} connections`);
  });

  it("subscribes on the successor what is asked for while both are open", async () => {
    const told: string[] = [];
    await online();
    await clock.advance(75_000);
    assert.equal(broker.open.length, 2);
    session.subscribe("/late", {
      message: (payload) => heard.push(Buffer.from(payload).toString()),
      subscribed: () => told.push(broker.last.topics.has("/late") ? "subscribed" : "too early"),
    });
    await clock.advance(1_000);
    broker.send("/late", "late");
    await clock.advance(10);
    assert.deepEqual([told, heard], [["subscribed"], ["late"]]);
  });

  it("stays with the old connection when no successor is to be had, and tries again in a second", async () => {
    await online();
    await clock.advance(74_000);
    broker.refusal = new CloudError("offline", "No way there.");
    await clock.advance(1_500);
    broker.send(topic, "1");
    await clock.advance(10);
    broker.refusal = undefined;
    await clock.advance(2_000);
    broker.send(topic, "2");
    await clock.advance(10);
    assert.deepEqual(heard, ["1", "2"]);
    assert.deepEqual([broker.connections.length, broker.open.length], [2, 1]);
    assert.deepEqual(states, ["0 connecting", "0 online"]);
  });

  it("stays with the old connection when the successor is lost before it is subscribed", async () => {
    await online();
    await clock.advance(74_000);
    broker.isSilent = true;
    await clock.advance(1_500);
    assert.equal(broker.connections.length, 2);
    broker.last.lose();
    broker.isSilent = false;
    broker.send(topic, "1");
    await clock.advance(10);
    assert.deepEqual([heard, broker.open.length], [["1"], 1]);
    assert.deepEqual(states, ["0 connecting", "0 online"]);
  });

  it("goes on with the successor when the old connection is lost in between", async () => {
    await online();
    await clock.advance(75_100);
    broker.send(topic, "1");
    await clock.advance(10);
    broker.connections[0]?.lose();
    broker.send(topic, "2");
    await clock.advance(10);
    assert.deepEqual(heard, ["1", "2"]);
    assert.deepEqual(states, ["0 connecting", "0 online", "75 connecting", "75 online"]);
    assert.equal(broker.open.length, 1);
  });

  it("connects anew when both are lost", async () => {
    await online();
    await clock.advance(75_100);
    for (const connection of broker.connections) connection.lose();
    await clock.advance(2_000);
    broker.send(topic, "1");
    await clock.advance(10);
    assert.deepEqual([heard, broker.connections.length, session.state.name], [["1"], 3, "online"]);
  });

  it("lets what was written be acknowledged before the old connection goes, and holds back the rest", async () => {
    const told: string[] = [];
    let drained: () => void = () => undefined;
    session.setPublisher({
      online: (connection) => told.push(`online ${broker.connections.findIndex((one) => one === connection)}`),
      offline: () => told.push("offline"),
      drain: () => new Promise((resolve) => (drained = resolve)),
    });
    await online();
    await clock.advance(80_000);
    assert.deepEqual([told, broker.open.length], [["online 0"], 2]);
    drained();
    await clock.advance(10);
    assert.deepEqual([told, broker.open.length], [["online 0", "online 1"], 1]);
  });
});
