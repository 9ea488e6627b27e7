import type { Directory, RestClient, CallInput } from "../rest/index";
import { operation } from "../rest/index";
import { type CloudError, toCloudError } from "../core/errors";
import { requireValid } from "../rest/validation/index";
import { asRecord } from "../core/json";
import type { PlanStep } from "./plan";

/** The part of an account that work on the wanted state needs. */
export interface WantedRest {
  client: Pick<RestClient, "call">;
  directory: Pick<Directory, "things" | "thing" | "forget">;
}

/** How far writing is. */
export interface WantedProgress {
  done: number;
  total: number;
}

export interface WorkOptions {
  signal?: AbortSignal;
  onProgress?: (progress: WantedProgress) => void;
  /** Told what is odd about the wanted state but may be right, such as a type that is not known here. */
  onWarning?: (message: string) => void;
}

/**
 * Holds all writes against the rows of their operations, before the first is sent; returns what is odd but may be
 * right.
 * @throws CloudError `invalid_input` naming item and field
 */
export function checkSteps(steps: readonly PlanStep[]): string[] {
  return steps.flatMap((step) => {
    const { query, body, path, where } = step;
    const asked = { path, ...(query && { query }), ...(body !== undefined && { body: withoutNulls(body) }) };
    try {
      return requireValid(operation(step.operation), asked).map((warning) => `${where}: ${warning}`);
    } catch (reason) {
      throw named(step, reason);
    }
  });
}

/** Leaves out fields that are `null`: it clears a field where the service takes it, which the table does not tell. */
function withoutNulls(body: unknown): unknown {
  const fields = asRecord(body);
  return fields === undefined ? body : Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

/**
 * Sends the writes one after the other, and notes the ids of what they make in their entries.
 * @throws CloudError of the first write that fails, naming the item and how many were done before
 */
export async function applySteps(
  rest: WantedRest,
  steps: readonly PlanStep[],
  options: WorkOptions = {},
): Promise<void> {
  for (const [index, step] of steps.entries()) {
    options.onProgress?.({ done: index, total: steps.length });
    const { operation: id, path, query, body } = step;
    const input: CallInput = { path, ...(query && { query }), ...(body !== undefined && { body }) };
    try {
      const answer = await rest.client.call(operation(id), input, pickSignal(options));
      const [first] = step.entries;
      const made = asRecord(answer.body)?.id;
      if (first.action === "create" && typeof made === "string") first.id = made;
    } catch (reason) {
      throw named(step, reason, index, steps.length);
    } finally {
      if (step.operation.startsWith("things") || step.operation.startsWith("properties")) {
        rest.directory.forget(path.id ?? "");
      }
    }
  }
}

/** Returns the signal, for a call. */
export function pickSignal({ signal }: WorkOptions): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

function named(step: PlanStep, reason: unknown, done = 0, total = 0): CloudError {
  const [{ action, kind, name }] = step.entries;
  const place = step.where === "" ? "" : `${step.where}: `;
  const before = done === 0 ? "" : ` ${done} of ${total} changes were made before; ensure it again to go on.`;
  return toCloudError(reason).withContext(`${place}${action} ${kind} "${name}": `, before);
}
