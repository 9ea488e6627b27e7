import type { PropertyValue } from "../../cloud/codec/values";
import type { BridgedVariable } from "./discovery";
import type { StateContext } from "./mapping";

/** A message of a state, as it goes to the broker. */
export interface TopicPayload {
  topic: string;
  payload: string;
  /** It happens and is no state: neither kept by the broker, nor left out for being the same. */
  isEvent: boolean;
}

/** Returns what is sent of a value: the value as JSON, and what its entities need beside it. */
export function statesOf(
  { topic, mapping }: BridgedVariable,
  value: PropertyValue,
  context: StateContext,
): TopicPayload[] {
  const more = mapping.moreStates?.(value, context) ?? [];
  return [
    { topic, payload: JSON.stringify(value), isEvent: false },
    ...more.map(({ suffix, payload, isEvent = false }) => ({ topic: `${topic}/${suffix}`, payload, isEvent })),
  ];
}

/** Returns the topics of all states of a variable, of those too that have never been sent. */
export function stateTopics({ topic, mapping }: BridgedVariable): string[] {
  const named = mapping.entities.flatMap(({ config }) =>
    Object.entries(config).flatMap(([key, value]) =>
      key.endsWith("_topic") && typeof value === "string" && value.startsWith(`${topic}/`) ? [value] : [],
    ),
  );
  return [topic, ...new Set(named.filter((other) => !other.startsWith(`${topic}/set`)))];
}
