import assert from "node:assert/strict";
import { CloudError } from "../../../../cloud/core/errors";
import { Session, type SessionLogin, type SessionOptions } from "../../../../cloud/mqtt/session";
import { FakeBroker } from "../../../support/fake-broker";
import { FakeClock } from "../../../support/fake-clock";
import { settle } from "../../../support/wait";

const topic = "/a/t/thing/e/o";
const unauthorized = new CloudError("unauthorized", "The login was refused.");

describe("Session", () => {
  let clock: FakeClock;
  let broker: FakeBroker;
  let session: Session;
  let lifetime: number | undefined;
  let heard: string[];
  /** Each change of state with its second. */
  let states: string[];

  beforeEach(() => {
    clock = new FakeClock();
    broker = new FakeBroker(clock);
    lifetime = undefined;
    heard = [];
    states = [];
    session = open();
  });

  function open(more: Partial<SessionOptions> = {}): Session {
    let logins = 0;
    const opened = new Session({
      url: "wss://broker.example/mqtt",
      clock,
      connect: broker.connect,
      login: (): Promise<SessionLogin> =>
        Promise.resolve({ clientId: `login ${++logins}`, ...(lifetime === undefined ? {} : { lifetimeMs: lifetime }) }),
      ...more,
    });
    opened.observe(({ name }) => states.push(`${Math.round(clock.monotonic() / 1000)} ${name}`));
    return opened;
  }
  const listen = (name = topic): (() => void) =>
    session.subscribe(name, { message: (payload) => heard.push(Buffer.from(payload).toString()) });
  async function online(): Promise<void> {
    session.start();
    await clock.advance(10);
    assert.equal(session.state.name, "online");
  }
  /** Seconds between the attempts to connect. */
  const waits = (): number[] =>
    broker.attempts.slice(1).map(({ at }, index) => (at - (broker.attempts[index]?.at ?? 0)) / 1000);

  describe("after a failure", () => {
    it("tries again after 1, 2, 4, 8, 16 and then each 20 seconds, with a fresh login, and tells why and until when", async () => {
      broker.refusal = new CloudError("offline", "No way there.");
      session.start();
      await settle();
      const { state } = session;
      assert.deepEqual(state, { name: "waiting", until: clock.now() + 1_000, error: broker.refusal });
      await clock.advance(75_000);
      assert.deepEqual(waits(), [1, 2, 4, 8, 16, 20, 20]);
      assert.deepEqual(
        broker.attempts.map(({ clientId }) => clientId),
        broker.attempts.map((_attempt, index) => `login ${index + 1}`),
      );
    });

    it("takes a login that is refused for no reason to end, and asks for another one", async () => {
      const refused: string[] = [];
      session = open({ loginRefused: ({ clientId }) => refused.push(clientId) });
      broker.refusal = unauthorized;
      session.start();
      await clock.advance(1_500);
      assert.equal(session.state.name, "refused");
      assert.deepEqual(refused, ["login 1", "login 2"]);
      broker.refusal = undefined;
      await clock.advance(2_000);
      assert.equal(session.state.name, "online");
    });

    it("goes on too when no login is to be had", async () => {
      let isKnown = false;
      const login = (): Promise<SessionLogin> =>
        isKnown ? Promise.resolve({ clientId: "known" }) : Promise.reject(new CloudError("forbidden", "No plan."));
      session = open({ login });
      session.start();
      await settle();
      assert.equal(session.state.name, "refused");
      isKnown = true;
      await clock.advance(1_100);
      assert.equal(session.state.name, "online");
    });

    it("waits longer after each connection that does not hold, and begins anew after one that did", async () => {
      await online();
      const seconds: number[] = [];
      for (const heldMs of [100, 9_000, 11_000, 100]) {
        await clock.advance(heldMs);
        broker.last.lose();
        await settle();
        assert.equal(session.state.name, "waiting");
        const waitMs = session.state.until - clock.now();
        seconds.push(waitMs / 1_000);
        await clock.advance(waitMs);
      }
      assert.deepEqual(seconds, [1, 2, 1, 2]);
    });
  });

  it("subscribes all that is listened to on each connection, and tells what is refused", async () => {
    const told: string[] = [];
    broker.forbidden.add("b");
    for (const name of ["a", "b", "c"]) {
      session.subscribe(name, {
        message: () => undefined,
        subscribed: () => told.push(`${name} subscribed`),
        refused: ({ code }) => told.push(`${name} ${code}`),
      });
    }
    await online();
    assert.deepEqual(told.splice(0), ["a subscribed", "b forbidden", "c subscribed"]);
    broker.forbidden.clear();
    broker.last.lose();
    await clock.advance(1_100);
    assert.deepEqual(told, ["a subscribed", "b subscribed", "c subscribed"]);
    assert.deepEqual([...broker.last.topics], ["a", "b", "c"]);
  });

  it("tells of each topic when it is subscribed, refused and lost, but not of a renewal", async () => {
    const told: string[] = [];
    const follow = (name: string): (() => void) =>
      session.subscribe(name, {
        message: () => undefined,
        subscribed: () => told.push(`${name} subscribed`),
        refused: () => told.push(`${name} refused`),
        lost: () => told.push(`${name} lost`),
      });
    broker.forbidden.add("/b");
    lifetime = 100_000;
    follow("/a");
    follow("/b");
    await online();
    assert.deepEqual(told.splice(0), ["/a subscribed", "/b refused"]);
    broker.forbidden.clear();
    broker.forbidden.add("/a");
    await clock.advance(5_000);
    assert.deepEqual(told.splice(0), ["/b subscribed"], "asked for again");
    await clock.advance(71_000);
    assert.deepEqual(told.splice(0), ["/a refused"], "the renewal");
    broker.forbidden.clear();
    broker.last.lose();
    await settle();
    assert.deepEqual(told.splice(0), ["/a lost", "/b lost"]);
    await clock.advance(2_000);
    assert.deepEqual(told.splice(0), ["/a subscribed", "/b subscribed"]);
    const stopped = session.stop();
    await clock.advance(10);
    await stopped;
    assert.deepEqual(told, ["/a lost", "/b lost"]);
  });

  it("subscribes and unsubscribes while it is online, all that come in one go together", async () => {
    await online();
    const ends = ["a", "b"].map((name) => listen(name));
    await clock.advance(10);
    assert.deepEqual([...broker.last.topics], ["a", "b"]);
    ends[0]?.();
    await clock.advance(10);
    assert.deepEqual([...broker.last.topics], ["b"]);
  });

  it("tries again when the connection is lost before all is subscribed", async () => {
    listen();
    broker.isSilent = true;
    session.start();
    await settle();
    broker.last.lose();
    broker.isSilent = false;
    await clock.advance(1_100);
    assert.equal(session.state.name, "online");
    assert.deepEqual(states.slice(-3), ["0 waiting", "1 connecting", "1 online"]);
    assert.deepEqual([...broker.last.topics], [topic]);
  });

  describe("that ends", () => {
    it("closes politely when all that was written is acknowledged", async () => {
      const told: string[] = [];
      session.setPublisher({
        online: () => undefined,
        offline: () => told.push(`offline while ${broker.last.isOpen ? "open" : "closed"}`),
        drain: () => {
          told.push("drain");
          return Promise.resolve();
        },
      });
      await online();
      await session.stop();
      assert.deepEqual(told.slice(0, 2), ["drain", "offline while open"]);
      assert.deepEqual([broker.last.end, session.state.name], ["closed", "idle"]);
      assert.equal(clock.waiting, 0);
    });

    it("is gone within two seconds where the broker has stopped answering", async () => {
      session.setPublisher({
        online: () => undefined,
        offline: () => undefined,
        drain: () => new Promise<void>(() => undefined),
      });
      await online();
      broker.isSilent = true;
      const stopped = session.close();
      await clock.advance(2_000);
      await stopped;
      assert.deepEqual([broker.last.end, session.state.name, clock.waiting], ["abandoned", "closed", 0]);
    });

    it("ends a wait, and an attempt", async () => {
      broker.refusal = unauthorized;
      session.start();
      await settle();
      await session.stop();
      assert.equal(session.state.name, "idle");
      session = open({
        login: (signal) => new Promise((_resolve, reject) => signal.addEventListener("abort", reject)),
      });
      session.start();
      await settle();
      await session.close();
      assert.deepEqual([session.state.name, clock.waiting], ["closed", 0]);
    });

    it("starts again when it is wanted while it stops, but never after it was closed", async () => {
      await online();
      const stopped = session.stop();
      session.start();
      await stopped;
      await clock.advance(10);
      assert.equal(session.state.name, "online");
      await session.close();
      session.start();
      await clock.advance(10);
      assert.deepEqual([session.state.name, broker.open.length], ["closed", 0]);
    });

    it("ends in the middle of a renewal", async () => {
      lifetime = 100_000;
      listen();
      await online();
      await clock.advance(75_100);
      assert.equal(broker.open.length, 2);
      const stopped = session.close();
      await clock.advance(2_000);
      await stopped;
      assert.deepEqual([broker.open.length, session.state.name], [0, "closed"]);
    });
  });
});
