import type { Node, NodeAPI, NodeDef } from "node-red";
import type { CloudAccount } from "../cloud/account";
import { cancelled, CloudError, toCloudError } from "../cloud/errors";
import { type HistoryPlan, planHistory, readHistory } from "../cloud/history";
import { abortable } from "../cloud/rest/abort";
import type { RawPoint } from "../cloud/rest/series";
import { findAccount } from "./common/account-node";
import { Deliveries } from "./common/deliveries";
import { type Message, onClose, onInput, type Send } from "./common/input";
import { textOf } from "./common/message";
import { oldChartMessage } from "./common/old-shape";
import { refuse } from "./common/refuse";
import type { RawSettings } from "./common/settings";
import { NodeStatus } from "./common/status";
import { batchesOf, oldSeriesOf, rowsOf, variablesById, type WholeOutput, wholeOf } from "./history-output";
import { Runs } from "./history-runs";
import { type HistorySettings, readSettings, wishOf } from "./history-settings";

/** What a run needs. */
interface Run {
  plan: HistoryPlan;
  points: AsyncIterable<RawPoint>;
  message: Message;
  send: Send;
  signal: AbortSignal;
}

/** Most rows that are put into one message. */
const mostRows = 200_000;
/** Milliseconds for which an answer about the thing is good: a variable may be new, or its history switched on. */
const knownFor = 10_000;
/** Milliseconds after which progress shows: many nodes that read often would flood the editor. */
const moment = 500;
/** The work, as the subject of an error's sentence. */
const work = "The reading of history";

export default function (RED: NodeAPI): void {
  function construct(this: Node, config: NodeDef): void {
    RED.nodes.createNode(this, config);
    const status = new NodeStatus(RED, this);
    try {
      const settings = readSettings(config as unknown as RawSettings);
      const { account } = findAccount(RED, settings.account);
      new HistoryReader(RED, this, status, settings, account).start();
    } catch (reason) {
      refuse(this, status, toCloudError(reason));
    }
  }
  RED.nodes.registerType("arduino-cloud-history", construct);
}

/** Reads history for each message. Needs REST only, so the account's session is left alone. */
class HistoryReader {
  readonly #RED: NodeAPI;
  readonly #node: Node;
  readonly #status: NodeStatus;
  readonly #settings: HistorySettings;
  readonly #rest: CloudAccount["rest"];
  readonly #runs = new Runs();
  #isClosed = false;
  /** Lets the stream go on, where it waits for the message that says so. */
  #goOn: () => void = () => undefined;
  /** What has been warned of. */
  readonly #told = new Set<string>();

  constructor(RED: NodeAPI, node: Node, status: NodeStatus, settings: HistorySettings, account: CloudAccount) {
    this.#RED = RED;
    this.#node = node;
    this.#status = status;
    this.#settings = settings;
    this.#rest = account.rest;
  }

  start(): void {
    this.#status.idle();
    onInput(this.#node, (message, send) => this.#take(message, send));
    onClose(this.#node, () => {
      this.#isClosed = true;
      this.#runs.cancel();
      return Promise.resolve();
    });
  }

  async #take(message: Message, send: Send): Promise<void> {
    const action = textOf(message, "action");
    if (action === "next") this.#goOn();
    else if (action === "cancel") this.#runs.cancel();
    else if (action === "") await this.#runs.add((signal) => this.#answer(message, send, signal));
    else {
      throw new CloudError("invalid_input", `msg.action is "${action}", but "next", "cancel" or nothing is expected.`);
    }
  }

  async #answer(message: Message, send: Send, signal: AbortSignal): Promise<void> {
    try {
      await this.#status.during(this.#read(message, send, signal));
      this.#status.done();
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

  async #read(message: Message, send: Send, signal: AbortSignal): Promise<void> {
    const { output, compatible } = this.#settings;
    const { thing, ...wish } = wishOf(this.#settings, message);
    const known = await this.#rest.directory.thing(thing, { signal, maxAge: knownFor });
    const plan = planHistory(known, { ...wish, needsNumbers: output === "chart" && !compatible }, Date.now());
    for (const sentence of plan.leftOut) this.#warnOnce(sentence);
    const { client } = this.#rest;
    const points = readHistory(plan, { client, signal, onWarning: (text) => this.#node.warn(text) });
    const run = { plan, points, message, send, signal };
    if (output === "stream") await this.#stream(run);
    else await this.#whole(run, output);
  }

  /** All rows in one message. */
  async #whole({ plan, points, message, send, signal }: Run, output: WholeOutput): Promise<void> {
    const { chartFormat, compatible, limit } = this.#settings;
    const all: RawPoint[] = [];
    const showProgress = this.#progress(plan);
    for await (const { items } of batchesOf(points, 1_000, limit)) {
      requireGoing(signal);
      for (const point of items) all.push(point);
      if (all.length > mostRows) throw tooLarge();
      showProgress(items.at(-1));
    }
    Reflect.deleteProperty(message, "parts");
    if (output === "chart" && compatible) {
      send(oldChartMessage(message, this.#node.name || displayName(plan), oldSeriesOf(all, plan)));
      return;
    }
    send(Object.assign(message, { payload: wholeOf({ output, chartFormat }, all, plan), complete: true }));
  }

  /** A message for each batch; each waits for the flow to be done with the one before. */
  async #stream({ plan, points, message, send, signal }: Run): Promise<void> {
    const { batch, limit, advance } = this.#settings;
    const { parts: outer, ...rest } = message;
    for (const own of ["payload", "complete", "action"]) Reflect.deleteProperty(rest, own);
    const variables = variablesById(plan);
    const id = this.#RED.util.generateId();
    const deliveries = advance === "auto" ? new Deliveries(this.#RED, this.#node.id) : undefined;
    const showProgress = this.#progress(plan);
    let index = 0;
    try {
      for await (const { items, isLast } of batchesOf(points, batch, limit)) {
        requireGoing(signal);
        const parts = {
          id,
          type: "array",
          index: index++,
          len: batch,
          ...(outer === undefined ? {} : { parts: outer }),
        };
        const part: Message = {
          ...this.#RED.util.cloneMessage(rest),
          // An id of its own, so that the flow's work on this message can be told from that on the others.
          _msgid: this.#RED.util.generateId(),
          payload: rowsOf(items, variables),
          parts: isLast ? { ...parts, count: index } : parts,
          ...(isLast ? { complete: true } : {}),
        };
        if (isLast) send(part);
        else {
          const passed = deliveries?.deliver(part, send) ?? this.#untilNext(part, send);
          showProgress(items.at(-1));
          await abortable(passed, signal, work);
        }
      }
    } finally {
      deliveries?.close();
    }
  }

  async #untilNext(part: Message, send: Send): Promise<void> {
    const passed = new Promise<void>((resolve) => (this.#goOn = resolve));
    send(part);
    await passed;
  }

  /** Gives what shows how much of the window has been read. */
  #progress({ from, to }: HistoryPlan): (last: RawPoint | undefined) => void {
    const started = performance.now();
    return (last) => {
      if (last === undefined || this.#isClosed || performance.now() - started < moment) return;
      this.#status.share((last.timestamp - from) / Math.max(1, to - from));
    };
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

/** What was read before a run was called off may still come. */
function requireGoing(signal: AbortSignal): void {
  if (signal.aborted) throw cancelled(work);
}

function tooLarge(): CloudError {
  return new CloudError(
    "too_large",
    `history: there are more than ${mostRows} rows, too many for one message. Choose the output "stream", a limit, a shorter window or mode aggregate.`,
  );
}
