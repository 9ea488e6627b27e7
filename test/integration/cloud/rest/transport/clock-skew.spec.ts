import assert from "node:assert/strict";
import { operation, type Rest } from "../../../../../cloud/rest/index";
import { systemClock } from "../../../../../cloud/core/clock";
import { type FakeCloud, restOn, startFakeCloud } from "../../../../support/fake-api";

describe("RestClient.clockSkew", () => {
  let cloud: FakeCloud;
  let rest: Rest;

  beforeEach(async () => {
    cloud = await startFakeCloud();
    rest = restOn(cloud, { clock: systemClock });
  });
  afterEach(async () => {
    rest.close();
    await cloud.stop();
  });

  /** Returns what is known after an answer with the date that this gives at the moment of the answer. */
  async function skewFor(dateOf: () => string): Promise<number> {
    cloud.replies = [() => ({ body: [], headers: { date: dateOf() } })];
    await rest.client.call(operation("things_v2#list"));
    return rest.client.clockSkew;
  }
  const ahead = (milliseconds: number) => (): string => new Date(Date.now() + milliseconds).toUTCString();

  it("tells how far the service's clock is ahead, to within a second or so", async () => {
    assert.equal(await skewFor(ahead(0)), 0);
    const later = await skewFor(ahead(60_000));
    assert.ok(later > 50_000 && later <= 60_000, String(later));
    const earlier = await skewFor(ahead(-60_000));
    assert.ok(earlier < -50_000 && earlier >= -60_000, String(earlier));
    assert.equal(await skewFor(() => "soon"), earlier, "what is no date changes nothing");
  });
});
