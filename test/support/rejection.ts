import assert from "node:assert/strict";
import { inspect } from "node:util";
import { CloudError, type ErrorCode } from "../../cloud/core/errors";
import { secrets } from "./fake-api";

/** Gives the `CloudError` that `work` fails with, and checks its code, what it says, and that it keeps secrets. */
export async function rejection(work: Promise<unknown>, code: ErrorCode, says?: RegExp): Promise<CloudError> {
  const error = await work.then(
    (value) => assert.fail(`It should fail with ${code}, but gave ${inspect(value)}`),
    (reason: unknown) => reason,
  );
  assert(error instanceof CloudError, `Not a CloudError: ${inspect(error)}`);
  assert.equal(error.code, code, error.message);
  if (says !== undefined) assert.match(error.message, says);
  assertNoSecrets(error);
  return error;
}

/** Looks for the client secret, the client id and tokens in everything that a log could show of a value. */
export function assertNoSecrets(value: unknown): void {
  const shown = [
    JSON.stringify(value),
    inspect(value, { depth: 20, showHidden: true }),
    value instanceof Error ? `${value.message} ${value.stack ?? ""}` : String(value),
  ].join("\n");
  const forms = Object.values(secrets).flatMap((secret) => [secret, encodeURIComponent(secret)]);
  for (const secret of forms) assert(!shown.includes(secret), `A secret in ${shown}`);
  // Every JWT starts like this.
  assert(!shown.includes("eyJ"), `A token in ${shown}`);
}
