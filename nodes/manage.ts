import type { Node, NodeAPI, NodeDef } from "node-red";
import type { CloudAccount } from "../cloud/account";
import { systemClock } from "../cloud/clock";
import { CloudError, toCloudError } from "../cloud/errors";
import {
  type Chosen,
  chooseOperation,
  type ItemResult,
  type ManageInput,
  Manager,
  messagePropertyOf,
  takesMany,
} from "../cloud/rest/manage";
import { findAccount } from "./common/account-node";
import { type Message, onClose, onInput } from "./common/input";
import { registerManageRoutes } from "./common/manage-admin";
import { namedPropertyOf, textOf, thingOf } from "./common/message";
import { refuse } from "./common/refuse";
import { type RawSettings, readFlag, readText } from "./common/settings";
import { NodeStatus } from "./common/status";

/** What the form can name, by the kind of a path's parameter. */
const formTargets = ["thing", "property", "device", "dashboard", "trigger"] as const;
/** What only messages name. */
const messageTargets = ["action", "tag", "certificate", "user", "widget", "sketch", "type"] as const;

interface ManageSettings {
  account: string;
  resource: string;
  /** Blank: the message names it. */
  operation: string;
  method: string;
  path: string;
  /** Whether what is deleted goes for good, and a device is taken from another thing. */
  force: boolean;
  targets: Readonly<Record<(typeof formTargets)[number], string>>;
}

export default function (RED: NodeAPI): void {
  registerManageRoutes(RED);
  function construct(this: Node, config: NodeDef): void {
    RED.nodes.createNode(this, config);
    const status = new NodeStatus(RED, this);
    try {
      const settings = readSettings(config as unknown as RawSettings);
      manage(this, status, settings, findAccount(RED, settings.account).account);
    } catch (reason) {
      refuse(this, status, toCloudError(reason));
    }
  }
  RED.nodes.registerType("arduino-cloud-manage", construct);
}

function readSettings(raw: RawSettings): ManageSettings {
  return {
    account: readText(raw, "account"),
    resource: readText(raw, "resource", "things"),
    operation: readText(raw, "operation"),
    method: readText(raw, "method"),
    path: readText(raw, "path"),
    force: readFlag(raw, "force"),
    targets: Object.fromEntries(formTargets.map((kind) => [kind, readText(raw, kind)])) as ManageSettings["targets"],
  };
}

/** Carries out one operation per message. Needs REST only, so the account's session is left alone. */
function manage(node: Node, status: NodeStatus, settings: ManageSettings, { rest }: CloudAccount): void {
  const closing = new AbortController();
  const { signal } = closing;
  const manager = new Manager({ rest, clock: systemClock, onWarning: (message) => node.warn(message) });
  status.idle();

  onInput(node, async (message, send) => {
    try {
      const chosen = chooseOperation(choiceOf(settings, message));
      const input = inputOf(settings, chosen, message);
      if (Array.isArray(input.body) && takesMany(chosen)) {
        const items: readonly unknown[] = input.body;
        const onProgress = status.progress.bind(status);
        const results = await status.during(manager.runMany(chosen, { ...input, body: items }, { signal, onProgress }));
        finishMany(message, results, send, chosen);
      } else {
        const onUpload = (done: number, total: number): void => status.upload(done, total);
        const answer = await status.during(manager.run(chosen, input, { signal, onUpload }));
        send(Object.assign(message, { payload: answer.body, statusCode: answer.status }));
      }
    } catch (reason) {
      // After the close the status belongs to the successor.
      if (!signal.aborted) status.failed(toCloudError(reason));
      throw reason;
    }
    status.done();
  });

  onClose(node, () => {
    closing.abort();
    return Promise.resolve();
  });
}

/** What the form leaves open, the message says. */
function choiceOf(settings: ManageSettings, message: Message): Parameters<typeof chooseOperation>[0] {
  const { resource } = settings;
  const open = (field: "operation" | "method" | "path"): string => settings[field] || textOf(message, field);
  return { resource, operation: open("operation"), method: open("method"), path: open("path") };
}

function inputOf({ targets, force }: ManageSettings, { row }: Chosen, message: Message): ManageInput {
  const named = messageTargets.map((kind) => [kind, textOf(message, messagePropertyOf(kind))] as const);
  const ids = {
    thing: targets.thing || thingOf(message),
    property: targets.property || textOf(message, "propertyId") || namedPropertyOf(message),
    device: targets.device || textOf(message, "deviceId"),
    dashboard: targets.dashboard || textOf(message, "dashboardId"),
    trigger: targets.trigger || textOf(message, "triggerId"),
  };
  const query = force && "force" in row.query ? { ...(message.query as object | undefined), force } : message.query;
  return { targets: { ...Object.fromEntries(named), ...ids }, query, body: message.payload };
}

/**
 * Sends on what became of the items.
 * @throws CloudError `partial_failure` with the count, where any failed
 */
function finishMany(message: Message, results: ItemResult[], send: (message: Message) => void, chosen: Chosen): void {
  message.payload = results;
  // There is no one status of many requests, and that of the message before would be mistaken for it.
  Reflect.deleteProperty(message, "statusCode");
  send(message);
  const failures = results.flatMap((result) => (result.ok ? [] : [result.error]));
  const [first] = failures;
  if (first === undefined) return;
  throw new CloudError(
    "partial_failure",
    `${chosen.resource}: ${chosen.name}: ${failures.length} of ${results.length} items failed; msg.payload holds what ` +
      `became of each. The first: ${first.message}`,
  );
}
