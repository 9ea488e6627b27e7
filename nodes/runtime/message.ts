import { isPlainObject } from "../../cloud/core/json";
import { CloudError } from "../../cloud/core/errors";
import type { Message } from "./input";

/** The pattern of variable names (docs/protocol.md#patterns). */
const variableName = /^[a-zA-Z_][a-zA-Z0-9_]{0,63}$/;

/**
 * Returns the thing that a message names: `msg.thingId`, else `msg.thing.id`, so that what property in sends can be
 * wired on. Blank where it names none.
 * @throws CloudError `invalid_input` where it is given as anything but text
 */
export function messageThing(message: Message): string {
  const direct = messageText(message, "thingId");
  if (direct !== "") return direct;
  return isPlainObject(message.thing) ? messageText(message.thing, "id", "thing.id") : "";
}

/**
 * Returns the variable that a message names: `msg.property` as text or as the object that property in sends, else
 * `msg.topic` if it is a legal variable name. Blank where it names none.
 * @throws CloudError `invalid_input` where `msg.property` is neither
 */
export function messageProperty(message: Message): string {
  const named = messagePropertyField(message);
  if (named !== "") return named;
  const { topic } = message;
  return typeof topic === "string" && variableName.test(topic) ? topic : "";
}

/** Reads the variable as `messageProperty`, without regard to the topic. */
export function messagePropertyField(message: Message): string {
  const { property } = message;
  if (!isPlainObject(property)) return messageText(message, "property");
  const name = messageText(property, "variableName", "property.variableName");
  return name === "" ? messageText(property, "id", "property.id") : name;
}

/**
 * Reads a text property of a message, trimmed; blank where it is missing. Throws `invalid_input` for anything but text.
 */
export function messageText(source: Record<string, unknown>, field: string, shown = field): string {
  const value = source[field];
  if (value === undefined || value === null) return "";
  if (typeof value !== "string") {
    throw new CloudError("invalid_input", `msg.${shown} is of type ${typeof value}, but a text is expected.`);
  }
  return value.trim();
}
