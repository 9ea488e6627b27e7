import { CloudError } from "../../cloud/core/errors";
import { printable } from "../../cloud/core/text";
import { wireName } from "../../cloud/rest/index";
import type { BridgedThing, BridgedVariable } from "./discovery";
import type { ReadCommand } from "./mapping";

/** The meaning of a message from the broker. */
export type Incoming =
  /** Home Assistant has started. */
  | "birth"
  /** The broker has told that this Node-RED is connected to it. */
  | "connected"
  /** One of our own messages, or one that says nothing to us. */
  | "ignored"
  | CommandTopic;

/** The topic of a command, in its parts. */
export interface CommandTopic {
  thing: string;
  variable: string;
  /** The part that follows `set`; blank for nothing. */
  suffix: string;
}

/** Home Assistant tells that it has started here, whatever the prefix of discovery is. */
const usualBirthTopic = "homeassistant/status";

/**
 * Returns what a message is about.
 * @throws CloudError `invalid_input` for a topic that nothing here has to do with
 */
export function readTopic(
  topic: unknown,
  payload: string,
  { base, prefix }: { base: string; prefix: string },
): Incoming {
  if (typeof topic !== "string" || topic === "") {
    throw new CloudError("invalid_input", "The message has no topic: wire an mqtt in node to this node.");
  }
  const isOnline = payload.trim() === "online";
  if (topic === usualBirthTopic || topic === `${prefix}/status`) return isOnline ? "birth" : "ignored";
  if (topic === `${base}/status`) return isOnline ? "connected" : "ignored";
  if (topic.startsWith(`${base}/`)) return readCommandTopic(topic.slice(base.length + 1));
  if (topic.startsWith(`${prefix}/`)) return "ignored";
  throw new CloudError(
    "invalid_input",
    `The topic "${printable(topic)}" is none of this node: expected are ${base}/+/+/set/# and ${usualBirthTopic}.`,
  );
}

function readCommandTopic(rest: string): Incoming {
  const [thing = "", variable = "", set, ...suffix] = rest.split("/");
  return set === "set" ? { thing, variable, suffix: suffix.join("/") } : "ignored";
}

/** The variable that a command is for. */
export interface CommandTarget {
  thing: BridgedThing;
  variable: BridgedVariable;
  read: ReadCommand;
}

/**
 * Returns what a command is for.
 * @throws CloudError `not_found` where no entity has this command, `read_only`
 */
export function findTarget(things: Pick<ReadonlyMap<string, BridgedThing>, "get">, topic: CommandTopic): CommandTarget {
  const thing = things.get(topic.thing);
  if (thing === undefined) throw unknown(`No thing here has the topic "${printable(topic.thing)}"`);
  const of = `"${printable(thing.thing.name)}"`;
  const variable = thing.variables.get(topic.variable);
  if (variable === undefined) throw unknown(`No variable of ${of} has the topic "${printable(topic.variable)}"`);
  const { commands } = variable.mapping;
  const named = `The variable "${printable(wireName(variable.property))}" of ${of}`;
  if (commands.size === 0) {
    throw new CloudError("read_only", `${named} can't be set from Home Assistant: it is READ_ONLY, or shown only.`);
  }
  const read = commands.get(topic.suffix);
  if (read === undefined) throw unknown(`${named} has no command "set/${printable(topic.suffix)}"`);
  return { thing, variable, read };
}

function unknown(what: string): CloudError {
  return new CloudError("not_found", `${what}. Home Assistant may still have an entity that is gone: reload it there.`);
}

/** Returns the payload of a message as the text that came: an mqtt in node may have made something else of it. */
export function textOfPayload(payload: unknown): string {
  if (typeof payload === "string") return payload;
  if (Buffer.isBuffer(payload)) return payload.toString("utf8");
  if (payload === undefined || payload === null) return "";
  return JSON.stringify(payload);
}
