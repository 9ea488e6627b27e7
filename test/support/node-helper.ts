import { EventEmitter } from "node:events";
import { createRequire } from "node:module";
import helper from "node-red-node-test-helper";
import type { Node, NodeInitializer } from "node-red";
import type { House } from "./simulated-account";
import { stopLater } from "./stop";
import { until } from "./wait";
import accountSet from "../../nodes/account";
import clusterSet from "../../nodes/cluster";
import deviceSet from "../../nodes/device";
import deviceStatusSet from "../../nodes/device-status";
import historySet from "../../nodes/history";
import homeAssistantSet from "../../nodes/home-assistant";
import manageSet from "../../nodes/manage";
import propertyGetSet from "../../nodes/property-get";
import propertyInSet from "../../nodes/property-in";
import propertyOutSet from "../../nodes/property-out";

const nodeRed = process.env.NODE_RED ?? require.resolve("node-red");
/** Loads from the runtime under test, whichever that is. */
const fromNodeRed = createRequire(nodeRed);
/** Core nodes that flows may have, beside those that the helper loads. */
const coreSets = {
  join: "sequence/17-split.js",
  junction: "common/05-junction.js",
  "http proxy": "network/06-httpproxy.js",
};

const configTypes = ["arduino-cloud-device", "arduino-cloud-cluster", "http proxy"];

/** A message as a spec looks at it. */
export type Received = Record<string, unknown> & { payload?: unknown };

interface LogEntry {
  level: number;
  msg: unknown;
}

interface NodeRedLog {
  readonly DEBUG: number;
  readonly TRACE: number;
  addHandler(handler: EventEmitter): void;
  removeHandler(handler: EventEmitter): void;
}

/** A runtime with our nodes loaded, an account of the house and a tab; core Catch, Complete and Status nodes work. */
export interface TestRuntime {
  node(id: string): Node & { receive(message: object): void };
  /** What has arrived at a helper node. */
  at(id: string): Received[];
  /** Waits until `count` messages have arrived at a helper node, and gives them. */
  arrived(id: string, count?: number, patience?: number): Promise<Received[]>;
  /** Returns the lines that Node-RED's log has been given at a level, oldest first. */
  logged(level: "DEBUG" | "TRACE"): string[];
  unload(): Promise<void>;
}

/** The config node of a house's account. */
function accountNode(house: House, more: object = {}): Record<string, unknown> {
  return { ...house.account, id: "account", type: "arduino-cloud-account", name: "", tls: "", ...more };
}

/** The helper loads a core node for each node of the flow, and the second one of a type is refused. */
function loadCoreNodesOnce(): void {
  const { _nodeModules: modules } = helper as unknown as { _nodeModules: Record<string, NodeInitializer> };
  for (const [type, original] of Object.entries(modules)) {
    let isLoaded = false;
    modules[type] = (red) => {
      if (!isLoaded) void original(red);
      isLoaded = true;
    };
  }
}

/** Unloads what is loaded: the helper has one runtime. */
let unloadPresent: () => Promise<void> = () => Promise.resolve();

/**
 * Loads a flow into the test helper's runtime, in place of an earlier one; it is unloaded with the test or file. A device
 * node of the id "device" is the house's. Nodes of type `helper` collect what arrives at them. `settings` are what stands in
 * a settings.js, `moreCredentials` those of further nodes, by their ids.
 */
export async function load(
  house: House,
  flow: Record<string, unknown>[],
  more: object = {},
  settings: object = {},
  moreCredentials: object = {},
): Promise<TestRuntime> {
  await unloadPresent();
  helper.init(nodeRed);
  loadCoreNodesOnce();
  helper.settings(settings);
  const { hooks, log } = fromNodeRed("@node-red/util") as { hooks: object; log: NodeRedLog };
  const entries: LogEntry[] = [];
  const logger = new EventEmitter().on("log", (entry: LogEntry) => entries.push(entry));
  log.addHandler(logger);
  const nodes = [
    { id: "tab", type: "tab" },
    accountNode(house, more),
    ...flow.map((node) => (configTypes.includes(String(node.type)) ? node : { z: "tab", x: 1, y: 1, ...node })),
  ];
  const credentials = {
    account: { clientId: house.account.clientId, clientSecret: house.account.clientSecret },
    device: { deviceId: house.deviceId, secretKey: house.secretKey },
  };
  const own = [
    clusterSet,
    accountSet,
    propertyInSet,
    propertyOutSet,
    propertyGetSet,
    deviceStatusSet,
    deviceSet,
    historySet,
    manageSet,
    homeAssistantSet,
  ];
  const core = Object.entries(coreSets).flatMap(([type, set]) =>
    flow.some((node) => node["type"] === type) ? [fromNodeRed(`@node-red/nodes/core/${set}`) as NodeInitializer] : [],
  );
  // The helper's runtime leaves them out.
  const sets = [...own, ...core].map(
    (set): NodeInitializer =>
      (red) =>
        set(Object.assign(red, { hooks })),
  );
  await helper.load(sets, nodes, { ...credentials, ...moreCredentials });
  const inboxes = new Map<string, Received[]>();
  for (const { id, type } of flow) {
    if (type !== "helper") continue;
    const inbox: Received[] = [];
    inboxes.set(String(id), inbox);
    helper.getNode(String(id)).on("input", (message) => inbox.push(message));
  }
  const at = (id: string): Received[] => inboxes.get(id) ?? [];
  const unload = stopLater(async () => {
    log.removeHandler(logger);
    await helper.unload();
  });
  unloadPresent = unload;
  return {
    node: (id) => helper.getNode(id),
    at,
    arrived: async (id, count = 1, patience) => {
      await until(`${count} messages at ${id}`, () => at(id).length >= count, patience);
      return at(id);
    },
    logged: (level) => entries.filter((entry) => entry.level === log[level]).map(({ msg }) => String(msg)),
    unload,
  };
}
