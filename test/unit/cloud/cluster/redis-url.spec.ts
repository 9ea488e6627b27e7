import assert from "node:assert/strict";
import { parseRedisUrl } from "../../../../cloud/cluster/redis-url";

const hostsOf = (url: string): string[] => parseRedisUrl(url).hosts.map(({ host, port }) => `${host} ${port}`);

describe("the address of a Redis", () => {
  it("names one, sentinels or nodes of a cluster", () => {
    assert.deepEqual(hostsOf("redis://redis.local"), ["redis.local 6379"]);
    assert.deepEqual(hostsOf("redis-sentinel://one,two:1/0#master"), ["one 26379", "two 1"]);
    assert.deepEqual(hostsOf("rediss-cluster://one:7000, two"), ["one 7000", "two 6379"]);
  });

  it("may be an IPv6 address, which stands in brackets", () => {
    assert.deepEqual(hostsOf("redis://[::1]"), ["::1 6379"]);
    assert.deepEqual(hostsOf("rediss://[fe80::1]:7000/2"), ["fe80::1 7000"]);
    assert.deepEqual(hostsOf("redis-sentinel://[::1]:1,[::2]#master"), ["::1 1", "::2 26379"]);
    assert.equal(parseRedisUrl("redis://[::1]:7000").shown, "[::1]:7000");
    for (const url of ["redis://::1", "redis://[::1", "redis://[::1]x", "redis://[one]"])
      assert.throws(() => parseRedisUrl(url), { code: "not_configured" }, url);
  });
});
