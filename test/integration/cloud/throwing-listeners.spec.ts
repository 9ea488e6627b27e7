import assert from "node:assert/strict";
import { CloudAccount } from "../../../cloud/account";
import type { CloudError } from "../../../cloud/core/errors";
import { CloudDevice } from "../../../cloud/device";
import { type House, startHouse } from "../../support/simulated-account";
import { until } from "../../support/wait";

/** A fault in one listener is that one's own: all others hear, and the process lives. */
describe("listeners that throw", () => {
  let house: House;
  const warnings: Error[] = [];
  const note = (warning: Error): number => warnings.push(warning);
  const fail = (): never => {
    throw new TypeError("a fault of ours");
  };

  before(async () => {
    house = await startHouse();
    process.on("warning", note);
  });
  after(async () => {
    process.off("warning", note);
    await house.stop();
  });

  it("take no value from others, and leave the session of an account as it is", async () => {
    const faults: unknown[] = [];
    const events = { onMalformed: fail, onFault: (reason: unknown) => faults.push(reason) };
    const account = new CloudAccount(house.account, events);
    const values: unknown[] = [];
    account.session.observe(fail);
    account.knowledge.follow(fail);
    account.feed.listen(house.thingId, "reported", "", { value: fail, subscribed: fail, lost: fail });
    account.feed.listen(house.thingId, "reported", "", { value: ({ value }) => values.push(value) });
    account.session.start();
    await until("the subscription", () =>
      house.simulator.observed.connections.some(({ subscriptions }) => subscriptions.length > 0),
    );
    account.knowledge.refreshSoon();
    const topic = `/a/t/${house.thingId}/e/o`;
    house.simulator.inject(topic, Buffer.from("no SenML"));
    house.simulator.inject(topic, Buffer.from("81a20067636f756e7465720201", "hex"));
    await until("the value", () => values.length === 1);
    house.simulator.dropAll();
    await until("another connection", () => account.session.state.name !== "online");
    await until("the session", () => account.session.state.name === "online");
    await account.close();
    assert(faults.length >= 3);
    assert(warnings.some(({ name }) => name === "ArduinoCloudFault"));
  });

  it("take no write from others, whose ends are told all the same", async () => {
    const account = new CloudAccount(house.account, { onMalformed: fail, onFault: fail });
    const ends: string[] = [];
    const write = (property: string, as: "user" | "device", settle: (error?: CloudError) => void): void => {
      const values = new Map([[property, 1]]);
      const queued = { owner: "spec", whenOffline: "queue", queueLimit: 9, confirmWithinMs: undefined } as const;
      account.writer.write({ ...queued, as, thing: house.thingId, values, settle });
    };
    account.session.start();
    for (const as of ["user", "device"] as const) {
      for (const property of ["counter", "nothing"]) {
        write(property, as, fail);
        write(property, as, (error) => ends.push(`${as} ${error?.code ?? "delivered"}`));
      }
    }
    await until("the ends", () => ends.length === 4);
    await account.close();
    const expected = ["delivered", "not_found"].flatMap((end) => [`user ${end}`, `device ${end}`]);
    assert.deepEqual(ends.sort(), expected.sort());
  });

  it("leave a device as it is", async () => {
    const device = new CloudDevice(
      {
        ...{ deviceId: house.deviceId, secretKey: house.secretKey, messagesPerSecond: 25 },
        brokerUrl: house.account.deviceBrokerUrl,
      },
      { onMalformed: fail, onFault: () => undefined },
    );
    device.observe(fail);
    device.observeLastValues(fail);
    device.listen("", { value: fail, subscribed: fail });
    device.session.start();
    await until("the thing", () => device.connectionState.name === "online");
    house.simulator.inject(`/a/d/${house.deviceId}/e/i`, Buffer.from("no SenML"));
    house.simulator.inject(`/a/t/${house.thingId}/e/i`, Buffer.from("81a20067636f756e7465720201", "hex"));
    await until("the report", async () => {
      let outcome: unknown = "waiting";
      device.report({
        ...{ owner: "node", values: new Map([["counter", 2]]), whenOffline: "reject", queueLimit: 10 },
        settle: (error) => (outcome = error),
      });
      await until("the outcome", () => outcome !== "waiting");
      return outcome === undefined;
    });
    await device.close();
  });
});
