import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { Aedes } from "aedes";
import { decodeCommand, encodeCommand } from "../../../simulator/codec/commands";
import { connectBoard, runBoard, type Board, type BoardOptions } from "../../../simulator/boards/board";
import { decodeSenml, encodeSenml, type SenmlValue } from "../../../simulator/codec/senml";
import { gather, setUp, type Setup } from "../support/setup";
import { until } from "../../support/wait";

const variables = { temperature: { type: "TEMPERATURE_C", value: 21.3 }, count: "INT", on: "STATUS" };

describe("simulated boards", () => {
  let s: Setup;
  let boards: Board[];
  beforeEach(async () => {
    s = await setUp();
    boards = [];
  });
  afterEach(async () => {
    for (const board of boards) await board.close();
    await s.stop();
  });

  async function board(options: Partial<BoardOptions> = {}): Promise<Board> {
    const { id: deviceId, secret_key: secretKey } = s.device;
    const url = s.broker.deviceBrokerUrl;
    const made = await connectBoard({ url, deviceId, secretKey, variables, reconnectMs: 20, ...options });
    boards.push(made);
    return made;
  }
  /** A board of a device of its own, without a thing. */
  const strange = (options: Partial<BoardOptions>): Promise<Board> => {
    const { id: deviceId } = s.store.createDevice({ name: "Other", secret_key: "other" }, { userId: s.user.id });
    return board({ deviceId, secretKey: "other", ...options });
  };
  const last = (name: string) => s.store.propertyNamed(s.thing.id, name)!.last_value;
  const write = (values: Record<string, SenmlValue>): void => {
    const entries = Object.entries(values).map(([variable, value]) => ({ variable, value }));
    s.broker.inject(`/a/t/${s.thing.id}/e/i`, encodeSenml(entries, "js"));
  };
  const sent = (channel: string): string[] =>
    s.observed.publishes
      .filter(({ topic }) => topic.endsWith(channel))
      .map(({ payload }) => Buffer.from(payload).toString("hex"));

  for (const profile of ["cpp", "python"] as const) {
    describe(`of profile ${profile}`, () => {
      it("learns its thing and the cloud's values, and reports its own", async () => {
        s.store.record(s.thing.id, "count", 5, Date.now());
        const { thingId, values, ready } = await board({ profile });
        assert.deepEqual([thingId, ready], [s.thing.id, true]);
        assert.deepEqual(values, { temperature: 21.3, count: 5 });
        await until("the first report", () => last("temperature") !== undefined);
        assert.equal(last("temperature"), profile === "cpp" ? Math.fround(21.3) : 21.3);
        assert.equal(last("on"), undefined);
      });

      it("obeys writes and calls back", async () => {
        const made = await board({ profile, variables: { ...variables, lamp: "HOME_COLORED_LIGHT" } });
        const seen: unknown[] = [];
        const off = made.onWrite((one) => seen.push(one));
        write({ on: true, lamp: { swi: true, hue: 10, sat: 20, bri: 30 }, unknown: 1 });
        await until("two writes", () => seen.length === 2);
        off();
        write({ lamp: { bri: 99 } });
        await until("the third write", () => made.writes.length === 3);
        assert.deepEqual(seen, made.writes.slice(0, 2));
        assert.deepEqual(made.values["lamp"], { swi: true, hue: 10, sat: 20, bri: 99 });
      });

      it("comes back after a lost connection and reports what waited, once", async () => {
        const made = await board({ profile });
        await until("the first report", () => last("temperature") !== undefined);
        await s.broker.brokerDown(true);
        await until("the loss", () => !made.ready);
        await made.report({ count: 1 });
        await made.report({ count: 2 });
        await s.broker.brokerDown(false);
        await until("the report", () => last("count") === 2);
        assert.equal(s.store.propertyNamed(s.thing.id, "count")!.history.length, 1);
        assert.equal(s.store.propertyNamed(s.thing.id, "temperature")!.history.length, 1);
      });

      it("follows its device to another thing, and to none", async () => {
        const made = await board({ profile });
        const other = s.store.createThing({ name: "Other" }, { userId: s.user.id });
        s.store.attach(s.device.id, other.id);
        await until("the other thing", () => made.ready && made.thingId === other.id);
        s.broker.inject(`/a/t/${other.id}/e/i`, encodeSenml([{ variable: "count", value: 8 }], "js"));
        await until("a write by the other thing", () => made.values["count"] === 8);
        s.store.detach(other.id);
        await until("no thing", () => made.thingId === "");
        assert.equal(made.ready, false);
      });

      it("waits for a thing when it has none", async () => {
        s.store.detach(s.thing.id);
        const made = await board({ profile });
        assert.deepEqual([made.thingId, made.ready], ["", false]);
        s.store.attach(s.device.id, s.thing.id);
        await until("the thing", () => made.ready);
      });

      it("closes for good, online or not", async () => {
        const first = await board({ profile });
        await first.close();
        await until("offline", () => s.device.connected === false);
        const second = await board({ profile });
        const witness = await strange({ profile });
        const connects = (deviceId: string): number =>
          s.observed.connects.filter(({ clientId }) => clientId === deviceId).length;
        const before = connects(second.deviceId);
        await s.broker.brokerDown(true);
        await until("the loss", () => !second.ready);
        await second.close();
        await s.broker.brokerDown(false);
        // What another board of its kind does in the meantime.
        await until("the return of another", () => connects(witness.deviceId) === 2);
        assert.equal(connects(second.deviceId), before);
      });
    });
  }

  it("echoes accepted writes as C++ does, and not as Python does", async () => {
    const loud = await board({ accept: ({ value }) => value !== 13 });
    write({ count: 13 });
    write({ count: 7 });
    await until("the echo", () => last("count") === 7);
    assert.deepEqual(loud.values["count"], 7);
    await loud.close();
    const quiet = await board({ profile: "python" });
    write({ count: 9 });
    await until("the write", () => quiet.values["count"] === 9);
    await quiet.report({ temperature: 5 });
    await until("a later report", () => last("temperature") === 5);
    assert.equal(last("count"), 7);
  });

  it("converts what is written as C++ does", async () => {
    const made = await board();
    write({ count: 2.9, on: 1, temperature: "warm" });
    await until("two writes", () => made.writes.length === 2);
    assert.deepEqual(made.writes, [
      { variable: "count", value: 2 },
      { variable: "on", value: true },
    ]);
  });

  describe("hold types as Python does", () => {
    const float64 = (variable: string, bits: string): Uint8Array =>
      Buffer.from(
        `81a200${(0x60 + variable.length).toString(16)}${Buffer.from(variable).toString("hex")}02fb${bits}`,
        "hex",
      );
    const inject = (payload: Uint8Array): void => s.broker.inject(`/a/t/${s.thing.id}/e/i`, payload);
    const startAgain = async (count: number): Promise<void> =>
      until(`connection ${count}`, () => s.observed.connects.length === count && s.device.connected === true);

    it("an int takes no float, whole or not, whatever the type of the variable", async () => {
      const made = await board({ profile: "python", variables: { temperature: { type: "FLOAT", value: 0 } } });
      inject(float64("temperature", "403f000000000000"));
      await startAgain(2);
      await until("ready again", () => made.ready);
      write({ temperature: 21.5 });
      await startAgain(3);
      await until("ready again", () => made.ready);
      write({ temperature: 31 });
      await until("the integer", () => made.values["temperature"] === 31);
      assert.equal(s.observed.connects.length, 3);
    });

    it("a float takes ints, a variable without a value anything, and no type another's", async () => {
      const variables = { temperature: { type: "FLOAT", value: 21, float: true }, count: "INT", on: "STATUS" };
      const made = await board({ profile: "python", variables });
      write({ temperature: 31, count: 5 });
      inject(float64("temperature", "403f800000000000"));
      await until("the writes", () => made.values["temperature"] === 31.5 && made.values["count"] === 5);
      write({ count: "many" });
      await startAgain(2);
      await until("ready again", () => made.ready);
      write({ count: true });
      await startAgain(3);
    });

    it("components each for themselves, and last values count", async () => {
      s.store.record(s.thing.id, "lamp", { swi: true, hue: 10, sat: 20.5, bri: 30 }, Date.now());
      const made = await board({ profile: "python", variables: { lamp: "HOME_COLORED_LIGHT" } });
      assert.deepEqual(made.values["lamp"], { swi: true, hue: 10, sat: 20.5, bri: 30 });
      write({ lamp: { hue: 11, sat: 21, bri: 31 } });
      await until("the write", () => made.writes.length === 1);
      write({ lamp: { bri: 31.5 } });
      await startAgain(2);
    });

    it("report a whole number in the form in which they hold it", async () => {
      const variables = { temperature: { type: "FLOAT", value: 0 }, t: { type: "FLOAT", value: 2, float: true } };
      s.store.createProperty(s.thing.id, { name: "t", type: "FLOAT" });
      const made = await board({ profile: "python", variables });
      assert.deepEqual(sent("/e/o"), ["82a2006b74656d70657261747572650200a200617402fb4000000000000000"]);
      await made.report({ temperature: 3 });
      assert.deepEqual(sent("/e/o").slice(1), ["81a2006b74656d70657261747572650203"]);
    });
  });

  it("does not start over when it is told the same thing again", async () => {
    const made = await board();
    s.broker.inject(`/a/d/${s.device.id}/c/dw`, encodeCommand("ThingUpdate", [s.thing.id]));
    write({ count: 1 });
    await until("the write", () => made.writes.length === 1);
    assert.equal(sent("/c/up").filter((hex) => hex === "da0001050080").length, 1);
  });

  for (const profile of ["cpp", "python"] as const) {
    it(`asks another broker again until that answers: ${profile}`, async () => {
      const asked: string[] = [];
      const server = createServer();
      const other = await Aedes.createBroker({
        authorizePublish: (_client, { topic, payload }, done) => {
          if (topic.endsWith("/c/up")) asked.push(decodeCommand(Buffer.from(payload)).name);
          if (topic.endsWith("shadow/o")) asked.push("shadow");
          done(null);
        },
      });
      const count = (name: string): number => asked.filter((one) => one === name).length;
      const put = (topic: string, payload: Uint8Array): void =>
        other.publish(
          { cmd: "publish", topic, payload: Buffer.from(payload), qos: 0, retain: false, dup: false },
          () => undefined,
        );
      other.on("subscribe", ([subscription]) => {
        if (subscription?.topic === "/a/d/x/e/i") asked.push("thing");
      });
      other.on("unsubscribe", () => asked.push("unsubscribe"));
      server.on("connection", (socket) => void other.handle(socket)).listen(0, "127.0.0.1");
      await once(server, "listening");
      const url = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const starting = connectBoard({ url, deviceId: "x", secretKey: "y", profile, variables, askAgainMs: 20 });
      await until("a second question for the thing", () => count(profile === "cpp" ? "ThingBegin" : "thing") >= 2);
      assert.equal(count("unsubscribe") > 0, profile === "python");
      // One answer alone may come while the board is not subscribed, as it asks once more.
      await until("a second question for values", () => {
        if (profile === "cpp") put("/a/d/x/c/dw", encodeCommand("ThingUpdate", ["t"]));
        else put("/a/d/x/e/i", encodeSenml([{ variable: "thing_id", value: "t" }], "cloud"));
        return count(profile === "cpp" ? "LastValuesBegin" : "shadow") >= 2;
      });
      if (profile === "cpp") put("/a/d/x/c/dw", encodeCommand("LastValuesUpdate", [encodeSenml([], "cloud")]));
      else put("/a/t/t/shadow/i", encodeSenml([{ variable: "count", value: 3 }], "cloud"));
      const made = await starting;
      assert.deepEqual([made.thingId, made.values["count"]], ["t", profile === "cpp" ? undefined : 3]);
      await made.close();
      await new Promise<void>((resolve) => other.close(resolve));
      server.close();
    });
  }

  it("survives malformed bytes in both dialects", async () => {
    for (const profile of ["cpp", "python"] as const) {
      const made = await board({ profile });
      for (const topic of [`/a/t/${s.thing.id}/e/i`, `/a/d/${s.device.id}/c/dw`, `/a/d/${s.device.id}/e/i`]) {
        s.broker.inject(topic, Buffer.from("ff00", "hex"));
      }
      if (profile === "cpp") {
        write({ count: 5 });
        await until("a later write", () => made.values["count"] === 5);
      } else {
        await until("the return", () => s.observed.connects.length === 3 && made.ready);
      }
      await made.close();
    }
  });

  it("writes its dialect on the wire: C++", async () => {
    const made = await board({ variables: { t: { type: "FLOAT", value: 21 } } });
    await made.report({ t: 21.5 });
    await until("two reports", () => sent("/e/o").length === 2);
    assert.deepEqual(sent("/e/o"), ["9fa20061740 2fa41a80000ff".replace(" ", ""), "9fa200617402fa41ac0000ff"]);
    const [version, network, begin, values] = sent("/c/up");
    assert.match(version!, /^da000107008165/);
    assert.match(network!, /^da00011100820165/);
    assert.deepEqual([begin, values], ["da000103008160", "da0001050080"]);
  });

  it("writes its dialect on the wire: Python", async () => {
    const made = await board({ profile: "python", variables: { t: "FLOAT" } });
    await made.report({ t: 21.5 });
    await made.report({ t: NaN });
    assert.deepEqual(sent("/e/o"), ["81a200617402fb4035800000000000", "81a200617402f97e00"]);
    assert.match(sent("/c/up")[0]!, /^da00010700816a312e342e312d73796e63$/);
    assert.deepEqual(sent("/shadow/o"), ["81a20063723a6d036d6765744c61737456616c756573"]);
  });

  it("splits messages of C++ at 256 bytes, never within a variable", async () => {
    const names = Array.from({ length: 12 }, (_, index) => `a_long_variable_name_${index}`);
    const long = Object.fromEntries(names.map((name) => [name, { type: "HOME_COLORED_LIGHT" }]));
    const made = await board({ variables: { ...long, text: "CHARSTRING" } });
    const lamp = { swi: true, hue: 1, sat: 2, bri: 3 };
    const values = Object.fromEntries(names.map((name) => [name, lamp]));
    await made.report({ ...values, text: "x".repeat(300) });
    await until("all messages", () => sent("/e/o").length >= 6);
    const packs = sent("/e/o").map((hex) => Buffer.from(hex, "hex"));
    assert.ok(packs.every(({ length }) => length <= 256));
    const readings = packs.flatMap((payload) => decodeSenml(payload));
    assert.deepEqual(
      readings.map(({ variable }) => variable),
      names,
    );
    for (const { value } of readings) assert.deepEqual({ ...(value as object) }, lamp);
  });

  it("publishes raw bytes as its own", async () => {
    const user = await s.user1();
    await user.subscribeAsync(`/a/t/${s.thing.id}/e/o`);
    const made = await board({ variables: {} });
    const got = gather(user);
    await made.publish(Buffer.from("ff", "hex"));
    await until("the bytes", () => got.length === 1);
    assert.equal(got[0]!.hex, "ff");
  });

  it("fails to start on a wrong key", async () => {
    const options = { url: s.broker.deviceBrokerUrl, secretKey: "wrong", variables, reconnectMs: 1 };
    await assert.rejects(connectBoard({ ...options, deviceId: s.device.id }), { code: 5 });
    // Another one that goes on trying shows that this one does not.
    boards.push(runBoard({ ...options, deviceId: "stubborn" }));
    const connects = (deviceId: string): number =>
      s.observed.connects.filter(({ clientId }) => clientId === deviceId).length;
    await until("attempts of another", () => connects("stubborn") > 2);
    assert.equal(connects(s.device.id), 1);
  });

  it("refuses to report a variable that it does not have", async () => {
    const made = await board();
    await assert.rejects(made.report({ nothing: 1 }), /nothing/);
  });
});
