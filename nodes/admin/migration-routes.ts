import type { Request } from "express";
import type { NodeAPI } from "node-red";
import { CloudError } from "../../cloud/core/errors";
import { answer, fieldsOf } from "./routes";
import type { CarriedKeys } from "./protocol";
import { readNodeId } from "./node-id";
import { copyLegacyKey } from "../runtime/legacy-credentials";

/** The node types whose credentials this is about, where a node of that id runs. */
const types = ["arduino-connection", "arduino-cloud-account"];

/**
 * Registers `POST arduino-cloud/migration/keys` for the editor's migration from Arduino's own package: the body
 * `{keys: [{from, to}]}` names connections and the accounts that take their place, deployed or not. The API keys are
 * copied within the stored credentials and never leave the server; the answer names the accounts that have one now. Needs
 * `flows.write`, as a deploy does.
 */
export function registerMigrationRoutes(RED: NodeAPI): void {
  RED.httpAdmin.post(
    "/arduino-cloud/migration/keys",
    RED.auth.needsPermission("flows.write"),
    answer((request) => new Promise((resolve) => resolve(carryKeys(RED, request)))),
  );
}

function carryKeys(RED: NodeAPI, request: Request): CarriedKeys {
  const { keys } = fieldsOf(request.body);
  if (!Array.isArray(keys)) throw new CloudError("invalid_input", "The field keys is not a list.");
  const moves = keys.map((key: unknown) => {
    const { from, to } = fieldsOf(key);
    // No other node's credentials may be touched.
    const read = (field: string, given: unknown): string =>
      readNodeId(RED, given, types, `${field} is not the id of a connection or account`);
    return { from: read("from", from), to: read("to", to) };
  });
  return { carried: moves.filter(({ from, to }) => copyLegacyKey(RED, from, to)).map(({ to }) => to) };
}
