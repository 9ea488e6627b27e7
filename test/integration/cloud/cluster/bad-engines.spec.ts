import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { CloudAccount } from "../../../../cloud/account";
import type { ClusterSettings } from "../../../../cloud/cluster/cluster-settings";
import { clusterSettings } from "../../../support/cluster-settings";
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
    identity: String,
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

  it("has nothing to do with one of another name on the same Redis", async () => {
    const [one, two] = ["one name", "another {name}"].map((name) =>
      copyOf(house, clusterSettings(redis.url, { name })),
    );
    for (const copy of [one, two]) {
      await until("a speaker", () => copy?.account.cluster?.state.name === "speaking");
      assert.equal(copy?.account.cluster?.copies, 1);
    }
  });
});
