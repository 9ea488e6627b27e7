import type { Node, NodeAPI, NodeDef } from "node-red";
import type { CloudAccount } from "../cloud/account";
import { storedValue } from "../cloud/property-types/fingerprint";
import { isPlainObject } from "../cloud/core/json";
import { CloudError, toCloudError } from "../cloud/core/errors";
import { type KnownThing, type Property, wireName } from "../cloud/rest";
import { findAccount, type UsableAccountNode } from "./runtime/account-node";
import { RepeatedErrors } from "./runtime/repeated-errors";
import { type Message, onClose, onInput } from "./runtime/input";
import { messagePropertyField, messageThing } from "./runtime/message";
import { legacyValueMessage } from "./runtime/legacy-messages";
import { failMisconfiguredAloud } from "./runtime/misconfigured";
import { type RawSettings, readFlag, readNumber, readText, settingsOf } from "./runtime/settings";
import { editorPresence } from "./runtime/editor-presence";
import { NodeStatus } from "./runtime/status";

interface PropertyGetSettings {
  account: string;
  /** Id or exact name; blank: the message names it. */
  thing: string;
  /** Variable name or property id; blank: the message names it, or else all. */
  property: string;
  /** Seconds between readings without a message; 0 for none. */
  repeat: number;
  /** A single variable's messages have the shape that Arduino's own nodes give them. */
  compatible: boolean;
}

/** The part of the message that a reading sets. */
type ReadingFields = Record<string, unknown>;

/** Registers the node `arduino-cloud-property-get`, which reads present values. */
export default function (RED: NodeAPI): void {
  const presence = editorPresence(RED);
  function construct(this: Node, config: NodeDef): void {
    RED.nodes.createNode(this, config);
    const status = new NodeStatus(this);
    try {
      const settings = readSettings(settingsOf(RED, config));
      const accountNode = findAccount(RED, settings.account);
      if (accountNode.showsValues) status.showValues(presence);
      read(this, status, settings, accountNode);
    } catch (reason) {
      failMisconfiguredAloud(this, status, toCloudError(reason));
    }
  }
  RED.nodes.registerType("arduino-cloud-property-get", construct);
}

function readSettings(raw: RawSettings): PropertyGetSettings {
  const settings = {
    account: readText(raw, "account"),
    thing: readText(raw, "thing"),
    property: readText(raw, "property"),
    repeat: readNumber(raw, "repeat", 0, 0),
    compatible: readFlag(raw, "compatible"),
  };
  if (settings.repeat > 0 && settings.thing === "") {
    throw new CloudError("not_configured", "No thing is chosen: choose the one that is read every so often.");
  }
  return settings;
}

/**
 * Reads for each message and, where so set, again and again. Needs REST only, so the account's session is left alone.
 */
function read(node: Node, status: NodeStatus, settings: PropertyGetSettings, accountNode: UsableAccountNode): void {
  const { account } = accountNode;
  const closing = new AbortController();
  const ask = async (thing: string, variable: string, signal: AbortSignal): Promise<ReadingFields> =>
    readingOf(await status.during(account.polling.thing(thing, signal)), variable, account);
  status.idle();

  const messagesEnd = onInput(node, async (message, send) => {
    let reading: ReadingFields;
    let answer: Message;
    try {
      const { thing, variable } = targetOf(settings, message);
      reading = await ask(thing, variable, closing.signal);
      answer = messageOf(settings, reading, message);
    } catch (reason) {
      // After the close the status belongs to the successor.
      if (!closing.signal.aborted) status.failed(toCloudError(reason));
      throw reason;
    }
    showReading(status, settings, reading);
    send(answer);
  });

  const stop = repeat(node, status, settings, accountNode, ask);
  onClose(node, async () => {
    stop();
    status.stop();
    closing.abort();
    await messagesEnd();
  });
}

function repeat(
  node: Node,
  status: NodeStatus,
  settings: PropertyGetSettings,
  { account, faults: shared }: UsableAccountNode,
  ask: (thing: string, variable: string, signal: AbortSignal) => Promise<ReadingFields>,
): () => void {
  const { thing, property, repeat: seconds } = settings;
  if (seconds === 0) return () => undefined;
  const faults = new RepeatedErrors(node, status, shared);
  return account.polling.repeat(seconds * 1000, async (signal) => {
    try {
      const reading = await ask(thing, property, signal);
      if (signal.aborted) return;
      faults.passed();
      showReading(status, settings, reading);
      node.send(messageOf(settings, reading, {}));
    } catch (reason) {
      if (!signal.aborted) faults.failed(reason);
    }
  });
}

/** Shows what was read under the node: the value of one variable, else that it is done. */
function showReading(status: NodeStatus, { property }: PropertyGetSettings, reading: ReadingFields): void {
  const { payload, timestamp, topic, property: facts } = reading;
  if (isPlainObject(facts)) {
    status.value(() => ({
      value: payload,
      timestamp: typeof timestamp === "number" ? timestamp : undefined,
      type: String(facts.type),
      name: property === "" ? String(topic) : "",
    }));
  } else status.noValue();
  status.done();
}

/** Returns the message that carries a reading on. */
function messageOf({ compatible }: PropertyGetSettings, reading: ReadingFields, message: Message): Message {
  Object.assign(message, reading);
  // A variable that was never written has no time, not that of the message before.
  if ("timestamp" in reading && reading.timestamp === undefined) Reflect.deleteProperty(message, "timestamp");
  if (!compatible || !isPlainObject(reading.property)) return message;
  const time = typeof reading.timestamp === "number" ? new Date(reading.timestamp) : undefined;
  return legacyValueMessage(message, String(reading.property.name), time);
}

/** Returns what a message asks for, where the settings leave it open. */
function targetOf(settings: PropertyGetSettings, message: Message): { thing: string; variable: string } {
  const thing = settings.thing === "" ? messageThing(message) : settings.thing;
  if (thing === "") {
    throw new CloudError(
      "invalid_input",
      "No thing is given: choose one in the node's settings, or set msg.thingId to its id or name.",
    );
  }
  return { thing, variable: settings.property === "" ? messagePropertyField(message) : settings.property };
}

function readingOf(thing: KnownThing, variable: string, { rest }: CloudAccount): ReadingFields {
  const common = { thing: { id: thing.id, name: thing.name }, direction: "reported", source: "get" };
  if (variable === "") return { ...common, ...readAll(thing) };
  const property = rest.directory.variable(thing, variable);
  const { id, name, type } = property;
  return {
    ...common,
    payload: valueOf(property),
    topic: wireName(property),
    timestamp: timeOf(property),
    property: { id, name, variableName: wireName(property), type },
  };
}

/** Returns all values of a thing and their times, by variable name. */
function readAll({ properties }: KnownThing): ReadingFields {
  const times = properties.map((property) => [wireName(property), timeOf(property)] as const);
  return {
    payload: Object.fromEntries(properties.map((property) => [wireName(property), valueOf(property)])),
    timestamps: Object.fromEntries(times.filter(([, time]) => time !== undefined)),
  };
}

/**
 * Returns the value that the cloud holds, as the flow's own; `null` where none was ever written
 * (docs/protocol.md#value-formats).
 */
function valueOf(property: Property): unknown {
  if (timeOf(property) === undefined) return null;
  return structuredClone(storedValue(property.type, property.last_value ?? null));
}

/** Returns when the value was made, in milliseconds since 1970. */
function timeOf({ value_updated_at: at }: Property): number | undefined {
  const time = Date.parse(at ?? "");
  return Number.isFinite(time) ? time : undefined;
}
