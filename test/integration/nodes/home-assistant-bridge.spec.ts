import assert from "node:assert/strict";
import { CloudAccount } from "../../../cloud/account";
import { HomeAssistantBridge } from "../../../nodes/home-assistant/bridge";
import type { BrokerMessage } from "../../../nodes/home-assistant/retained-topics";
import { bridgeSettings } from "../../support/bridged-things";
import { type House, startHouse } from "../../support/simulated-account";
import { stopLater } from "../../support/stop";
import { until } from "../../support/wait";

describe("the bridge to Home Assistant", () => {
  let house: House;
  let isConnected: boolean;
  /** What the broker has taken, by topic. */
  let taken: Map<string, BrokerMessage["payload"]>;
  let onLost: (message: BrokerMessage) => void;

  beforeEach(async () => {
    house = await startHouse();
    isConnected = false;
    taken = new Map();
    onLost = () => undefined;
  });

  const keyOf = (id: string): string => id.replaceAll("-", "");
  const configOf = (id: string): string => `homeassistant/device/arduino_${keyOf(id)}/config`;

  /** Makes a bridge that runs until the test ends. */
  function bridgeOf(): HomeAssistantBridge {
    const none = (): void => undefined;
    const account = new CloudAccount(house.account, { onMalformed: none, onFault: none });
    const send = (message: BrokerMessage): void => {
      if (isConnected) taken.set(message.topic, message.payload);
      else onLost(message);
    };
    const bridge = new HomeAssistantBridge(
      account,
      { ...bridgeSettings(), things: [], tag: "" },
      {
        ...{ send, onChange: none, onMemory: none, onWarning: none, onFlaw: none, onListFault: none },
        onError: (reason) => assert.fail(String(reason)),
      },
    );
    stopLater(async () => {
      bridge.stop();
      await account.close();
    });
    return bridge;
  }

  it("tells all again to a broker that is there only while the first list is being told", async () => {
    const shed = house.addThing("Shed", { door: "STATUS" });
    const bridge = bridgeOf();
    onLost = ({ topic }) => {
      if (!topic.endsWith("/config")) return;
      isConnected = true;
      bridge.brokerConnected();
    };
    bridge.start({});
    await bridge.listed;
    for (const id of [house.thingId, shed]) await until(configOf(id), () => taken.has(configOf(id)));
    assert.equal(taken.get("arduino/status"), "online");
  });

  it("takes away whether a board is there, which a predecessor told, also before it knows that itself", async () => {
    const status = `arduino/${keyOf(house.thingId)}/status`;
    house.simulator.faults.rest.push({ match: "/v2/devices", delayMs: 60_000 });
    const bridge = bridgeOf();
    bridge.start({ topics: [status] });
    await bridge.listed;
    assert.ok(bridge.farewell().some(({ topic }) => topic === status));
  });

  it("has its successor take away an entity, until the broker has taken that it is gone", async () => {
    const key = keyOf(house.thingId);
    const ghost = (of: HomeAssistantBridge): unknown =>
      (of.memory as { platforms: Record<string, Record<string, string>> }).platforms[key]?.["ghost"];
    const removals: unknown[] = [];
    onLost = ({ topic, payload }) => {
      const { cmps = {} } = (topic === configOf(house.thingId) ? payload : {}) as { cmps?: Record<string, unknown> };
      if ("ghost" in cmps) removals.push(cmps["ghost"]);
    };
    const first = bridgeOf();
    first.start({ platforms: { [key]: { ghost: "switch" } } });
    await first.listed;
    assert.deepEqual([removals, ghost(first)], [[{ p: "switch" }], "switch"]);
    const second = bridgeOf();
    second.start(first.memory);
    await second.listed;
    assert.deepEqual(removals, [{ p: "switch" }, { p: "switch" }]);
    second.brokerConnected();
    assert.equal(ghost(second), undefined);
    assert.equal(ghost(first), "switch");
  });
});
