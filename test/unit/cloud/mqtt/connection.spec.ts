import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import type { IPublishPacket, MqttClient } from "mqtt";
import { CloudError } from "../../../../cloud/core/errors";
import { type ConnectionOptions, type MqttConnection, openConnection } from "../../../../cloud/mqtt/connection";
import { defaultTimings } from "../../../../cloud/mqtt/timings";
import { FakeClock } from "../../../support/fake-clock";
import { settle } from "../../../support/wait";

type Callback = (error?: Error | null, granted?: unknown, packet?: object) => void;

/** MQTT.js as far as a connection uses it, without a socket: a spec plays the broker. */
class FakeClient extends EventEmitter {
  connected = false;
  readonly outgoing: Record<number, unknown> = {};
  readonly stream = Object.assign(new EventEmitter(), { destroy: () => this.lose() });
  readonly requests: { what: string; callback: Callback }[] = [];
  /** Whether a polite end is answered. */
  endsPolitely = true;
  /** What the next request throws. */
  fault: Error | undefined;
  #messageId = 0;

  accept(): void {
    this.connected = true;
    this.emit("connect");
  }
  lose(): void {
    this.connected = false;
    this.emit("close");
  }
  receive(text: string, packet: Partial<IPublishPacket> = {}): void {
    this.emit("message", "topic", Buffer.from(text), packet);
  }
  subscribe(topics: string[], _options: object, callback: Callback): void {
    this.#request(`subscribe ${topics.join()}`, callback);
  }
  unsubscribe(topics: string[], callback: Callback): void {
    this.#request(`unsubscribe ${topics.join()}`, callback);
  }
  publish(topic: string, payload: Buffer, _options: object, callback: Callback): void {
    this.#request(`publish ${topic} ${payload.toString()}`, callback);
  }
  getLastMessageId(): number {
    return this.#messageId;
  }
  end(isForced: boolean, done: () => void = () => undefined): void {
    if (!isForced && !this.endsPolitely) return;
    if (this.connected) this.lose();
    done();
  }

  #request(what: string, callback: Callback): void {
    this.outgoing[++this.#messageId] = { cb: callback };
    if (this.fault !== undefined) throw this.fault;
    this.requests.push({ what, callback });
  }
}

describe("MqttConnection", () => {
  let clock: FakeClock;
  let client: FakeClient;
  let received: string[];

  beforeEach(() => {
    clock = new FakeClock();
    client = new FakeClient();
    received = [];
  });

  function open(more: Partial<ConnectionOptions> = {}): Promise<MqttConnection> {
    return openConnection({
      url: "wss://broker.example:8443/mqtt",
      login: { clientId: "me", userName: "me", password: "secret" },
      signal: new AbortController().signal,
      clock,
      timings: defaultTimings,
      connect: () => client as unknown as MqttClient,
      onMessage: (_topic, payload) => received.push(Buffer.from(payload).toString()),
      ...more,
    });
  }
  async function opened(): Promise<MqttConnection> {
    const connection = open();
    client.accept();
    return connection;
  }
  /** What an attempt to connect ends with. */
  const outcome = (fail: () => void): Promise<unknown> => {
    const attempt = open();
    fail();
    client.emit("close");
    return failureOf(attempt);
  };

  it("passes messages on, but not one that the broker repeats", async () => {
    await opened();
    client.receive("1", { messageId: 1 });
    client.receive("1", { messageId: 1, dup: true });
    client.receive("2", { messageId: 1, dup: true });
    client.receive("1", { messageId: 1 });
    client.receive("3");
    client.receive("3", { dup: true });
    assert.deepEqual(received, ["1", "2", "1", "3", "3"]);
  });

  it("tells what the broker refuses, and takes a missing answer for a refusal", async () => {
    const connection = await opened();
    const refused = connection.subscribe(["a", "b", "c", "d"]);
    client.requests[0]?.callback(new Error("some refused"), [], { granted: [0, 1, 0x80] });
    assert.deepEqual(await refused, ["c", "d"]);
  });

  it("resolves with the broker's acknowledgement, not before", async () => {
    const connection = await opened();
    let isDone = false;
    const done = connection.publish("a", Buffer.from("1")).then(() => (isDone = true));
    await clock.advance(9_999);
    assert.deepEqual([client.requests.map(({ what }) => what), isDone], [["publish a 1"], false]);
    client.requests[0]?.callback();
    await done;
    assert.deepEqual([connection.isOpen, clock.waiting], [true, 0]);
  });

  it("is taken for dead after ten seconds without an acknowledgement, and all that waits ends with it", async () => {
    const connection = await opened();
    const outcomes = [
      failureOf(connection.publish("a", Buffer.from("1"))),
      failureOf(connection.subscribe(["a"])),
      failureOf(connection.unsubscribe(["a"])),
    ];
    await clock.advance(10_000);
    assert.deepEqual((await Promise.all(outcomes)).map(codeOf), ["offline", "offline", "offline"]);
    const { code, message } = await connection.closed;
    assert.deepEqual([code, message], ["timeout", "The broker did not acknowledge within 10 seconds."]);
    assert.deepEqual([connection.isOpen, clock.waiting], [false, 0]);
  });

  it("tells why it was lost, where that is known", async () => {
    const connection = await opened();
    client.emit("error", new Error("Keepalive timeout"));
    client.lose();
    const { code, message } = await connection.closed;
    assert.deepEqual([code, message], ["offline", "The connection to the broker was closed (Keepalive timeout)."]);
    assert.equal(codeOf(await failureOf(connection.publish("a", Buffer.from("1")))), "offline");
  });

  it("ends politely, and by force after half a second", async () => {
    const polite = await opened();
    await polite.close();
    assert.equal(polite.isOpen, false);
    client = new FakeClient();
    client.endsPolitely = false;
    const rude = await opened();
    const closed = rude.close();
    await clock.advance(499);
    assert.equal(rude.isOpen, true);
    await clock.advance(1);
    await closed;
    assert.deepEqual([rude.isOpen, clock.waiting], [false, 0]);
  });

  it("is not opened where the broker or the way to it refuses, and says which", async () => {
    const refusedBy = (code: number | string, message: string): unknown =>
      outcome(() => client.emit("error", Object.assign(new Error(message), { code })));
    const errors = await Promise.all([
      refusedBy(5, "Not authorized"),
      refusedBy(3, "Server unavailable"),
      refusedBy("ECONNREFUSED", "connect ECONNREFUSED"),
      outcome(() => client.stream.emit("error", new Error("Unexpected server response: 403"))),
      outcome(() => undefined),
    ]);
    assert.deepEqual(errors.map(codeOf), ["unauthorized", "server_error", "offline", "offline", "offline"]);
    assert.match((errors[0] as Error).message, /broker\.example:8443 refused the login \(CONNACK 5, Not authorized\)/);
    assert.match((errors[3] as Error).message, /could not be reached: Unexpected server response: 403/);
  });

  it("is given up with its signal, before or while it is tried", async () => {
    const over = new AbortController();
    const attempt = open({ signal: over.signal });
    over.abort();
    client.emit("close");
    assert.equal(codeOf(await failureOf(attempt)), "cancelled");
    assert.equal(codeOf(await failureOf(open({ signal: over.signal }))), "cancelled");
  });

  describe("when MQTT.js throws", () => {
    const boom = new TypeError("The argument must not be undefined");

    it("is not opened", async () => {
      const attempt = open({
        connect: () => {
          throw boom;
        },
      });
      assert.equal(codeOf(await failureOf(attempt)), "offline");
    });

    for (const [what, request] of [
      ["subscribe", (connection: MqttConnection) => connection.subscribe(["a"])],
      ["unsubscribe", (connection: MqttConnection) => connection.unsubscribe(["a"])],
      ["publish", (connection: MqttConnection) => connection.publish("a", Buffer.from("1"))],
    ] as const) {
      it(`inside ${what}, is dropped, and leaves nothing that could reject unheard`, async () => {
        const connection = await opened();
        client.fault = boom;
        const error = await failureOf(request(connection));
        assert.equal(codeOf(error), "offline");
        assert.match((await connection.closed).message, /must not be undefined/);
        assert.deepEqual([client.outgoing, connection.isOpen, clock.waiting], [{}, false, 0]);
      });
    }
  });

  describe("given what no packet can carry", () => {
    const long = "x".repeat(66_000);

    it("refuses such topics itself, and asks the broker for the others", async () => {
      const connection = await opened();
      const topics = ["a", long, "", "b\0", "+", "a/#"];
      const refused = connection.subscribe(topics);
      client.requests[0]?.callback(null, [], { granted: [1] });
      assert.deepEqual(await refused, topics.slice(1));
      assert.deepEqual(await connection.subscribe([long]), [long]);
      await connection.unsubscribe([long]);
      const error = await failureOf(connection.publish(long, Buffer.from("1")));
      assert.deepEqual([codeOf(error), (error as Error).message.length < 500], ["invalid_input", true]);
      await settle();
      assert.deepEqual([client.requests.map(({ what }) => what), connection.isOpen], [["subscribe a"], true]);
    });

    it("does not try a login", async () => {
      let isTried = false;
      const connect = (): MqttClient => {
        isTried = true;
        return client as unknown as MqttClient;
      };
      const error = await failureOf(open({ connect, login: { clientId: "me", userName: "me", password: long } }));
      assert.deepEqual(
        [codeOf(error), isTried, (error as Error).message.includes("xx")],
        ["invalid_input", false, false],
      );
    });
  });
});

/** What work fails with; `undefined` where it does not. */
function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
}

function codeOf(reason: unknown): string {
  return reason instanceof CloudError ? reason.code : String(reason);
}
