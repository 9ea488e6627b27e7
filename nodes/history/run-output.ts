import type { Node, NodeAPI } from "node-red";
import { cancelled, CloudError } from "../../cloud/core/errors";
import type { ArchiveRun } from "../../cloud/history/archive";
import type { HistoryPlan } from "../../cloud/history/history-query";
import { type PageReader, pointBatches } from "../../cloud/history/page-reader";
import { Points } from "../../cloud/history/points";
import type { Message, Send } from "../runtime/input";
import { legacyChartMessage } from "../runtime/legacy-messages";
import type { NodeStatus } from "../runtime/status";
import type { ArchiveStore } from "./archive-store";
import { Backpressure } from "./backpressure";
import { oldSeriesOf, rowsOf, variablesById, type WholeOutput, wholeOf } from "./output-formats";
import { runName } from "./run-queue";
import type { HistorySettings } from "./settings";

/** The answer to one message: what is read, and where it goes. */
export interface HistoryRun {
  plan: HistoryPlan;
  reader: PageReader;
  message: Message;
  send: Send;
  signal: AbortSignal;
  /** Told what is delivered, where the next run is to go on from there. */
  archive: ArchiveRun | undefined;
}

/** The parts of a history node that its output needs. */
interface HistoryNodeParts {
  RED: NodeAPI;
  node: Node;
  status: Pick<NodeStatus, "share">;
  settings: HistorySettings;
  /** Notes how far an archive is. */
  store: Pick<ArchiveStore, "note">;
}

/** Most rows that are put into one message. */
const maxRows = 200_000;
/** Points that are read at once where the answer is one message. */
const wholeBatch = 1_000;
/** Progress shows only after this time: many nodes that read often would flood the editor. */
const minStatusMs = 500;

/** Sends what the runs of a node read: as one message, or as a stream that waits for the flow. One run at a time. */
export class RunOutput {
  readonly #parts: HistoryNodeParts;
  /** Hands the messages of the present run to the flow. */
  #backpressure: Backpressure | undefined;
  #isClosed = false;

  constructor(parts: HistoryNodeParts) {
    this.#parts = parts;
  }

  /** Tells a stream that the flow is done with the message it has. */
  goOn(): void {
    this.#backpressure?.goOn();
  }

  /** Ends the showing of progress: after the close the status belongs to the successor. */
  close(): void {
    this.#isClosed = true;
  }

  /**
   * Sends what is read; resolves to whether that is all there is.
   * @throws CloudError `cancelled` where the run is called off, `too_large` where one message can't hold it
   */
  async give(run: HistoryRun): Promise<boolean> {
    const { RED, node, settings } = this.#parts;
    const { output, limit, advance } = settings;
    this.#backpressure = new Backpressure(RED, node, output === "stream" ? advance : "auto");
    try {
      const count = output === "stream" ? await this.#stream(run) : await this.#whole(run, output);
      return count !== limit || limit === 0;
    } finally {
      this.#backpressure.close();
    }
  }

  /** Sends all rows in one message; returns their number. */
  async #whole(run: HistoryRun, output: WholeOutput): Promise<number> {
    const { plan, reader, message, signal } = run;
    const { node, settings } = this.#parts;
    const { chartFormat, compatible, limit } = settings;
    const all: Points[] = [];
    let count = 0;
    const showProgress = this.#progress(plan);
    for await (const { parts, length } of pointBatches(reader, wholeBatch, limit)) {
      requireRunning(signal);
      all.push(...parts);
      count += length;
      if (count > maxRows) throw tooLarge();
      showProgress(parts);
    }
    Reflect.deleteProperty(message, "parts");
    const isOld = output === "chart" && compatible;
    const answer = isOld
      ? legacyChartMessage(message, node.name || displayName(plan), oldSeriesOf(all, plan))
      : Object.assign(message, { payload: wholeOf({ output, chartFormat }, all, plan), complete: true });
    if (output === "chart" && !isOld) nameLine(message, plan);
    await this.#send(run, answer, all, true);
    return count;
  }

  /**
   * Sends a message for each batch; each waits for the flow to be done with the one before. Returns the number of rows.
   */
  async #stream(run: HistoryRun): Promise<number> {
    const { plan, reader, signal } = run;
    const { batch, limit } = this.#parts.settings;
    const partOf = this.#partsOf(run.message, batch);
    const variables = variablesById(plan);
    const showProgress = this.#progress(plan);
    let [index, count] = [0, 0];
    for await (const { parts, length, isLast } of pointBatches(reader, batch, limit)) {
      requireRunning(signal);
      showProgress(parts);
      await this.#send(run, partOf(rowsOf(parts, variables), index, isLast), parts, isLast);
      index++;
      count += length;
    }
    return count;
  }

  /** Returns what makes the messages of a stream from the one that asked for it. */
  #partsOf(message: Message, len: number): (payload: unknown, index: number, isLast: boolean) => Message {
    const { util } = this.#parts.RED;
    const { parts: outer, ...rest } = message;
    for (const own of ["payload", "complete", "action"]) Reflect.deleteProperty(rest, own);
    const parts = { id: util.generateId(), type: "array", len, ...(outer !== undefined && { parts: outer }) };
    return (payload, index, isLast) => ({
      ...util.cloneMessage(rest),
      // An id of its own, so that the flow's work on this message can be told from that on the others.
      _msgid: util.generateId(),
      payload,
      parts: { ...parts, index, ...(isLast && { count: index + 1 }) },
      ...(isLast && { complete: true }),
    });
  }

  /**
   * Sends a message. An archive takes note when the flow has it; without one the last message need not be waited for.
   */
  async #send(
    { send, signal, archive }: HistoryRun,
    message: Message,
    parts: readonly Points[],
    isLast: boolean,
  ): Promise<void> {
    if (archive !== undefined) {
      await this.#backpressure?.deliver(message, send, signal);
      archive.commit(Points.in(parts));
      this.#parts.store.note();
    } else if (isLast) send(message);
    else await this.#backpressure?.pass(message, send, signal);
  }

  /** Returns a function that shows how much of the window has been read. */
  #progress({ from, to }: HistoryPlan): (parts: readonly Points[]) => void {
    const started = performance.now();
    return (parts) => {
      const last = parts.at(-1);
      if (last === undefined || this.#isClosed || performance.now() - started < minStatusMs) return;
      this.#parts.status.share((last.timestampAt(last.length - 1) - from) / Math.max(1, to - from));
    };
  }
}

function displayName({ thing, variables: [first, ...more] }: HistoryPlan): string {
  return first === undefined || more.length > 0 ? thing.name : first.property.name;
}

/**
 * Sets for the points of one variable the topic that property in gives its values, where the message has none: so both fit one
 * chart whose line is named by the topic.
 */
function nameLine(message: Message, { variables: [first, ...more] }: HistoryPlan): void {
  const topic: unknown = message.topic ?? "";
  if (topic === "" && first !== undefined && more.length === 0) message.topic = first.name;
}

/** Throws where the run was called off: what was read before may still come. */
function requireRunning(signal: AbortSignal): void {
  if (signal.aborted) throw cancelled(runName);
}

function tooLarge(): CloudError {
  return new CloudError(
    "too_large",
    `history: there are more than ${maxRows} rows, too many for one message. Choose the output "stream", a limit, a shorter window or mode aggregate.`,
  );
}
