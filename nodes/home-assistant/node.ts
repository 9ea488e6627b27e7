import type { Node, NodeAPI, NodeDef } from "node-red";
import { systemClock } from "../../cloud/core/clock";
import { CloudError, isOfAccount, isTransient, toCloudError } from "../../cloud/core/errors";
import { isPlainTopic } from "../../cloud/mqtt/topics";
import { readPackageFile } from "../runtime/package-files";
import { type BridgeSettings, HomeAssistantBridge } from "./bridge";
import { cancelFarewell, sayFarewell, watchBroker } from "./broker-watch";
import { CommandWriter } from "./command-writer";
import { readTopic, textOfPayload } from "./commands";
import { parseOverrides } from "./overrides";
import { FlawWarnings } from "../runtime/flaw-warnings";
import { cancelParked, RedeployQueue } from "../runtime/redeploy-queue";
import { findAccount, type UsableAccountNode } from "../runtime/account-node";
import { type Message, onClose, onInput } from "../runtime/input";
import { failMisconfiguredAloud } from "../runtime/misconfigured";
import { PersistentState } from "../runtime/persistent-state";
import { type RawSettings, readFlag, readText, settingsOf } from "../runtime/settings";
import { NodeStatus } from "../runtime/status";

/** Starts a node `arduino-cloud-home-assistant`, which shows things in Home Assistant by an MQTT broker. */
export function startBridge(RED: NodeAPI, node: Node, config: NodeDef): void {
  RED.nodes.createNode(node, config);
  const status = new NodeStatus(node);
  try {
    const raw = settingsOf(RED, config);
    connectTo(RED, node, status, readSettings(raw), findAccount(RED, readText(raw, "account")));
  } catch (reason) {
    failMisconfiguredAloud(node, status, toCloudError(reason));
    cancelParked(node);
  }
}

function readSettings(raw: RawSettings): BridgeSettings {
  const { name, version, homepage } = readPackageFile("package.json") as Record<
    "name" | "version" | "homepage",
    string
  >;
  return {
    things: readText(raw, "things")
      .split(",")
      .map((reference) => reference.trim())
      .filter((reference) => reference !== ""),
    tag: readText(raw, "tag"),
    prefix: readTopicStart(raw, "prefix", "homeassistant"),
    base: readTopicStart(raw, "base", "arduino"),
    isWritable: readFlag(raw, "write", true),
    // Flows that nobody has opened in the editor may call it "status", where the editor itself keeps another thing.
    hasStatus: readFlag(raw, "availability", typeof raw["status"] === "object" || readFlag(raw, "status", true)),
    overrides: parseOverrides(readText(raw, "overrides")),
    origin: { name: name.replace(/^.*\//, ""), sw_version: version, support_url: homepage },
  };
}

/** Reads the beginning of topics; Home Assistant takes no white space in them. */
function readTopicStart(raw: RawSettings, field: string, fallback: string): string {
  const start = readText(raw, field, fallback).replace(/^\/+|\/+$/g, "");
  if (isPlainTopic(start) && !/\s|\/\//.test(start)) return start;
  throw new CloudError(
    "not_configured",
    `The setting "${field}" can't begin a topic: expected are letters, digits and "/", without + and #.`,
  );
}

/** Puts the bridge between the account and the flow. */
function connectTo(
  RED: NodeAPI,
  node: Node,
  status: NodeStatus,
  settings: BridgeSettings,
  accountNode: UsableAccountNode,
): void {
  const { account } = accountNode;
  const flaws = new FlawWarnings((warning) => node.warn(warning));
  const bridge: HomeAssistantBridge = new HomeAssistantBridge(account, settings, {
    send: (message) => node.send(message),
    onChange: () => showStatus(status, bridge, accountNode),
    onMemory: () => memory.touch(),
    onWarning: (message) => node.warn(message),
    onError: (reason) => node.error(toCloudError(reason), {}),
    onListFault: (fault) => tellListFault(node, accountNode, fault),
    onFlaw: (thing, variable, flaw) => flaws.note(thing, variable, flaw),
  });
  const memory = new PersistentState(node, "homeAssistant", () => bridge.memory);
  const { prefix, base, things, tag } = settings;
  const waiting = new RedeployQueue(node, JSON.stringify([account.rest.endpoints, prefix, base, things, tag]), false);
  cancelFarewell(node);
  accountNode.register(node);
  memory.open(() => bridge.start(memory.kept));
  const unwatch = watchBroker(RED, node, () => bridge.brokerConnected());
  takeCommands(node, settings, bridge, new CommandWriter(node, account, bridge), waiting);
  onClose(node, async (removed) => {
    unwatch();
    const farewell = removed ? bridge.farewell() : [];
    bridge.stop();
    if (removed) sayFarewell(RED, node, farewell);
    await account.outbox.withdraw(node.id);
    accountNode.deregister(node);
    await waiting.close(removed);
    await memory.close(removed);
  });
  waiting.takeUp();
}

/** Tells why things can't be listed: what is the account's affair once for all its nodes. */
function tellListFault(node: Node, { faults }: UsableAccountNode, fault: CloudError | undefined): void {
  if (fault === undefined) faults.recovered();
  else if (isOfAccount(fault)) faults.tell(fault, [node]);
  else node.error(fault, {});
}

function takeCommands(
  node: Node,
  settings: BridgeSettings,
  bridge: HomeAssistantBridge,
  writer: CommandWriter,
  waiting: RedeployQueue,
): void {
  onInput(node, async (message) => {
    const text = textOfPayload(message.payload);
    const incoming = readTopic(message.topic, text, settings);
    if (incoming === "birth") bridge.birth();
    else if (incoming === "connected") bridge.brokerSaidOnline();
    if (typeof incoming === "string") return;
    refuseRetained(message);
    await waiting.during(message, (entry) => writer.carryOut(incoming, text, entry));
  });
}

/** Throws where a command is one that the broker has kept: it would be carried out at each start. */
function refuseRetained({ topic, retain }: Message): void {
  if (retain !== true) return;
  throw new CloudError(
    "invalid_input",
    `The command on ${String(topic)} was kept by the broker, so it may be old, and is not carried out: send commands without "retain".`,
  );
}

function showStatus(status: NodeStatus, bridge: HomeAssistantBridge, { account }: UsableAccountNode): void {
  const { state } = account.session;
  const { fault, counts } = bridge;
  if (fault !== undefined && isTransient(fault)) status.attention(fault.code.replaceAll("_", "-"));
  else if (fault !== undefined) status.failed(fault);
  else if (state.name === "online") status.mapped(counts.things, counts.entities);
  else status.session(state, systemClock.now());
}
