import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { systemClock } from "../../../../../cloud/core/clock";
import type { Rest } from "../../../../../cloud/rest/index";
import { restOn, startFakeCloud, type FakeCloud, type Seen } from "../../../../support/fake-api";
import { rejection } from "../../../../support/rejection";
import { until } from "../../../../support/wait";

describe("directory", () => {
  let cloud: FakeCloud;
  let rest: Rest;
  /** Names by id: what the far side has. */
  let names: Map<string, string>;
  let skew: number;

  beforeEach(async () => {
    cloud = await startFakeCloud();
    skew = 0;
    const clock = { ...systemClock, monotonic: () => systemClock.monotonic() + skew };
    rest = restOn(cloud, { clock });
    names = new Map();
    cloud.replies = [
      ({ path, query }: Seen) => {
        const id = /\/things\/(.+)$/.exec(path)?.[1];
        const json = (key: string) => ({
          id: key,
          name: names.get(key),
          properties: [{ id: randomUUID(), name: "x" }],
        });
        if (id !== undefined) return names.has(id) ? { body: json(id) } : { status: 404 };
        const asked = query.getAll("ids");
        return { body: [...names.keys()].filter((key) => asked.length === 0 || asked.includes(key)).map(json) };
      },
    ];
  });
  afterEach(async () => {
    rest.close();
    await cloud.stop();
  });

  function addThings(count: number, name = "Thing"): string[] {
    const ids = Array.from({ length: count }, () => randomUUID());
    ids.forEach((id, index) => names.set(id, `${name} ${index}`));
    return ids;
  }

  const paths = (): string[] => cloud.requests.map(({ path }) => path);

  it("asks for one thing with one request, and remembers the answer", async () => {
    const [id = ""] = addThings(3);
    assert.equal(rest.directory.peek(id), undefined);
    const thing = await rest.directory.thing(id);
    assert.equal(thing.name, "Thing 0");
    assert.equal(thing.properties.length, 1);
    assert.equal(await rest.directory.thing(id.toUpperCase()), thing);
    assert.equal(rest.directory.peek(id.toUpperCase()), thing);
    assert.deepEqual(paths(), [`/iot/v2/things/${id}`]);
  });

  it("asks once for a thing that a thousand want at the same time", async () => {
    const [id = ""] = addThings(1);
    const { signal } = new AbortController();
    await Promise.all(Array.from({ length: 1_000 }, () => rest.directory.thing(id, { signal })));
    assert.equal(cloud.requests.length, 1);
  });

  it("asks for several things with one list, for more than a hundred with one per hundred", async () => {
    const ids = addThings(250);
    const few = ids.slice(0, 5);
    await Promise.all(few.map((id) => rest.directory.thing(id)));
    assert.deepEqual(paths(), ["/iot/v2/things"]);
    assert.deepEqual(cloud.requests[0]?.query.getAll("ids").sort(), few.sort());
    assert.equal(cloud.requests[0].query.get("show_properties"), "true");
    const things = await Promise.all(ids.map((id) => rest.directory.thing(id)));
    assert.deepEqual(
      things.map(({ id }) => id),
      ids,
    );
    assert.equal(cloud.requests.length, 4);
    assert.equal(cloud.tokenRequests.length, 1);
  });

  it("asks once for all where any name is among them", async () => {
    const ids = addThings(150);
    const [byName] = await Promise.all([rest.directory.thing("Thing 7"), ...ids.map((id) => rest.directory.thing(id))]);
    assert.equal(byName.id, ids[7]);
    assert.equal(cloud.requests.length, 1);
    assert.equal(cloud.requests[0]?.query.has("ids"), false);
    await rest.directory.thing("Thing 8");
    assert.equal((await rest.directory.things()).length, 150);
    assert.equal(cloud.requests.length, 1);
  });

  it("answers with knowledge as old as allowed, not older", async () => {
    const [id = ""] = addThings(1);
    await rest.directory.thing(id);
    skew += 299_000;
    await rest.directory.thing(id);
    assert.equal(cloud.requests.length, 1);
    names.set(id, "Renamed");
    assert.equal((await rest.directory.thing(id, { maxAgeMs: 400_000 })).name, "Thing 0");
    assert.equal((await rest.directory.thing(id, { maxAgeMs: 0 })).name, "Renamed");
    skew += 301_000;
    await rest.directory.thing("Renamed");
    await rest.directory.thing("Renamed", { maxAgeMs: 0 });
    assert.equal(cloud.requests.length, 4);
  });

  it("asks anew for what was forgotten, and drops what the full list does not have any more", async () => {
    const [id = "", gone = ""] = addThings(2);
    await rest.directory.things();
    rest.directory.forget(id);
    assert.equal(rest.directory.peek(id), undefined);
    await rest.directory.thing(id);
    assert.equal(cloud.requests.length, 2);
    names.delete(gone);
    await rest.directory.things();
    assert.equal(rest.directory.peek(gone), undefined);
    assert.equal(cloud.requests.length, 3);
  });

  it("joins a request under way, unless that is too old", async () => {
    const [id = ""] = addThings(1);
    const release: (() => void)[] = [];
    cloud.replies = [
      () => ({ raw: (response) => release.push(() => response.end(JSON.stringify({ id, name: "Thing 0" }))) }),
    ];
    const looks = [rest.directory.thing(id)];
    await until("the first request", () => release.length === 1);
    looks.push(rest.directory.thing(id));
    looks.push(rest.directory.thing(id, { maxAgeMs: 0 }));
    await until("the second request", () => release.length === 2);
    for (const answer of release) answer();
    await Promise.all(looks);
    assert.equal(cloud.requests.length, 2);
  });

  it("does not keep an answer from before a change", async () => {
    const reply = cloud.replies[0]!;
    for (const answeredFirst of ["early", "late"]) {
      const [id = ""] = addThings(1);
      const answers: (() => void)[] = [];
      cloud.replies = [
        (seen) => {
          const { body } = (reply as (seen: Seen) => { body: unknown })(seen);
          return { raw: (response) => answers.push(() => response.end(JSON.stringify(body))) };
        },
      ];
      const early = rest.directory.thing(id);
      await until("the early request", () => answers.length === 1);
      rest.directory.forget(id);
      names.set(id, "Renamed");
      const late = rest.directory.thing(id);
      await until("the late request", () => answers.length === 2);
      const inOrder = answeredFirst === "early" ? [early, late] : [late, early];
      for (const look of inOrder) {
        answers[look === early ? 0 : 1]?.();
        await look;
      }
      assert.deepEqual([(await early).name, (await late).name], ["Thing 0", "Renamed"]);
      assert.equal(rest.directory.peek(id)?.name, "Renamed");
    }
  });

  it("says what is not there, alone, among others and by name", async () => {
    const [id = ""] = addThings(2);
    const unknown = randomUUID();
    await rejection(rest.directory.thing(unknown), "not_found", new RegExp(`no thing ${unknown}`));
    const both = [rest.directory.thing(id), rest.directory.thing(unknown)];
    const settled = Promise.allSettled(both);
    await rejection(both[1]!, "not_found", new RegExp(`no thing ${unknown}`));
    assert.equal((await both[0]!).id, id);
    await settled;
    await rejection(rest.directory.thing("Thing 9"), "not_found", /"Thing 9".*Close names: "Thing 0"/);
    await rejection(rest.directory.thing(" "), "invalid_input", /blank/);
    names.set(randomUUID(), "Thing 0");
    await rejection(rest.directory.thing("Thing 0", { maxAgeMs: 0 }), "ambiguous", /2 things have the name "Thing 0"/);
  });

  it("lets one caller go without disturbing the others", async () => {
    const [id = "", second = ""] = addThings(2);
    const abort = new AbortController();
    const mine = rest.directory.thing(id, { signal: abort.signal });
    const others = [rest.directory.thing(id), rest.directory.thing(second)];
    abort.abort();
    await rejection(mine, "cancelled");
    assert.deepEqual(
      (await Promise.all(others)).map(({ name }) => name),
      ["Thing 0", "Thing 1"],
    );
    assert.equal(cloud.requests.length, 1);
  });

  it("tells all who wait what went wrong, and asks again next time", async () => {
    const good = cloud.replies;
    const [id = "", second = ""] = addThings(2);
    cloud.replies = [{ status: 403 }];
    const calls = [rest.directory.thing(id), rest.directory.thing(second), rest.directory.thing(id)];
    const settled = Promise.allSettled(calls);
    for (const call of calls) await rejection(call, "forbidden");
    await settled;
    cloud.replies = good;
    assert.equal((await rest.directory.thing(id)).name, "Thing 0");
  });

  it("takes odd answers for a fault, not for an empty cloud", async () => {
    const [id = ""] = addThings(1);
    for (const body of [{ things: [] }, "7", '"x"']) {
      cloud.replies = [{ body }];
      await rejection(rest.directory.things(), "server_error", /not a list/);
    }
    for (const body of [[], "null", { id: 7 }]) {
      cloud.replies = [{ body }];
      await rejection(rest.directory.thing(id), "server_error", /not a thing/);
    }
    cloud.replies = [{ body: [null, 7, { id: "", name: "x" }, { id, name: ["x"], properties: [null, 7, {}] }] }];
    assert.deepEqual(await rest.directory.things(), [{ id, name: "", properties: [] }]);
    cloud.replies = [{ body: "null" }];
    assert.deepEqual(await rest.directory.things({ maxAgeMs: 0 }), []);
  });

  it("ends with the account", async () => {
    const [id = ""] = addThings(1);
    cloud.replies = ["silence"];
    const call = rest.directory.thing(id);
    const settled = Promise.allSettled([call]);
    await until("the request", () => cloud.requests.length > 0);
    rest.close();
    await rejection(call, "cancelled");
    await settled;
  });
});
