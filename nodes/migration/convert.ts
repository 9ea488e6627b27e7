import { type Accounts, planAccounts, spaceOf } from "./accounts";
import {
  nodeChoice,
  connectionType,
  type FlowNode,
  isConnection,
  isOldNode,
  type OldType,
  nodeSeconds,
  nodeText,
} from "./old-nodes";
import type { Migration, Note } from "./report";

interface MigrationOptions {
  /** Messages keep the shape that Arduino's own nodes give them. */
  keepsShape: boolean;
  /** Returns a node id that nothing else has. */
  newId: () => string;
}

/** The result for one type: its fields, and what to tell of them. */
interface Conversion {
  type: string;
  outputs: number;
  fields: Record<string, unknown>;
  notes: Note[];
}

/** The sketch's variable name; anything else that an old node may hold there is of no use. */
const variableName = /^[a-zA-Z_][a-zA-Z0-9_]{0,63}$/;
/** Fields that Node-RED itself keeps on a node, before and after the node's own fields. */
const coreBefore = ["z", "d", "g"];
const coreAfter = ["icon", "l", "info", "inputLabels", "outputLabels", "x", "y", "wires"];

const conversions: Record<OldType, (node: FlowNode, keepsShape: boolean) => Conversion> = {
  "property in": propertyIn,
  "property out": propertyOut,
  "property in hist": history,
  "property in poll": (node, keepsShape) => propertyGet(node, keepsShape, nodeSeconds(node)),
  "property in push": (node, keepsShape) => propertyGet(node, keepsShape, 0),
};

/**
 * Plans how a flow is moved over from Arduino's own nodes. Ids, places, groups, names, wires and what is disabled stay
 * as they are, and so does every other node, so that a part of a flow can be converted as well as a whole one. Changes
 * nothing of what it is given.
 */
export function planMigration(flow: readonly FlowNode[], { keepsShape, newId }: MigrationOptions): Migration {
  const accounts = planAccounts(flow, newId);
  const migration: Migration = { flow: [], steps: [], keys: accounts.keys };
  for (const node of flow) {
    if (isConnection(node)) {
      migration.flow.push(...(accounts.replacements.get(node.id) ?? []));
      migration.steps.push(...(accounts.steps.get(node.id) ?? []));
    } else if (isOldNode(node)) {
      const conversion = conversions[node.type](node, keepsShape);
      migration.flow.push(convert(node, conversion, accounts));
      const notes = [...missing(node, accounts), ...conversion.notes];
      migration.steps.push({ id: node.id, name: nodeText(node, "name"), from: node.type, to: conversion.type, notes });
    } else migration.flow.push(withAccountVariables(node));
  }
  return migration;
}

function convert(node: FlowNode, { type, outputs, fields }: Conversion, accounts: Accounts): FlowNode {
  const converted: FlowNode = {
    id: node.id,
    type,
    ...pick(node, coreBefore),
    name: nodeText(node, "name"),
    account: accounts.idFor(nodeChoice(node, "connection"), spaceOf(node)),
    thing: nodeChoice(node, "thing"),
    thingName: "",
    ...fields,
    ...pick(node, coreAfter),
  };
  const wires = Array.isArray(node.wires) ? (node.wires as unknown[]) : [];
  // Property out had no output.
  converted.wires = Array.from({ length: outputs }, (_, port) => wires[port] ?? []);
  return converted;
}

function propertyIn(node: FlowNode, compatible: boolean): Conversion {
  const variable = nodeText(node, "variableName");
  return {
    type: "arduino-cloud-property-in",
    outputs: 1,
    fields: {
      device: "",
      // The name is what the old node listens to; an id is what it shows.
      property: variableName.test(variable) && nodeChoice(node, "variableName") !== "" ? variable : propertyOf(node),
      propertyName: nodeText(node, "propname"),
      direction: "reported",
      emit: "all",
      deadband: 0,
      initial: false,
      initialHours: 0,
      catchUp: "none",
      catchUpDelay: 15,
      ack: "sent",
      echo: true,
      inputs: 0,
      compatible,
    },
    notes: compatible
      ? [{ code: "shape-kept" }, { code: "measured" }]
      : [{ code: "topic" }, { code: "measured" }, { code: "more-properties" }],
  };
}

function propertyOut(node: FlowNode): Conversion {
  const isDevice = node.sendasdevice === true || node.sendasdevice === "true";
  return {
    type: "arduino-cloud-property-out",
    outputs: 1,
    fields: {
      device: "",
      property: propertyOf(node),
      propertyName: nodeText(node, "propname"),
      as: isDevice ? "device" : "user",
      whenOffline: "queue",
      queueLimit: 1000,
      confirm: "broker",
      confirmTimeout: 10,
      keepQueue: false,
    },
    notes: [{ code: isDevice ? "as-device" : "broker" }, { code: "checked" }],
  };
}

function propertyGet(node: FlowNode, compatible: boolean, repeat: number | undefined): Conversion {
  const notes: Note[] = compatible
    ? [{ code: "shape-kept" }]
    : [{ code: "topic" }, { code: "timestamp" }, { code: "more-properties" }];
  if (!compatible && repeat === 0) notes.push({ code: "passes-on" });
  if (repeat === undefined) notes.push({ code: "no-interval" });
  return {
    type: "arduino-cloud-property-get",
    outputs: 1,
    fields: {
      property: propertyOf(node),
      propertyName: nodeText(node, "propname"),
      repeat: repeat ?? 0,
      compatible,
    },
    notes,
  };
}

function history(node: FlowNode, compatible: boolean): Conversion {
  const seconds = nodeSeconds(node);
  const notes: Note[] = compatible
    ? [{ code: "shape-kept" }]
    : [{ code: "chart" }, { code: "topic-passes" }, { code: "passes-on" }];
  notes.push({ code: "every-value" });
  if (seconds === undefined) notes.push({ code: "no-interval" });
  else if (seconds % 60 !== 0) notes.push({ code: "span-rounded", values: { seconds, minutes: minutesOf(seconds) } });
  return {
    type: "arduino-cloud-history",
    outputs: 1,
    fields: {
      property: propertyOf(node),
      propertyName: nodeText(node, "propname"),
      from: seconds === undefined ? "" : backBy(seconds),
      to: "now",
      mode: "raw",
      interval: "",
      aggregation: "",
      output: "chart",
      chartFormat: "dashboard-2",
      batch: 1000,
      limit: 0,
      advance: "auto",
      since: "",
      lookBack: 300,
      store: "",
      compatible,
    },
    notes,
  };
}

/** Writes a span in the largest unit that it is a whole number of; the node knows no seconds. */
function backBy(seconds: number): string {
  for (const [unit, length] of Object.entries({ w: 604_800, d: 86_400, h: 3_600 }))
    if (seconds % length === 0) return `-${seconds / length}${unit}`;
  return `-${minutesOf(seconds)}m`;
}

function minutesOf(seconds: number): number {
  return Math.ceil(seconds / 60);
}

function propertyOf(node: FlowNode): string {
  return nodeChoice(node, "property");
}

/** Returns what an old node lacks, so that the new one will not work either. */
function missing(node: FlowNode, accounts: Accounts): Note[] {
  const notes: Note[] = [];
  if (!accounts.knows(nodeChoice(node, "connection"))) notes.push({ code: "no-connection" });
  if (nodeChoice(node, "thing") === "") notes.push({ code: "no-thing" });
  if (nodeChoice(node, "property") === "") notes.push({ code: "no-variable" });
  return notes;
}

/** Variables of a subflow or flow that hold a connection hold an account now. */
function withAccountVariables(node: FlowNode): FlowNode {
  const { env } = node;
  if (!Array.isArray(env) || !env.some(holdsConnection)) return node;
  return {
    ...node,
    env: env.map((variable: unknown) =>
      holdsConnection(variable) ? { ...variable, type: "arduino-cloud-account" } : variable,
    ),
  };
}

function holdsConnection(variable: unknown): variable is { type: string } {
  return typeof variable === "object" && variable !== null && "type" in variable && variable.type === connectionType;
}

function pick(node: FlowNode, fields: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(fields.filter((field) => node[field] !== undefined).map((field) => [field, node[field]]));
}
