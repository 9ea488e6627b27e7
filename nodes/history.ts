import type { Node, NodeAPI, NodeDef } from "node-red";
import type { CloudAccount } from "../cloud/account";
import type { ArchiveRun } from "../cloud/history/archive";
import { earliestKept, retentionWarnings } from "../cloud/history/retention-warnings";
import { cancelled, CloudError, toCloudError } from "../cloud/core/errors";
import { type HistoryPlan, planHistory, readHistory } from "../cloud/history/history-query";
import { abortable } from "../cloud/core/abort";
import type { RawPoint } from "../cloud/history/points";
import { pointBatches, type PageReader } from "../cloud/history/page-reader";
import { printable } from "../cloud/core/text";
import { invalidQuery } from "../cloud/history/invalid-query";
import { findAccount } from "./runtime/account-node";
import { type Message, onClose, onInput, type Send } from "./runtime/input";
import { registerHistoryRoutes } from "./admin/history-routes";
import { textOf } from "./runtime/message";
import { legacyChartMessage } from "./runtime/legacy-messages";
import { failMisconfigured } from "./runtime/misconfigured";
import type { RawSettings } from "./runtime/settings";
import { NodeStatus } from "./runtime/status";
import { requireStore } from "./runtime/persistent-state";
import { ArchiveStore } from "./history/archive-store";
import { Backpressure } from "./history/backpressure";
import { oldSeriesOf, rowsOf, variablesById, type WholeOutput, wholeOf } from "./history/output-formats";
import { RunQueue } from "./history/run-queue";
import { type HistorySettings, readSettings, historyRequestOf } from "./history/settings";

interface Run {
  plan: HistoryPlan;
  reader: PageReader;
  message: Message;
  send: Send;
  signal: AbortSignal;
  /** Told what is delivered, where the next run is to go on from there. */
  archive: ArchiveRun | undefined;
}

/** Most rows that are put into one message. */
const maxRows = 200_000;
/** Milliseconds for which an answer about the thing is good: a variable may be new, or its history switched on. */
const cacheTtlMs = 10_000;
/** Milliseconds after which progress shows: many nodes that read often would flood the editor. */
const minStatusMs = 500;
/** No plan keeps history for less, in milliseconds (docs/protocol.md#plans). */
const minRetentionMs = 86_400_000;
/** A window may begin so much before what the plan keeps, in milliseconds, as one of "-90d" with 90 days does. */
const toleranceMs = 3_600_000;
/** The work, as the subject of an error's sentence. */
const work = "The reading of history";

/** Registers the node `arduino-cloud-history`, which reads stored values. */
export default function (RED: NodeAPI): void {
  function construct(this: Node, config: NodeDef): void {
    RED.nodes.createNode(this, config);
    const status = new NodeStatus(RED, this);
    try {
      const settings = readSettings(config as unknown as RawSettings);
      const { account } = findAccount(RED, settings.account);
      new HistoryReader(RED, this, status, settings, account).start();
    } catch (reason) {
      failMisconfigured(this, status, toCloudError(reason));
    }
  }
  RED.nodes.registerType("arduino-cloud-history", construct);
  registerHistoryRoutes(RED);
}

/** Reads history for each message. Needs REST only, so the account's session is left alone. */
class HistoryReader {
  readonly #RED: NodeAPI;
  readonly #node: Node;
  readonly #status: NodeStatus;
  readonly #settings: HistorySettings;
  readonly #rest: CloudAccount["rest"];
  readonly #memory: ArchiveStore;
  readonly #runs = new RunQueue();
  #isClosed = false;
  /** Hands the messages of the present run to the flow. */
  #handOver: Backpressure | undefined;
  /** The warnings already shown. */
  readonly #told = new Set<string>();

  constructor(RED: NodeAPI, node: Node, status: NodeStatus, settings: HistorySettings, account: CloudAccount) {
    this.#RED = RED;
    this.#node = node;
    this.#status = status;
    this.#settings = settings;
    this.#rest = account.rest;
    this.#memory = new ArchiveStore(node, settings.store);
  }

  start(): void {
    this.#status.idle();
    onInput(this.#node, (message, send) => this.#take(message, send));
    onClose(this.#node, async () => {
      this.#isClosed = true;
      this.#runs.cancel();
      await this.#runs.ended();
      await this.#memory.close();
    });
  }

  async #take(message: Message, send: Send): Promise<void> {
    const action = textOf(message, "action");
    if (action === "next") this.#handOver?.goOn();
    else if (action === "cancel") this.#runs.cancel();
    else if (action === "reset") {
      this.#runs.cancel();
      await this.#runs.add((signal) => abortable(this.#memory.forget(), signal, work));
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
      const isGapless = await this.#status.during(this.#read(message, send, signal));
      if (this.#isClosed) return;
      if (isGapless) this.#status.done();
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

  /** Sends what is asked for; returns whether none of it was deleted before it was read. */
  async #read(message: Message, send: Send, signal: AbortSignal): Promise<boolean> {
    const { thing, since, ...request } = historyRequestOf(this.#settings, message);
    const isArchive = since === "last-run";
    const known = await this.#rest.directory.thing(thing, { signal, maxAge: isArchive ? 0 : cacheTtlMs });
    const now = Date.now();
    const { output, compatible } = this.#settings;
    const plan = planHistory(known, { ...request, needsNumbers: output === "chart" && !compatible }, now);
    for (const sentence of plan.leftOut) this.#warnOnce(sentence);
    if (isArchive) return this.#continue(plan, { message, send, signal }, now);
    if (plan.from < now - minRetentionMs) void this.#tellRetention(plan, signal);
    await this.#give({ plan, reader: this.#reader(plan, signal), message, send, signal, archive: undefined });
    return true;
  }

  /** Goes on where the run before has ended. */
  async #continue(plan: HistoryPlan, given: Pick<Run, "message" | "send" | "signal">, now: number): Promise<boolean> {
    const { message, signal } = given;
    if (plan.mode !== "raw") throw invalidQuery("mode", plan.mode, 'raw, where since is "last run"');
    requireStore(this.#RED, this.#settings.store);
    await abortable(this.#memory.open(), signal, work);
    const days = await this.#rest.retention.days(plan.thing.device_id, signal);
    const upToNow = { ...plan, to: Math.min(plan.to, now) };
    const archive = this.#memory.archive.begin(upToNow, this.#settings.lookBack);
    const { lost, near } = days === undefined ? {} : retentionWarnings(archive.readTo, days, now);
    for (const sentence of [lost, near]) if (sentence !== undefined) this.#node.warn(sentence);
    if (lost !== undefined || near !== undefined) this.#status.attention(lost === undefined ? "near" : "lost");
    if (days !== undefined) message.retentionDays = days;
    const reader = archive.fresh(this.#reader(upToNow, signal, archive.starts));
    const from = Math.min(...archive.starts.values());
    try {
      const isAll = await this.#give({ ...given, plan: { ...upToNow, from }, reader, archive });
      if (isAll) archive.finish();
    } finally {
      await this.#memory.save();
    }
    return lost === undefined;
  }

  #reader(plan: HistoryPlan, signal: AbortSignal, starts?: ReadonlyMap<string, number>): PageReader {
    const { client } = this.#rest;
    return readHistory(plan, { client, signal, onWarning: (text) => this.#node.warn(text) }, starts);
  }

  /** Sends what is read; tells whether that is all there is. */
  async #give(run: Run): Promise<boolean> {
    const { output, limit, advance } = this.#settings;
    this.#handOver = new Backpressure(this.#RED, this.#node, output === "stream" ? advance : "auto");
    try {
      const count = output === "stream" ? await this.#stream(run) : await this.#whole(run, output);
      return count !== limit || limit === 0;
    } finally {
      this.#handOver.close();
    }
  }

  /** Sends all rows in one message; returns their number. */
  async #whole({ plan, reader, message, send, signal, archive }: Run, output: WholeOutput): Promise<number> {
    const { chartFormat, compatible, limit } = this.#settings;
    const all: RawPoint[] = [];
    const showProgress = this.#progress(plan);
    for await (const { items } of pointBatches(reader, 1_000, limit)) {
      requireGoing(signal);
      for (const point of items) all.push(point);
      if (all.length > maxRows) throw tooLarge();
      showProgress(items.at(-1));
    }
    Reflect.deleteProperty(message, "parts");
    const isOld = output === "chart" && compatible;
    const answer = isOld
      ? legacyChartMessage(message, this.#node.name || displayName(plan), oldSeriesOf(all, plan))
      : Object.assign(message, { payload: wholeOf({ output, chartFormat }, all, plan), complete: true });
    await this.#send(answer, all, { send, signal, archive, isLast: true });
    return all.length;
  }

  /**
   * Sends a message for each batch; each waits for the flow to be done with the one before. Returns the number of rows.
   */
  async #stream({ plan, reader, message, send, signal, archive }: Run): Promise<number> {
    const { batch, limit } = this.#settings;
    const { parts: outer, ...rest } = message;
    for (const own of ["payload", "complete", "action"]) Reflect.deleteProperty(rest, own);
    const variables = variablesById(plan);
    const parts = {
      id: this.#RED.util.generateId(),
      type: "array",
      len: batch,
      ...(outer === undefined ? {} : { parts: outer }),
    };
    const showProgress = this.#progress(plan);
    let [index, count] = [0, 0];
    for await (const { items, isLast } of pointBatches(reader, batch, limit)) {
      requireGoing(signal);
      showProgress(items.at(-1));
      const part: Message = {
        ...this.#RED.util.cloneMessage(rest),
        // An id of its own, so that the flow's work on this message can be told from that on the others.
        _msgid: this.#RED.util.generateId(),
        payload: rowsOf(items, variables),
        parts: { ...parts, index: index++, ...(isLast ? { count: index } : {}) },
        ...(isLast ? { complete: true } : {}),
      };
      await this.#send(part, items, { send, signal, archive, isLast });
      count += items.length;
    }
    return count;
  }

  /**
   * Sends a message. An archive takes note when the flow has it; without one the last message need not be waited for.
   */
  async #send(
    message: Message,
    points: readonly RawPoint[],
    { send, signal, archive, isLast }: Pick<Run, "send" | "signal" | "archive"> & { isLast: boolean },
  ): Promise<void> {
    if (archive !== undefined) {
      await this.#handOver?.deliver(message, send, signal);
      archive.commit(points);
      await this.#memory.note();
    } else if (isLast) send(message);
    else await this.#handOver?.pass(message, send, signal);
  }

  /** Returns a function that shows how much of the window has been read. */
  #progress({ from, to }: HistoryPlan): (last: RawPoint | undefined) => void {
    const started = performance.now();
    return (last) => {
      if (last === undefined || this.#isClosed || performance.now() - started < minStatusMs) return;
      this.#status.share((last.timestamp - from) / Math.max(1, to - from));
    };
  }

  /** Warns where a window begins before what the plan keeps. Nothing waits for it. */
  async #tellRetention({ thing, from }: HistoryPlan, signal: AbortSignal): Promise<void> {
    const days = await this.#rest.retention.days(thing.device_id, signal).catch(() => undefined);
    if (days === undefined || this.#isClosed || from >= earliestKept(days, Date.now()) - toleranceMs) return;
    this.#warnOnce(
      `The plan keeps the history of thing "${printable(thing.name)}" for ${days} days: what is older is not there.`,
    );
  }

  #warnOnce(sentence: string): void {
    if (this.#told.has(sentence)) return;
    this.#told.add(sentence);
    this.#node.warn(sentence);
  }
}

function displayName({ thing, variables: [first, ...more] }: HistoryPlan): string {
  return first === undefined || more.length > 0 ? thing.name : first.property.name;
}

/** Throws where the run was called off: what was read before may still come. */
function requireGoing(signal: AbortSignal): void {
  if (signal.aborted) throw cancelled(work);
}

function tooLarge(): CloudError {
  return new CloudError(
    "too_large",
    `history: there are more than ${maxRows} rows, too many for one message. Choose the output "stream", a limit, a shorter window or mode aggregate.`,
  );
}
