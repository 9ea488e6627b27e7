import type { Node, NodeAPI, NodeDef } from "node-red";
import type { CloudAccount } from "../cloud/account";
import { systemClock } from "../cloud/core/clock";
import { CloudError, toCloudError } from "../cloud/core/errors";
import { parseJson } from "../cloud/core/json";
import type { Rest } from "../cloud/rest/index";
import {
  type Chosen,
  chooseOperation,
  type ItemResult,
  type ManageInput,
  Manager,
  messagePropertyOf,
  takesMany,
} from "../cloud/manage/index";
import { findAccount } from "./runtime/account-node";
import { examineDeployed, type ManagedReport } from "./admin/doctor-report";
import { type Message, onClose, onInput, type Send } from "./runtime/input";
import { registerManageRoutes } from "./admin/manage-routes";
import { messagePropertyField, messageText, messageThing } from "./runtime/message";
import { failMisconfigured } from "./runtime/misconfigured";
import { type RawSettings, readFlag, readText, settingsOf } from "./runtime/settings";
import { NodeStatus } from "./runtime/status";
import type * as ExportFlow from "./manage/export-flow";
import { doctorOperation, exportFlowOperation } from "./manage/extra-operations";
import { ensureWork } from "./manage/desired-state";

/** The fields of the form, by the kind of a path's parameter. */
const formTargets = ["thing", "property", "device", "dashboard", "trigger"] as const;
/** The objects that only messages name. */
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
  /** In place of the message's payload; absent where that counts. */
  body?: unknown;
}

/** Loads the code with the first dashboard that becomes a flow: few do. */
const exportFlowPart = (): typeof ExportFlow =>
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would load it with Node-RED
  require("./manage/export-flow") as typeof ExportFlow;

/** Work on the node's account that is more than one operation of the API. */
interface AccountWork {
  /** Runs the doctor. */
  examine: (signal: AbortSignal) => Promise<ManagedReport>;
  /** Makes a flow of a dashboard. */
  exportFlow: (
    request: Omit<Parameters<typeof ExportFlow.exportFlow>[1], "account">,
  ) => ReturnType<typeof ExportFlow.exportFlow>;
}

/** Registers the node `arduino-cloud-manage`, which calls the operations of the API. */
export default function (RED: NodeAPI): void {
  registerManageRoutes(RED);
  function construct(this: Node, config: NodeDef): void {
    RED.nodes.createNode(this, config);
    const status = new NodeStatus(this);
    try {
      const settings = readSettings(settingsOf(RED, config));
      const accountNode = findAccount(RED, settings.account);
      manage(this, status, settings, accountNode.account, {
        examine: (signal) => examineDeployed(RED, accountNode, signal),
        exportFlow: (request) => exportFlowPart().exportFlow(RED, { ...request, account: accountNode.id }),
      });
    } catch (reason) {
      failMisconfigured(this, status, toCloudError(reason));
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
    ...readFormBody(raw),
  };
}

function readFormBody(raw: RawSettings): { body?: unknown } {
  const text = readText(raw, "body");
  if (text === "") return {};
  const body = parseJson(text);
  if (body !== undefined) return { body };
  throw new CloudError(
    "not_configured",
    'The setting "body" is no JSON, but JSON is expected, or blank for msg.payload.',
  );
}

/** The parts of a manage node that its operations need. */
interface ManageParts {
  settings: ManageSettings;
  status: NodeStatus;
  rest: Rest;
  manager: Manager;
  work: AccountWork;
  inTurn: CloudAccount["inTurn"];
  /** Aborted when the node is closed. */
  signal: AbortSignal;
  onWarning: (message: string) => void;
}

/** Carries out one operation per message. Needs REST only, so the account's session is left alone. */
function manage(
  node: Node,
  status: NodeStatus,
  settings: ManageSettings,
  account: CloudAccount,
  work: AccountWork,
): void {
  const { rest } = account;
  const inTurn: CloudAccount["inTurn"] = (...args) => account.inTurn(...args);
  const closing = new AbortController();
  const { signal } = closing;
  const onWarning = (message: string): void => node.warn(message);
  const manager = new Manager({ rest, clock: systemClock, onWarning });
  const parts: ManageParts = { settings, status, rest, manager, work, inTurn, signal, onWarning };
  status.idle();

  const messagesEnd = onInput(node, async (message, send) => {
    try {
      await carryOut(parts, message, send);
    } catch (reason) {
      // After the close the status belongs to the successor.
      if (!signal.aborted) status.failed(toCloudError(reason));
      throw reason;
    }
    status.done();
  });

  onClose(node, async () => {
    closing.abort();
    await messagesEnd();
  });
}

/** Does what a message asks for, and sends the answer. */
async function carryOut(parts: ManageParts, message: Message, send: Send): Promise<void> {
  const { settings, status, rest, work, signal, onWarning } = parts;
  const { body: payload = message.payload } = settings;
  const choice = operationChoiceOf(settings, message);
  if (choice.operation === doctorOperation.name) {
    finish(message, await status.during(work.examine(signal)), send);
    return;
  }
  const { dashboard } = targetsOf(settings, message);
  if (choice.resource === exportFlowOperation.resource && choice.operation === exportFlowOperation.name) {
    const request = { dashboard, base: messageText(message, "base"), manager: parts.manager, signal };
    const { flow, unsupported } = await status.during(work.exportFlow(request));
    finish(Object.assign(message, { unsupported }), flow, send);
    return;
  }
  const wanted = ensureWork({ ...choice, dashboard }, { ...message, payload });
  if (wanted === undefined) {
    await callOperation(parts, chooseOperation(choice), message, send);
    return;
  }
  const onProgress = status.progress.bind(status);
  const ensure = (): ReturnType<typeof wanted> => wanted({ rest, signal, onProgress, onWarning });
  finish(message, await status.during(parts.inTurn("ensure", signal, ensure)), send);
}

/** Calls an operation of the API: once, or for each item of the payload. */
async function callOperation(
  { settings, status, manager, signal }: ManageParts,
  chosen: Chosen,
  message: Message,
  send: Send,
): Promise<void> {
  const input = inputOf(settings, chosen, message);
  if (Array.isArray(input.body) && takesMany(chosen)) {
    const items: readonly unknown[] = input.body;
    const options = { signal, onProgress: status.progress.bind(status) };
    const results = await status.during(manager.runMany(chosen, { ...input, body: items }, options));
    finish(message, results, send);
    reportFailures(results, chosen);
    return;
  }
  const upload = chosen.row.media === "multipart" ? { onUpload: status.upload.bind(status) } : {};
  const answer = await status.during(manager.run(chosen, input, { signal, ...upload }));
  send(Object.assign(message, { payload: answer.body, statusCode: answer.status }));
}

/** Reads the operation: what the form leaves open, the message says. */
function operationChoiceOf(settings: ManageSettings, message: Message): Parameters<typeof chooseOperation>[0] {
  const { resource } = settings;
  const open = (field: "operation" | "method" | "path"): string => settings[field] || messageText(message, field);
  return { resource, operation: open("operation"), method: open("method"), path: open("path") };
}

function inputOf(settings: ManageSettings, { row }: Chosen, message: Message): ManageInput {
  const { query: given } = message;
  const { body = message.payload, force } = settings;
  const query = force && "force" in row.query ? { ...(given as object | undefined), force: true } : given;
  return { targets: targetsOf(settings, message), query, body };
}

function targetsOf({ targets }: ManageSettings, message: Message): ManageSettings["targets"] {
  const named = messageTargets.map((kind) => [kind, messageText(message, messagePropertyOf(kind))] as const);
  return {
    ...Object.fromEntries(named),
    thing: targets.thing || messageThing(message),
    property: targets.property || messageText(message, "propertyId") || messagePropertyField(message),
    device: targets.device || messageText(message, "deviceId"),
    dashboard: targets.dashboard || messageText(message, "dashboardId"),
    trigger: targets.trigger || messageText(message, "triggerId"),
  };
}

/** Sends on the answer of many requests: there is no one status of them, and an old one would be mistaken for it. */
function finish(message: Message, payload: unknown, send: Send): void {
  message.payload = payload;
  Reflect.deleteProperty(message, "statusCode");
  send(message);
}

/** Throws CloudError `partial_failure` with the count where any of the items failed. */
function reportFailures(results: readonly ItemResult[], { resource, name }: Chosen): void {
  const failures = results.flatMap((result) => (result.ok ? [] : [result.error]));
  const [first] = failures;
  if (first === undefined) return;
  throw new CloudError(
    "partial_failure",
    `${resource}: ${name}: ${failures.length} of ${results.length} items failed; msg.payload holds what became of each. ` +
      `The first: ${first.message}`,
  );
}
