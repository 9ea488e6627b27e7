import assert from "node:assert/strict";
import type { Node } from "node-red";
import type { CloudDevice } from "../../../../cloud/device";
import type { StoredDeviceValue } from "../../../../cloud/device-protocol/shadow";
import type { ValueListener } from "../../../../cloud/live-values/value-feed";
import { DeviceListener } from "../../../../nodes/property-in/device-listener";
import type { NodeStatus } from "../../../../nodes/runtime/status";

type LastValues = Map<string, StoredDeviceValue>;

describe("DeviceListener with initial", () => {
  let listeners: [string, ValueListener][];
  let tellLastValues: (values: LastValues) => void;
  let known: LastValues | undefined;
  let sent: string[];
  let listener: DeviceListener;

  beforeEach(() => {
    listeners = [];
    sent = [];
    known = undefined;
    tellLastValues = () => undefined;
  });

  const start = (property: string): void => {
    const device = {
      connectionState: { name: "connecting" },
      thing: { id: "thing" },
      observe: () => () => undefined,
      observeLastValues: (observer: (values: LastValues) => void) => {
        const former = tellLastValues;
        tellLastValues = observer;
        if (known !== undefined) observer(known);
        return () => (tellLastValues = former);
      },
      listen: (variable: string, one: ValueListener) => {
        listeners.push([variable, one]);
        return () => undefined;
      },
    };
    const node = {
      send: ({ topic, payload, source }: Record<string, unknown>) =>
        sent.push(`${source as string} ${topic as string}=${payload as number}`),
    };
    const settings = { emit: "all", deadband: 0, compatible: false, property, propertyName: "" } as const;
    listener = new DeviceListener(
      node as unknown as Node,
      { device: () => undefined, value: () => undefined } as unknown as NodeStatus,
      { ...settings, initial: true, echo: false, isDynamic: true },
      device as unknown as CloudDevice,
      undefined,
    );
    listener.start();
  };
  const write = (variable: string, value: number): void => {
    const live = { variable, value, timestamp: 1, direction: "requested", own: false } as const;
    for (const [wanted, one] of listeners) if (wanted === "" || wanted === variable) one.value(live);
  };
  const answer = (values: Record<string, number>): void => {
    known = new Map(Object.entries(values).map(([variable, value]) => [variable, { value, timestamp: 1 }]));
    tellLastValues(known);
  };
  const all = "";

  it("gives what the cloud holds once, but not where a value has been written meanwhile", () => {
    start("a");
    listener.subscribe(all);
    write("b", 2);
    answer({ a: 1, b: 1 });
    answer({ a: 3, b: 3 });
    write("a", 4);
    assert.deepEqual(sent, ["live b=2", "initial a=1", "initial a=1", "live a=4", "live a=4"]);
  });

  it("gives it to who subscribes later, if it is known, and nothing after its end", () => {
    start("a");
    answer({ a: 1, b: 2 });
    listener.subscribe("b");
    assert.deepEqual(sent, ["initial a=1", "initial b=2"]);
    known = undefined;
    listener.subscribe("c");
    assert.equal(sent.length, 2);
    listener.stop();
    answer({ c: 3 });
    assert.equal(sent.length, 2);
  });
});
