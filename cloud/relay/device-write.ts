import { asRecord, isPlainObject, parseJson } from "../core/json";
import { CloudError, type ErrorCode, errorCodes } from "../core/errors";
import type { WhenOffline } from "../live-values/queued-message";
import { coerceValue } from "../property-types/coerce";
import type { ValueLimit } from "../property-types/value-limits";

/** Values that a node writes as a device, by variable name or property id. */
export interface DeviceWrite {
  /** The node that writes. */
  owner: string;
  values: ReadonlyMap<string, unknown>;
  whenOffline: WhenOffline;
  queueLimit: number;
  /** Called once with the outcome, unless the write is withdrawn. */
  settle: (error?: CloudError) => void;
  /** Told what gets lost of a value that is sent by this copy. */
  onLimit?: ((limit: ValueLimit) => void) | undefined;
}

/** A write without what only the copy that it comes from can do. */
export type RelayedWrite = Omit<DeviceWrite, "settle" | "onLimit">;

/**
 * Returns a write as another copy can read it.
 * @throws CloudError `invalid_value` where no variable takes a value, which text would make into another one
 */
export function writeToText({ owner, values, whenOffline, queueLimit }: RelayedWrite): string {
  for (const [variable, value] of values) coerceValue(undefined, value, { variable });
  return JSON.stringify({ owner, values: [...values], whenOffline, queueLimit });
}

/** Returns the write that a text holds; undefined where it is none, as one of another version may be. */
export function writeFromText(text: string): RelayedWrite | undefined {
  const { owner, values, whenOffline, queueLimit } = asRecord(parseJson(text)) ?? {};
  if (typeof owner !== "string" || typeof queueLimit !== "number" || !Array.isArray(values)) return undefined;
  if (whenOffline !== "queue" && whenOffline !== "latest" && whenOffline !== "reject") return undefined;
  const isPair = (pair: unknown): pair is [string, unknown] => Array.isArray(pair) && typeof pair[0] === "string";
  return values.every(isPair) ? { owner, values: new Map(values), whenOffline, queueLimit } : undefined;
}

/** Returns the outcome of a write as text, which is never blank. */
export function outcomeToText(error: CloudError | undefined): string {
  return JSON.stringify(error === undefined ? {} : { code: error.code, message: error.message });
}

/** Returns the error that an outcome holds; undefined where all went well. */
export function outcomeFromText(text: string): CloudError | undefined {
  const outcome = parseJson(text);
  if (!isPlainObject(outcome) || outcome.code === undefined) return undefined;
  const code = errorCodes.find((known): known is ErrorCode => known === outcome.code) ?? "server_error";
  return new CloudError(code, typeof outcome.message === "string" ? outcome.message : "");
}
