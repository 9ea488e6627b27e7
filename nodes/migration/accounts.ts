import { connectionType, type FlowNode, isConnection, isOldNode, nodeText } from "./old-nodes";
import type { KeyMove, Note, MigrationStep } from "./report";

/** The accounts that come out of a flow's connections. */
export interface Accounts {
  /** By the id of the connection that they replace, the one that takes over its id first. */
  replacements: ReadonlyMap<string, FlowNode[]>;
  steps: ReadonlyMap<string, MigrationStep[]>;
  keys: KeyMove[];
  /** Returns whether the flow has what a node names as its connection, or it names a variable of the environment. */
  knows(connection: string): boolean;
  /**
   * Returns the account for a connection and a space; what is no connection of this flow, as `${NAME}`, stays as it is.
   */
  idFor(connection: string, space: string): string;
}

/** The fields of an account beside its name and space. */
const accountDefaults = {
  baseUrl: "https://api2.arduino.cc",
  audience: "https://api2.arduino.cc/iot",
  brokerUrl: "wss://wss.iot.arduino.cc:8443/mqtt",
  deviceBrokerUrl: "mqtts://mqtts-up.iot.arduino.cc:8884",
  tls: "",
  requestsPerSecond: 10,
  messagesPerSecond: 25,
};

/**
 * Makes an account of each connection. In the old package each node names its space, here the account does: so a
 * connection whose nodes are of several spaces becomes several accounts. The first keeps the id, and with it the
 * credentials that Node-RED stores under that id.
 */
export function planAccounts(flow: readonly FlowNode[], newId: () => string): Accounts {
  const spaces = spacesByConnection(flow);
  const ids = new Map<string, string>();
  const accounts: Omit<Accounts, "idFor" | "knows"> & {
    replacements: Map<string, FlowNode[]>;
    steps: Map<string, MigrationStep[]>;
  } = { replacements: new Map(), steps: new Map(), keys: [] };
  for (const connection of flow.filter(isConnection)) {
    const planned = [...(spaces.get(connection.id) ?? [])].map((space, index) => {
      const id = index === 0 ? connection.id : newId();
      ids.set(spaceKey(connection.id, space), id);
      return accountOf(connection, id, space, index > 0);
    });
    accounts.replacements.set(
      connection.id,
      planned.map(({ account }) => account),
    );
    accounts.steps.set(
      connection.id,
      planned.map(({ step }) => step),
    );
    accounts.keys.push(...planned.map(({ step }) => ({ from: connection.id, to: step.id, name: step.name })));
  }
  return {
    ...accounts,
    knows: (connection) => accounts.steps.has(connection) || connection.startsWith("${"),
    idFor: (connection, space) => ids.get(spaceKey(connection, space)) ?? connection,
  };
}

/** Returns the spaces that the nodes of each connection name; that of no space comes first, if it is among them. */
function spacesByConnection(flow: readonly FlowNode[]): Map<string, Set<string>> {
  const spaces = new Map<string, Set<string>>();
  for (const { id } of flow.filter(isConnection)) spaces.set(id, new Set());
  const users = flow.filter(isOldNode);
  const blankFirst = [...users].sort((a, b) => Number(spaceOf(a) !== "") - Number(spaceOf(b) !== ""));
  for (const node of blankFirst) spaces.get(nodeText(node, "connection"))?.add(spaceOf(node));
  for (const [id, ofConnection] of spaces) if (ofConnection.size === 0) spaces.set(id, new Set([""]));
  return spaces;
}

/** Returns the space that a node of the old package names; blank for the user's own things. */
export function spaceOf(node: FlowNode): string {
  return nodeText(node, "organization");
}

function accountOf(
  connection: FlowNode,
  id: string,
  space: string,
  isMore: boolean,
): { account: FlowNode; step: MigrationStep } {
  const ownName = nodeText(connection, "applicationname");
  const name = isMore ? `${ownName} (${space})`.trim() : ownName;
  const { z, d, info } = connection;
  const account: FlowNode = {
    id,
    type: "arduino-cloud-account",
    ...(z === undefined ? {} : { z }),
    ...(d === undefined ? {} : { d }),
    name,
    organization: space,
    ...accountDefaults,
    ...(info === undefined ? {} : { info }),
    ...credentialsOf(connection),
  };
  const notes: Note[] = isMore
    ? [{ code: "one-more-account", values: { space } }]
    : [...(space === "" ? [] : [{ code: "space", values: { space } } as const]), { code: "key-stays" }];
  return { account, step: { id, name, from: connectionType, to: account.type, notes } };
}

/** Returns what was typed into the old node's form and is not deployed yet. */
function credentialsOf({ credentials }: FlowNode): { credentials?: Record<string, unknown> } {
  if (typeof credentials !== "object" || credentials === null) return {};
  const { clientid: clientId, clientsecret: clientSecret } = credentials as Record<string, unknown>;
  const typed = Object.entries({ clientId, clientSecret }).filter(([, value]) => value !== undefined);
  return typed.length === 0 ? {} : { credentials: Object.fromEntries(typed) };
}

function spaceKey(connection: string, space: string): string {
  return JSON.stringify([connection, space]);
}
