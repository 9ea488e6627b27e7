import assert from "node:assert/strict";
import net from "node:net";
import { once } from "node:events";
import type { ClusterSettings } from "../../../../cloud/cluster/cluster-settings";
import type { Cluster } from "../../../../cloud/cluster/cluster";
import type { ClusterEngine, Taking } from "../../../../cloud/cluster/engine";
import { SharedNote } from "../../../../cloud/cluster/shared-note";
import { RedisEngine } from "../../../../cloud/cluster/redis-engine";
import type { CloudError } from "../../../../cloud/core/errors";
import { describeWithRedis, type RedisServer, startRedis } from "../../../support/redis";
import { startDetour } from "../../../support/redis-detour";
import { stopLater } from "../../../support/stop";
import { until } from "../../../support/wait";

const usual: Omit<ClusterSettings, "url"> = {
  name: "a name with spaces {and} braces",
  user: "",
  password: "",
  share: "standby",
  ttlMs: 5_000,
  holdMs: 60_000,
  whenEngineDown: "hold",
};

interface Connected {
  engine: RedisEngine;
  faults: CloudError[];
  told: string[];
  servers: string[];
}

function connect(url: string, more: Partial<ClusterSettings> = {}): Connected {
  const faults: CloudError[] = [];
  const told: string[] = [];
  const servers: string[] = [];
  const engine = new RedisEngine({ ...usual, url, ...more }, usual.name, {
    onUp: (server) => servers.push(server),
    onDown: (error) => faults.push(error),
    onTold: (topic, text) => told.push(`${topic}: ${text}`),
  });
  stopLater(() => engine.close());
  return { engine, faults, told, servers };
}

async function connected(url: string, more: Partial<ClusterSettings> = {}): Promise<Connected> {
  const all = connect(url, more);
  await until("a connection", () => all.servers.length > 0);
  return all;
}

describeWithRedis("the Redis engine", () => {
  let redis: RedisServer;
  before(async () => {
    redis = await startRedis();
  });
  beforeEach(() => redis.cli("FLUSHALL"));

  it("gives a lease to one copy at a time, with epochs that only grow", async () => {
    const { engine } = await connected(redis.url);
    const ask = (me: string, ttlMs = 5_000, taking: Taking = "over", known = 0) =>
      engine.lease({ name: "0", me, ttlMs, taking, known });
    assert.equal((await ask("a", 5_000, "no")).holder, "");
    const first = await ask("a");
    assert.match(first.holder, /^a\|\d+$/);
    assert.equal(first.before, "");
    assert.equal((await ask("a")).holder, first.holder);
    const other = await ask("b");
    assert.equal(other.holder, first.holder);
    assert.ok(other.leftMs > 4_000 && other.leftMs <= 5_000, String(other.leftMs));
    // A copy whose name begins another one's is not that one.
    assert.equal((await ask("a|1")).holder, first.holder);
    await ask("b", 0);
    assert.equal((await ask("b")).holder, first.holder);
    await ask("a", 0);
    const second = await ask("b");
    assert.equal(second.before, first.holder);
    assert.ok(epoch(second.holder) > epoch(first.holder));
    // Where Redis has forgotten all, its time goes on.
    redis.cli("FLUSHALL");
    assert.ok(epoch((await ask("a")).holder) > epoch(second.holder));
  });

  it("does not give a lease away that is lost, or whose time seems over, while somebody may believe in it", async () => {
    const { engine } = await connected(redis.url);
    const ask = (me: string, taking: Taking, known = 0) => engine.lease({ name: "0", me, ttlMs: 5_000, taking, known });
    const first = await ask("a", "over");
    const [key = ""] = redis.cli("KEYS", "*lease:0").split("\n");
    redis.cli("DEL", key);
    const lost = await ask("b", "over", epoch(first.holder));
    assert.deepEqual([lost.holder, lost.hasForgotten], ["", true]);
    // Whoever has it takes it anew.
    const again = await ask("a", "anew", epoch(first.holder));
    assert.ok(epoch(again.holder) > epoch(first.holder));
    assert.equal((await ask("b", "over", epoch(first.holder))).holder, again.holder);
    redis.cli("SET", key, `${again.holder} 1 5000`);
    assert.equal((await ask("b", "freed")).holder, "");
    assert.match((await ask("b", "over")).holder, /^b\|/);
    await engine.lease({ name: "0", me: "b", ttlMs: 0, taking: "no", known: 0 });
    assert.match((await ask("c", "freed")).holder, /^c\|/);
  });

  it("lets a lease end in time where the clock was set back, and minds no foreign text", async () => {
    const { engine } = await connected(redis.url);
    const ask = (me: string) => engine.lease({ name: "0", me, ttlMs: 5_000, taking: "over", known: 0 });
    const { holder } = await ask("a");
    const [key = ""] = redis.cli("KEYS", "*lease:0").split("\n");
    redis.cli("SET", key, `${holder} ${Date.now() + 600_000} 5000`);
    assert.equal((await ask("b")).leftMs, 5_000);
    const [, ends] = redis.cli("GET", key).split(" ");
    assert.ok(Number(ends) < Date.now() + 60_000, ends);
    for (const foreign of ["", "a text", "x|1", "x|1 nan inf"]) {
      redis.cli("SET", key, foreign);
      assert.match((await ask("b")).holder, /^b\|\d+$/, foreign);
    }
  });

  it("writes marks only for who has the lease", async () => {
    const { engine } = await connected(redis.url);
    const { holder } = await engine.lease({ name: "0", me: "a", ttlMs: 5_000, taking: "over", known: 0 });
    assert.equal(await engine.mark("m", { x: "1", y: "2" }, { lease: "0", holder }), true);
    assert.equal(await engine.mark("m", { x: "3" }, { lease: "0", holder: "b|1" }), false);
    assert.equal(await engine.mark("m", { y: "" }), true);
    const { fields, time } = await engine.ask("m");
    assert.deepEqual(fields, { x: "1" });
    assert.ok(Math.abs(time - Date.now()) < 60_000);
  });

  it("keeps a note for a while from when it was written or read last", async () => {
    const own = await startRedis();
    const engines = await connected(own.url);
    const noteOf = (engine: ClusterEngine | undefined): SharedNote => {
      const cluster = { engine, state: { name: "speaking" } } as unknown as Cluster;
      return new SharedNote({ cluster, name: "archive/a", read: () => 7, onLost: () => assert.fail() });
    };
    const note = noteOf(engines.engine);
    await note.overwrite();
    const key = own.cli("KEYS", "*note:archive/a");
    const daysLeft = (): number => Number(own.cli("PTTL", key)) / 86_400_000;
    assert.ok(daysLeft() > 80, `${daysLeft()} days`);
    own.cli("PEXPIRE", key, "60000");
    assert.equal(await noteOf(engines.engine).last(), 7);
    assert.ok(daysLeft() > 80, `${daysLeft()} days`);
    // Whoever has written last knows as much, perhaps more; and where it can't be read nobody begins anew.
    assert.equal(await note.last(), undefined);
    await assert.rejects(noteOf(undefined).last(), { code: "offline" });
  });

  it("queues work again that the server has dropped", async () => {
    const { engine } = await connected(redis.url);
    const work = { id: "a", text: "text" };
    for (const lost of ["*work:q", "*work:q:ids"]) {
      await engine.submit("q", work);
      redis.cli("DEL", ...redis.cli("KEYS", lost).split("\n"));
      assert.equal(await engine.submit("q", work), "");
      assert.equal((await engine.waiting("q", "")).at(-1)?.id, "a", lost);
    }
    await engine.settle("q", { ...work, ticket: "1-1" }, "done");
    assert.deepEqual(await engine.submit("q", work), "done");
  });

  it("gives requests moments of which no second holds too many", async () => {
    const { engine } = await connected(redis.url);
    const askedAt = performance.now();
    const waits = await Promise.all(Array.from({ length: 6 }, () => engine.pace(5)));
    const [first = NaN, last = NaN] = [waits[0], waits[5]];
    assert.equal(first, 0);
    assert.ok(performance.now() + last - askedAt >= 1_000, String(waits));
  });

  it("lets no request wait for moments of another time", async () => {
    const { engine } = await connected(redis.url);
    await engine.pace(5);
    const [key = ""] = redis.cli("KEYS", "*:pace").split("\n");
    for (const moments of [`${Date.now() + 600_000} ${Date.now() + 599_000}`, "nan nan", "a text"]) {
      redis.cli("SET", key, moments);
      assert.equal(await engine.pace(5), 0, moments);
    }
  });

  it("tells all copies", async () => {
    const one = await connected(redis.url);
    const two = await connected(redis.url);
    await until("what was told", async () => {
      await one.engine.tell("own", "a b");
      return one.told.includes("own: a b") && two.told.includes("own: a b");
    });
  });

  it("lives with a server that no longer lets it hear what is told, and hears again when it does", async () => {
    const own = await startRedis();
    const { engine, faults, told } = await connected(own.url);
    const isTold = (text: string) => async (): Promise<boolean> => {
      await engine.tell("own", text).catch(() => undefined);
      return told.includes(`own: ${text}`);
    };
    await until("what is told", isTold("first"));
    // Whoever is subscribed is thrown out, and refused when it is back.
    own.cli("ACL", "SETUSER", "default", "resetchannels");
    await until("a refusal", () => faults.some(({ code }) => code === "forbidden"));
    own.cli("ACL", "SETUSER", "default", "allchannels");
    own.cli("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    await until("what is told once more", isTold("second"));
  });

  it("finds out that its connections have died without a word, and opens others", async () => {
    const detour = await startDetour(redis.port);
    const { engine, servers, told } = await connected(detour.url, { ttlMs: 750 });
    const isTold = (text: string) => async (): Promise<boolean> => {
      await engine.tell("own", text).catch(() => undefined);
      return told.includes(`own: ${text}`);
    };
    await until("what is told", isTold("first"));
    detour.swallow();
    await until("a new connection", async () => {
      await engine.ask("m").catch(() => undefined);
      return servers.length > 1;
    });
    await until("what is told once more", isTold("second"));
  });

  it("comes back by itself, and says that another server answers", async () => {
    const own = await startRedis();
    const { engine, servers, faults } = await connected(own.url);
    await own.kill();
    await until("a fault", () => faults.some(({ code }) => code === "offline"));
    await assert.rejects(engine.ask("m"), { code: "offline" });
    await own.restart(false);
    await until("a connection", () => servers.length > 1);
    assert.notEqual(servers[0], servers[1]);
    assert.deepEqual((await engine.ask("m")).fields, {});
  });

  it("says plainly what is wrong", async () => {
    const guarded = await startRedis("--requirepass", "a secret");
    for (const password of ["", "a wrong one"]) {
      const { faults } = connect(guarded.url, { password });
      await until("a refusal", () => faults.some(({ code }) => code === "unauthorized"));
      assert.doesNotMatch(faults.map(({ message }) => message).join(), /a wrong one|a secret/);
    }
    await connected(guarded.url, { password: "a secret" });

    const stranger = net
      .createServer((socket) => {
        socket.on("error", () => undefined).resume();
        socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
      })
      .listen(0, "127.0.0.1");
    await once(stranger, "listening");
    stopLater(async () => {
      stranger.close();
      await once(stranger, "close");
    });
    const { port } = stranger.address() as net.AddressInfo;
    const { faults } = connect(`redis://127.0.0.1:${port}`);
    await until("a fault", () => faults.some(({ message }) => message.includes("is no Redis")));

    const beyond = connect(`${redis.url}/99`);
    await until("a refusal", () => beyond.faults.some(({ code }) => code === "not_configured"));
    await assert.rejects(beyond.engine.ask("m"), { code: "not_configured" });
    assert.deepEqual(beyond.servers, []);

    const full = await startRedis("--maxmemory", "1");
    const { engine } = await connected(full.url);
    await assert.rejects(engine.mark("m", { x: "1" }), { code: "precondition_failed" });

    const mixed = await connected(redis.url);
    await mixed.engine.mark("m", { x: "1" });
    const [key = ""] = redis.cli("KEYS", "*:m").split("\n");
    redis.cli("DEL", key);
    redis.cli("SET", key, "a text");
    await assert.rejects(mixed.engine.mark("m", { x: "1" }), { code: "conflict" });
  });
});

function epoch(holder: string): number {
  return Number(holder.split("|").at(-1));
}
