import type { NodeAPI } from "node-red";
import { CloudError } from "../../cloud/core/errors";
import { trimmedText } from "../../cloud/core/text";
import { parseEndpoints } from "../../cloud/rest/index";
import type { RawSettings } from "../runtime/settings";
import { storedSecret } from "./protocol";

/** A stored secret was asked for in a way in which it is not given out: the user has to enter it again. */
export class SecretNeeded extends CloudError {
  constructor() {
    super(
      "not_configured",
      "A stored secret goes only to the addresses, with the TLS and the proxy, that it was deployed with: " +
        "enter it again, or deploy first.",
    );
  }
}

/** A node as it is deployed. */
interface DeployedNode {
  /** Its settings as they stand in the flow, with `${NAME}`; undefined where it is not deployed. */
  readonly config: RawSettings | undefined;
  /** Its credentials; those of a node that is not deployed may wait for it already. */
  readonly stored: RawSettings;
}

/** Returns what is deployed under an id, if that is a node of the type: another node's credentials are nobody's here. */
export function findDeployed(RED: NodeAPI, id: string, type: string): DeployedNode {
  let found: RawSettings | undefined;
  RED.nodes.eachNode((node) => {
    if (node.id === id) found = node as unknown as RawSettings;
  });
  if (id === "" || (found !== undefined && found.type !== type)) return { config: undefined, stored: {} };
  return { config: found, stored: (RED.nodes.getCredentials(id) as RawSettings | undefined) ?? {} };
}

/** The settings of an account that say where its key goes, and how. */
const ways = ["baseUrl", "brokerUrl", "deviceBrokerUrl", "tls", "proxy"] as const;

/** Returns whether an account as typed leads where it leads as deployed; one that is not deployed, to Arduino's own. */
export function isSameWay(typed: RawSettings, deployed: RawSettings = {}): boolean {
  const standard: RawSettings = { ...parseEndpoints({}) };
  const way = (settings: RawSettings): string[] =>
    ways.map((field) => trimmedText(settings[field]) || trimmedText(standard[field]));
  return way(typed).join("\n") === way(deployed).join("\n");
}

/**
 * Puts the stored credentials where `__PWRD__` stands.
 * @throws SecretNeeded where they may not be used
 */
export function withStored(typed: RawSettings, stored: RawSettings, mayBeUsed: boolean): RawSettings {
  return Object.fromEntries(
    Object.entries(typed).map(([field, value]) => {
      if (value !== storedSecret) return [field, value];
      if (!mayBeUsed) throw new SecretNeeded();
      return [field, stored[field]];
    }),
  );
}

/**
 * Checks that a form reads no environment variable that its deployed node does not read in the same field.
 * @throws CloudError `not_configured`
 */
export function requireDeployedVariables(typed: RawSettings, deployed: RawSettings = {}): void {
  for (const [field, value] of Object.entries(typed)) {
    if (typeof value !== "string" || !/^\s*\$\{[^}]+\}\s*$/.test(value) || deployed[field] === value) continue;
    throw new CloudError(
      "not_configured",
      `The field ${field} names an environment variable that is not deployed there: deploy first, then test.`,
    );
  }
}
