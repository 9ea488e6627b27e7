import assert from "node:assert/strict";
import { CloudAccount } from "../../../cloud/account";
import { type House, startHouse } from "../../support/simulated-account";
import { until } from "../../support/wait";

describe("an account whose services are somewhere else each time they start", () => {
  it("goes after them, with REST at once and with the session as soon as it has lost them", async () => {
    const [before, after] = await Promise.all([startHouse(), startHouse()]);
    const { clientId, clientSecret } = before.account;
    after.simulator.store.users.forEach((user) => Object.assign(user, { clientId, clientSecret }));
    const nowhere = {
      baseUrl: "http://127.0.0.1:0",
      brokerUrl: "ws://127.0.0.1:0",
      deviceBrokerUrl: "mqtt://127.0.0.1:0",
    };
    let present: House = before;
    const account = new CloudAccount(
      { ...before.account, ...nowhere, locate: () => Promise.resolve(present.account) },
      { onMalformed: (topic) => assert.fail(topic), onFault: (reason) => assert.fail(String(reason)) },
      { timings: { retryDelayMs: () => 20 } },
    );
    const things = async (): Promise<string[]> =>
      (await account.rest.directory.things({ maxAgeMs: 0 })).map(({ id }) => id);
    const isAt = ({ simulator }: House): boolean => simulator.observed.connections.some(({ kind }) => kind === "user");
    try {
      account.session.start();
      await until("the session", () => isAt(before));
      assert.deepEqual(await things(), [before.thingId]);
      present = after;
      assert.deepEqual(await things(), [after.thingId]);
      // A token of the old place is not even tried.
      const statuses = after.simulator.observed.requests.map(({ status }) => status);
      assert.deepEqual([...new Set(statuses)], [200]);
      await before.stop();
      await until("the session over there", () => isAt(after));
    } finally {
      await account.close();
    }
  });
});
