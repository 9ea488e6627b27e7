import assert from "node:assert/strict";
import { CloudError } from "../../../../../cloud/core/errors";
import { Directory } from "../../../../../cloud/rest/directory/directory";
import { DirectoryRefresher } from "../../../../../cloud/rest/directory/refresher";
import type { CallAnswer } from "../../../../../cloud/rest/index";
import { FakeClock } from "../../../../support/fake-clock";

const minute = 60_000;

describe("refreshing what is known of things", () => {
  let clock: FakeClock;
  let directory: Directory;
  let refresher: DirectoryRefresher;
  /** When lists were asked for, in milliseconds since the start. */
  let asked: number[];
  let fails: boolean;

  beforeEach(() => {
    clock = new FakeClock();
    asked = [];
    fails = false;
    const call = (): Promise<CallAnswer> => {
      asked.push(clock.monotonic());
      if (fails) return Promise.reject(new CloudError("offline", "No answer."));
      return Promise.resolve({ body: [], statusCode: 200 } as unknown as CallAnswer);
    };
    directory = new Directory({ client: { call }, clock });
    refresher = new DirectoryRefresher({ directory, clock });
  });
  afterEach(() => refresher.close());

  it("asks nothing while nobody uses it", async () => {
    refresher.refreshSoon();
    await clock.advance(60 * minute);
    assert.deepEqual(asked, []);
    assert.equal(clock.waiting, 0);
  });

  it("lists all things every five minutes for as many as use them, until the last has gone", async () => {
    let told = 0;
    const ends = Array.from({ length: 1_000 }, () => refresher.follow(() => told++));
    await clock.advance(16 * minute);
    assert.equal(asked.length, 3);
    assert.equal(told, 3_000);
    for (const end of ends) end();
    await clock.advance(60 * minute);
    assert.equal(asked.length, 3);
    assert.equal(clock.waiting, 0);
  });

  it("counts a list that somebody else has asked for", async () => {
    refresher.follow(() => undefined);
    await clock.advance(3 * minute);
    const listed = directory.things();
    await clock.advance(20);
    await listed;
    await clock.advance(4 * minute);
    assert.equal(asked.length, 1);
    await clock.advance(1.1 * minute);
    assert.equal(asked.length, 2);
  });

  it("goes on for five minutes after a single use", async () => {
    refresher.use();
    await clock.advance(2 * minute);
    refresher.use();
    await clock.advance(30 * minute);
    assert.equal(asked.length, 1);
    assert.equal(clock.waiting, 0);
  });

  it("asks at once when knowledge has turned out wrong, but not again within five seconds", async () => {
    refresher.follow(() => undefined);
    refresher.refreshSoon();
    refresher.refreshSoon();
    await clock.advance(100);
    assert.deepEqual(asked, [20]);
    refresher.refreshSoon();
    await clock.advance(4_800);
    assert.equal(asked.length, 1);
    await clock.advance(200);
    assert.equal(asked.length, 2);
    await clock.advance(4 * minute);
    assert.equal(asked.length, 2);
  });

  it("tells of a failure, and tries again until it passes", async () => {
    const told: (string | undefined)[] = [];
    refresher.follow((failure) => told.push(failure?.code));
    fails = true;
    await clock.advance(6 * minute);
    assert.ok(asked.length >= 3 && asked.length <= 6, String(asked.length));
    fails = false;
    await clock.advance(minute);
    assert.equal(told[0], "offline");
    assert.equal(told.at(-1), undefined);
    const count = asked.length;
    await clock.advance(4 * minute);
    assert.equal(asked.length, count);
  });

  it("ends when it is closed, also with a list under way", async () => {
    let told = 0;
    refresher.follow(() => told++);
    refresher.refreshSoon();
    await clock.advance(1);
    refresher.close();
    await clock.advance(10 * minute);
    assert.equal(told, 0);
    assert.equal(clock.waiting, 0);
  });
});
