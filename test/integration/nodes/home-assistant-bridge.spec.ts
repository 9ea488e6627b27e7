import assert from "node:assert/strict";
import { CloudAccount } from "../../../cloud/account";
import { HomeAssistantBridge } from "../../../nodes/home-assistant/bridge";
import type { BrokerMessage } from "../../../nodes/home-assistant/retained-topics";
import { bridgeSettings } from "../../support/bridged-things";
import { startHouse } from "../../support/simulated-account";
import { stopLater } from "../../support/stop";
import { until } from "../../support/wait";

describe("the bridge to Home Assistant", () => {
  it("tells all again to a broker that is there only while the first list is being told", async () => {
    const house = await startHouse();
    const shed = house.addThing("Shed", { door: "STATUS" });
    const none = (): void => undefined;
    const account = new CloudAccount(house.account, { onMalformed: none, onFault: none });
    /** What the broker has taken, by topic. */
    const taken = new Map<string, BrokerMessage["payload"]>();
    let isConnected = false;
    const send = ({ topic, payload }: BrokerMessage): void => {
      if (isConnected) taken.set(topic, payload);
      else if (topic.endsWith("/config")) {
        isConnected = true;
        bridge.brokerConnected();
      }
    };
    const bridge: HomeAssistantBridge = new HomeAssistantBridge(
      account,
      { ...bridgeSettings(), things: [], tag: "" },
      {
        ...{ send, onChange: none, onMemory: none, onWarning: none, onFlaw: none, onListFault: none },
        onError: (reason) => assert.fail(String(reason)),
      },
    );
    bridge.start({});
    stopLater(async () => {
      bridge.stop();
      await account.close();
    });
    await bridge.listed;
    for (const id of [house.thingId, shed]) {
      const topic = `homeassistant/device/arduino_${id.replaceAll("-", "")}/config`;
      await until(topic, () => taken.has(topic));
    }
    assert.equal(taken.get("arduino/status"), "online");
  });
});
