import type { Node, NodeAPI, NodeDef } from "node-red";
import type { CloudAccount } from "../cloud/account";
import { earliestKept, retentionWarnings } from "../cloud/history/retention-warnings";
import { CloudError, isMissing, toCloudError } from "../cloud/core/errors";
import { type HistoryPlan, planHistory, readHistory } from "../cloud/history/history-query";
import { abortable } from "../cloud/core/abort";
import type { PageReader } from "../cloud/history/page-reader";
import { printable } from "../cloud/core/text";
import { invalidQuery } from "../cloud/history/invalid-query";
import { findAccount } from "./runtime/account-node";
import { type Message, onClose, onInput, type Send } from "./runtime/input";
import { registerHistoryRoutes } from "./admin/history-routes";
import { messageText } from "./runtime/message";
import { failMisconfigured } from "./runtime/misconfigured";
import { settingsOf } from "./runtime/settings";
import { NodeStatus } from "./runtime/status";
import { requireStore } from "./runtime/persistent-state";
import { WarnOnce } from "./runtime/warn-once";
import { ArchiveStore } from "./history/archive-store";
import { type HistoryRun, RunOutput } from "./history/run-output";
import { runName, RunQueue } from "./history/run-queue";
import { type HistorySettings, readHistorySettings, historyRequestOf } from "./history/settings";
import { inBackground } from "../cloud/core/guard";

/** Milliseconds for which an answer about the thing is good: a variable may be new, or its history switched on. */
const cacheTtlMs = 10_000;
/** Knowledge older than this is refreshed before something is told to be missing. */
const missingTtlMs = 2_000;
/** No plan keeps history for less, in milliseconds (docs/protocol.md#plans). */
const minRetentionMs = 86_400_000;
/** A window may begin so much before what the plan keeps, in milliseconds, as one of "-90d" with 90 days does. */
const toleranceMs = 3_600_000;

/** Registers the node `arduino-cloud-history`, which reads stored values. */
export default function (RED: NodeAPI): void {
  function construct(this: Node, config: NodeDef): void {
    RED.nodes.createNode(this, config);
    const status = new NodeStatus(this);
    try {
      const settings = readHistorySettings(settingsOf(RED, config));
      const { account } = findAccount(RED, settings.account);
      new HistoryReader(RED, this, status, settings, account).start();
    } catch (reason) {
      failMisconfigured(this, status, toCloudError(reason));
    }
  }
  RED.nodes.registerType("arduino-cloud-history", construct);
  registerHistoryRoutes(RED);
}

/**
 * The outcome of a run: all that was asked for, some of it deleted before it was read, or nothing since another copy of the
 * flow does it.
 */
type RunOutcome = "gapless" | "lost" | "elsewhere";

/** Reads history for each message. Needs REST only, so the account's session is left alone. */
class HistoryReader {
  readonly #RED: NodeAPI;
  readonly #node: Node;
  readonly #status: NodeStatus;
  readonly #settings: HistorySettings;
  readonly #rest: CloudAccount["rest"];
  readonly #store: ArchiveStore;
  readonly #runs = new RunQueue();
  readonly #output: RunOutput;
  readonly #warnings: WarnOnce;
  #isClosed = false;

  constructor(RED: NodeAPI, node: Node, status: NodeStatus, settings: HistorySettings, account: CloudAccount) {
    this.#RED = RED;
    this.#node = node;
    this.#status = status;
    this.#settings = settings;
    this.#rest = account.rest;
    this.#store = new ArchiveStore(node, settings.store, account.cluster, () => this.#runs.cancel());
    this.#output = new RunOutput({ RED, node, status, settings, store: this.#store });
    this.#warnings = new WarnOnce((sentence) => node.warn(sentence));
  }

  start(): void {
    this.#status.idle();
    onInput(this.#node, (message, send) => this.#take(message, send));
    onClose(this.#node, async (removed) => {
      this.#isClosed = true;
      this.#output.close();
      this.#runs.cancel();
      await this.#runs.ended();
      await this.#store.close(removed);
    });
  }

  async #take(message: Message, send: Send): Promise<void> {
    const action = messageText(message, "action");
    if (action === "next") this.#output.goOn();
    else if (action === "cancel") this.#runs.cancel();
    else if (action === "reset") {
      this.#runs.cancel();
      await this.#runs.add((signal) => abortable(this.#store.forget(), signal, runName));
    } else if (action === "") await this.#runs.add((signal) => this.#answer(message, send, signal));
    else {
      throw new CloudError(
        "invalid_input",
        `msg.action is "${printable(action)}", but "next", "cancel", "reset" or nothing is expected.`,
      );
    }
  }

  async #answer(message: Message, send: Send, signal: AbortSignal): Promise<void> {
    try {
      const outcome = await this.#status.during(this.#read(message, send, signal));
      if (this.#isClosed) return;
      if (outcome === "elsewhere") this.#status.idle("elsewhere");
      else if (outcome === "gapless") this.#status.done();
      else this.#status.attention("lost");
    } catch (reason) {
      const error = toCloudError(reason);
      // After the close the status belongs to the successor.
      if (!this.#isClosed) {
        if (signal.aborted) this.#status.idle();
        else this.#status.failed(error);
      }
      throw error;
    }
  }

  /**
   * Sends what is asked for. What is not found is looked for
   * once more: the thing or variable may have been made, or made again, since the cloud was asked last.
   */
  async #read(message: Message, send: Send, signal: AbortSignal): Promise<RunOutcome> {
    const answers = { areSent: false };
    const noteAndSend = (answer: Message): void => {
      answers.areSent = true;
      send(answer);
    };
    try {
      return await this.#readOnce(message, noteAndSend, signal, cacheTtlMs);
    } catch (reason) {
      // A run since the last one has asked the cloud just now.
      const isFresh = historyRequestOf(this.#settings, message).since === "last-run";
      if (answers.areSent || isFresh || !isMissing(reason) || signal.aborted) throw reason;
      return this.#readOnce(message, send, signal, missingTtlMs);
    }
  }

  async #readOnce(message: Message, send: Send, signal: AbortSignal, ttlMs: number): Promise<RunOutcome> {
    const { thing, since, ...request } = historyRequestOf(this.#settings, message);
    const isArchive = since === "last-run";
    const known = await this.#rest.directory.thing(thing, { signal, maxAgeMs: isArchive ? 0 : ttlMs });
    const now = this.#rest.client.now();
    const { output, compatible } = this.#settings;
    const plan = planHistory(known, { ...request, needsNumbers: output === "chart" && !compatible }, now);
    for (const sentence of plan.leftOut) this.#warnings.note(sentence, sentence);
    if (isArchive) return this.#continue(plan, { message, send, signal }, now);
    if (plan.from < now - minRetentionMs) inBackground(this.#tellRetention(plan, signal));
    await this.#output.give({ plan, reader: this.#reader(plan, signal), message, send, signal, archive: undefined });
    return "gapless";
  }

  /** Goes on where the run before has ended. */
  async #continue(
    plan: HistoryPlan,
    given: Pick<HistoryRun, "message" | "send" | "signal">,
    now: number,
  ): Promise<RunOutcome> {
    const { message, signal } = given;
    if (plan.mode !== "raw") throw invalidQuery("mode", plan.mode, 'raw, where since is "last run"');
    requireStore(this.#RED, this.#settings.store);
    await abortable(this.#store.open(), signal, runName);
    if (!(await this.#store.begin(signal))) return "elsewhere";
    const days = await this.#rest.retention.days(plan.thing.device_id, signal);
    const upToNow = { ...plan, to: Math.min(plan.to, now) };
    const archive = this.#store.archive.begin(upToNow, this.#settings.lookBackMs);
    const { lost, near } = days === undefined ? {} : retentionWarnings(archive.readTo, days, now);
    for (const sentence of [lost, near]) if (sentence !== undefined) this.#node.warn(sentence);
    if (lost !== undefined || near !== undefined) this.#status.attention(lost === undefined ? "near" : "lost");
    if (days !== undefined) message.retentionDays = days;
    const reader = archive.fresh(this.#reader(upToNow, signal, archive.starts));
    const from = Math.min(...archive.starts.values());
    try {
      const isAll = await this.#output.give({ ...given, plan: { ...upToNow, from }, reader, archive });
      if (isAll) archive.finish();
    } finally {
      await this.#store.save();
    }
    return lost === undefined ? "gapless" : "lost";
  }

  #reader(plan: HistoryPlan, signal: AbortSignal, starts?: ReadonlyMap<string, number>): PageReader {
    const { client } = this.#rest;
    return readHistory(plan, { client, signal, onWarning: (text) => this.#node.warn(text) }, starts);
  }

  /** Warns where a window begins before what the plan keeps. Nothing waits for it. */
  async #tellRetention({ thing, from }: HistoryPlan, signal: AbortSignal): Promise<void> {
    const days = await this.#rest.retention.days(thing.device_id, signal).catch(() => undefined);
    if (days === undefined || this.#isClosed || from >= earliestKept(days, this.#rest.client.now()) - toleranceMs)
      return;
    const warning = `The plan keeps the history of thing "${printable(thing.name)}" for ${days} days: what is older is not there.`;
    this.#warnings.note(warning, warning);
  }
}
