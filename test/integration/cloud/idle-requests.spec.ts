import assert from "node:assert/strict";
import { CloudAccount } from "../../../cloud/account";
import { FakeClock } from "../../support/fake-clock";
import { type House, startHouse } from "../../support/simulated-account";
import { until } from "../../support/wait";

const minute = 60_000;
/** What is asked for at one moment goes out together. */
const gatherMs = 20;

/** A free plan has one request a second for everything. */
describe("the requests of an account", () => {
  let house: House;
  let clock: FakeClock;
  let account: CloudAccount;

  beforeEach(async () => {
    house = await startHouse();
    house.simulator.faults.tokenLifetime = 86_400;
    clock = new FakeClock();
    const onFault = (reason: unknown): void => assert.fail(String(reason));
    account = new CloudAccount(house.account, { onMalformed: () => undefined, onFault }, { clock });
  });
  afterEach(() => account.close());

  const requests = (): string[] => house.simulator.observed.requests.map(({ method, path }) => `${method} ${path}`);

  it("are none while nothing is in use, and no timer waits", async () => {
    await clock.advance(24 * 60 * minute);
    assert.deepEqual(requests(), []);
    assert.equal(clock.waiting, 0);
  });

  it("are one list in five minutes while a thousand use what is known, and none when they are gone", async () => {
    let told = 0;
    const ends = Array.from({ length: 1_000 }, () => account.knowledge.follow(() => told++));
    for (let round = 1; round <= 12; round++) {
      await clock.advance(5 * minute + gatherMs);
      await until("the list", () => told === round * 1_000);
    }
    const lists = requests().filter((request) => request === "GET /iot/v2/things");
    assert.deepEqual([lists.length, requests().length], [12, 13], "the token is one more");
    for (const end of ends) end();
    await clock.advance(60 * minute);
    assert.equal(requests().length, 13);
  });
});
