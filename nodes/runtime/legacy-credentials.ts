import type { NodeAPI, NodeDef } from "node-red";
import { asWritten, type RawSettings } from "./settings";
import { inBackground } from "../../cloud/core/guard";

/**
 * An account that came from Arduino's own package has the id of the `arduino-connection` that it replaces. Node-RED
 * keeps credentials by id, whatever the type and whether it is installed: so the API key is there, under the names of
 * the old package, and nobody needs to see or carry it.
 */
interface OldCredentials {
  clientid: string;
  clientsecret: string;
}

function oldKeyIn(stored: RawSettings): OldCredentials | undefined {
  const { clientid, clientsecret } = stored;
  const isKey = typeof clientid === "string" && typeof clientsecret === "string";
  return isKey && clientid !== "" && clientsecret !== "" ? { clientid, clientsecret } : undefined;
}

function hasOwnKey({ clientId, clientSecret }: RawSettings): boolean {
  return [clientId, clientSecret].some((part) => part !== undefined && part !== "");
}

/**
 * Returns the credentials of an account, with the key of the connection that it replaces while it has none of its own.
 * The old key stays beside it, so that the way back is open, until the account gets another one.
 */
export function takeLegacyKey(RED: NodeAPI, config: NodeDef, credentials: RawSettings): RawSettings {
  const old = oldKeyIn(credentials);
  if (old === undefined) return credentials;
  const { clientid, clientsecret, ...own } = credentials;
  // In a subflow, credentials are stored under the id that the node has in the editor.
  const { _alias: id = config.id } = config as NodeDef & { _alias?: string };
  if (!hasOwnKey(own[asWritten] ?? own)) {
    copyLegacyKey(RED, id, id);
    return { ...own, clientId: clientid, clientSecret: clientsecret };
  }
  if (own.clientId !== clientid || own.clientSecret !== clientsecret) forgetOldKey(RED, id);
  return own;
}

/**
 * Copies the key of a connection to the account `to`, which may not be deployed yet, unless that has one of its own.
 * Returns whether the account has a key then.
 */
export function copyLegacyKey(RED: NodeAPI, from: string, to: string): boolean {
  const present = storedFor(RED, to);
  if (hasOwnKey(present)) return true;
  const old = oldKeyIn(storedFor(RED, from));
  if (old === undefined) return false;
  const own = { clientId: old.clientid, clientSecret: old.clientsecret };
  inBackground(RED.nodes.addCredentials(to, { ...present, ...own }));
  return true;
}

function forgetOldKey(RED: NodeAPI, id: string): void {
  const rest = Object.entries(storedFor(RED, id)).filter(([name]) => name !== "clientid" && name !== "clientsecret");
  inBackground(RED.nodes.addCredentials(id, Object.fromEntries(rest)));
}

/** Returns the credentials as they are stored: `${NAME}` is not filled in. */
function storedFor(RED: NodeAPI, id: string): RawSettings {
  return (RED.nodes.getCredentials(id) as RawSettings | undefined) ?? {};
}
