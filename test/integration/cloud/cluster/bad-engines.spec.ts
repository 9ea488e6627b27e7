import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { CloudAccount } from "../../../../cloud/account";
import type { ClusterSettings } from "../../../../cloud/cluster/cluster-settings";
import { CloudDevice } from "../../../../cloud/device";
import { DeviceRelay } from "../../../../cloud/relay/device-relay";
import { inTurns } from "../../../../nodes/runtime/in-turns";
import { clusterSettings } from "../../../support/cluster-settings";
import { attached, report, settingsOf } from "../../../support/device";
import { startDetour } from "../../../support/redis-detour";
import { describeWithRedis, type RedisServer, startRedis } from "../../../support/redis";
import { type House, startHouse } from "../../../support/simulated-account";
import { stopLater } from "../../../support/stop";
import { until } from "../../../support/wait";

/** A copy that gives the values of a variable to its flow. */
interface GivingCopy {
  account: CloudAccount;
  values: number[];
  warnings: string[];
}

function copyOf(house: House, settings: ClusterSettings): GivingCopy {
  const values: number[] = [];
  const warnings: string[] = [];
  const account = new CloudAccount(
    house.account,
    {
      onMalformed: () => assert.fail(),
      onFault: () => assert.fail(),
      onNotice: (message) => warnings.push(message),
    },
    { cluster: settings },
  );
  stopLater(() => account.close());
  const lane = account.cluster?.open<number>("tab/in", "thing", {
    speak: (value) => void values.push(value),
    skip: () => undefined,
    print: Number,
    isInitial: () => false,
  });
  account.feed.listen(house.thingId, "reported", "counter", { value: ({ value }) => lane?.take(Number(value)) });
  account.session.start();
  return { account, values, warnings };
}

/** Something that answers, and is no Redis. */
async function startStranger(): Promise<string> {
  const server = net.createServer((socket) => {
    socket.on("error", () => undefined).resume();
    socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  stopLater(async () => {
    server.close();
    await once(server, "close");
  });
  return `redis://127.0.0.1:${(server.address() as net.AddressInfo).port}`;
}

describeWithRedis("a cluster whose Redis is no use", () => {
  let house: House;
  let redis: RedisServer;
  before(async () => {
    house = await startHouse();
    redis = await startRedis();
  });

  it("says why, and gives values or keeps them, as it is told", async () => {
    const board = await house.board();
    const guarded = await startRedis("--requirepass", "a secret");
    const full = await startRedis("--maxmemory", "1");
    // A key of another kind where the lease is to be.
    const other = copyOf(house, clusterSettings(redis.url, { name: "mixed" }));
    await until("a speaker", () => other.account.cluster?.state.name === "speaking");
    const lease = redis.cli("KEYS", "*:lease:0");
    // All that is kept goes by itself one day.
    for (const key of redis.cli("KEYS", "*").split("\n")) assert.notEqual(redis.cli("PTTL", key), "-1", key);
    await other.account.close();
    redis.cli("DEL", lease);
    redis.cli("LPUSH", lease, "something else");
    const bad: [code: string, settings: Partial<ClusterSettings> & { url: string }][] = [
      ["unauthorized", { url: guarded.url, password: "a wrong one" }],
      ["server_error", { url: await startStranger() }],
      ["precondition_failed", { url: full.url }],
      ["conflict", { url: redis.url, name: "mixed" }],
      ["not_configured", { url: "http://a.redis" }],
    ];
    const copies = bad.flatMap(([code, settings]) =>
      (["speak", "hold"] as const).map((whenEngineDown) => ({
        ...{ code, whenEngineDown },
        ...copyOf(house, clusterSettings(settings.url, { ...settings, whenEngineDown })),
      })),
    );
    for (const { code, account } of copies) {
      await until(`no use: ${code}`, () => {
        const state = account.cluster?.state;
        return state?.name === "no-engine" && state.error.code === code;
      });
    }
    const speaking = copies.filter(({ whenEngineDown }) => whenEngineDown === "speak");
    await until("copies that go on", () => speaking.every(({ account }) => account.cluster?.leads === true));
    await until("subscriptions", () => copies.every(({ account }) => account.session.state.name === "online"));
    let counter = 0;
    await until("values", async () => {
      await board.report({ counter: ++counter });
      return speaking.every(({ values }) => values.length > 0);
    });
    for (const { whenEngineDown, values, warnings, code } of copies) {
      if (whenEngineDown === "hold") assert.deepEqual(values, [], code);
      assert.equal(new Set(warnings).size, warnings.length, `told once: ${warnings.join(" / ")}`);
      assert.doesNotMatch(warnings.join(), /a wrong one|a secret/);
    }
  });

  it("is left to the other copies where one alone can't reach it, and nothing is lost", async () => {
    const own = await startHouse();
    const board = await own.board();
    const pairs = await Promise.all(
      (["hold", "speak"] as const).map(async (whenEngineDown) => {
        const detour = await startDetour(redis.port);
        const shared = { name: `cut ${whenEngineDown}`, whenEngineDown };
        const one = copyOf(own, clusterSettings(detour.url, shared));
        await until("a speaker", () => one.account.cluster?.state.name === "speaking");
        const two = copyOf(own, clusterSettings(redis.url, shared));
        await until("standby", () => two.account.cluster?.state.name === "standing-by");
        return { whenEngineDown, detour, one, two };
      }),
    );
    const all = pairs.flatMap(({ one, two }) => [one, two]);
    await until("subscriptions", () => all.every(({ account }) => account.session.state.name === "online"));
    const given = ({ one, two }: (typeof pairs)[number]): Set<number> => new Set([...one.values, ...two.values]);
    let counter = 0;
    const report = (): Promise<unknown> => board.report({ counter: ++counter });
    await report();
    await until("the first value", () => pairs.every((pair) => given(pair).has(1)));
    for (const { detour } of pairs) detour.cut();
    await until("values of the other copy", async () => {
      await report();
      return pairs.every(({ two }) => two.values.length > 0);
    });
    for (const { one, whenEngineDown } of pairs) {
      await until("no Redis", () => one.account.cluster?.state.name === "no-engine");
      await until("who goes on", () => one.account.cluster?.leads === (whenEngineDown === "speak"));
      assert.ok(one.warnings.length > 0);
    }
    for (const { detour } of pairs) detour.mend();
    await until("standby", () => pairs.every(({ one }) => one.account.cluster?.state.name === "standing-by"));
    await report();
    const expected = Array.from({ length: counter }, (_none, index) => index + 1);
    await until("all values", () => pairs.every((pair) => given(pair).has(counter)));
    for (const pair of pairs)
      assert.deepEqual(
        [...given(pair)].sort((a, b) => a - b),
        expected,
        pair.whenEngineDown,
      );
  });

  it("has nothing to do with one of another name on the same Redis", async () => {
    const [one, two] = ["one name", "another {name}"].map((name) =>
      copyOf(house, clusterSettings(redis.url, { name })),
    );
    for (const copy of [one, two]) {
      await until("a speaker", () => copy?.account.cluster?.state.name === "speaking");
      assert.equal(copy?.account.cluster?.copies, 1);
    }
  });

  it("is one of two on an account: each gives all values, and a device in both says what is wrong", async () => {
    const own = await startHouse();
    const rivals = ["first", "second"].map((name) => {
      const copy = copyOf(own, clusterSettings(redis.url, { name }));
      const { cluster, turns } = copy.account;
      assert.ok(cluster && turns);
      const device = new CloudDevice(
        settingsOf(own),
        { onMalformed: () => assert.fail(), onFault: () => assert.fail() },
        { timings: { retryDelayMs: () => 100 } },
      );
      const relay = new DeviceRelay({
        ...{ cluster, deviceId: own.deviceId, outbox: device.outbox },
        report: (write) => device.report(write),
      });
      const shared = inTurns(device, turns, relay);
      stopLater(() => shared.close());
      shared.session.start();
      return { copy, device, shared };
    });
    const [first, second] = rivals;
    assert.ok(first && second);
    await until("a device that is taken over", () => first.device.connectionState.name === "taken-over");
    const state = first.device.connectionState;
    assert.equal(state.name === "taken-over" && state.error.code, "conflict");
    assert.equal(
      state.name === "taken-over" && /another client uses this device identity/.test(state.error.message),
      true,
    );
    await second.shared.session.stop();
    await attached(first.device, own.thingId);
    await until("subscriptions", () => rivals.every(({ copy }) => copy.account.session.state.name === "online"));
    assert.equal(await report(first.device, { counter: 1 }), undefined);
    await until("the value in both", () => rivals.every(({ copy }) => copy.values.includes(1)));
  });
});
