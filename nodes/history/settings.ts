import { CloudError } from "../../cloud/core/errors";
import type { HistoryRequest } from "../../cloud/history/history-query";
import { printable } from "../../cloud/core/text";
import type { Message } from "../runtime/input";
import { messagePropertyField, messageText, messageThing } from "../runtime/message";
import { type RawSettings, readChoice, readFlag, readGiven, readNumber, readText } from "../runtime/settings";
import { type ChartFormat, chartFormats, type WholeOutput } from "./output-formats";

/** The settings of a history node. */
export interface HistorySettings {
  account: string;
  thing: string;
  property: string;
  /** Start of the window; blank: the message decides. */
  from: unknown;
  to: unknown;
  mode: string;
  interval: unknown;
  aggregation: string;
  output: WholeOutput | "stream";
  chartFormat: ChartFormat;
  /** Most rows of a message of a stream. */
  batch: number;
  /** Most rows, the earliest; 0 for all. */
  limit: number;
  advance: "auto" | "next";
  /** A chart has the shape that Arduino's own node gives it. */
  compatible: boolean;
  since: "" | Since;
  /** How far a run goes back before the last value of a variable. */
  lookBackMs: number;
  /** The name of the context store that keeps how far the runs are; blank for the default one. */
  store: string;
}

/** Where a reading begins: at `from`, or for each variable where the run before has ended. */
export type Since = "window" | "last-run";

/** The start of the first run of an archive: no plan keeps more (docs/protocol.md#plans). */
const allThereIs = "-731d";

/**
 * Reads the settings.
 * @throws CloudError `not_configured` naming the field, what is given and what is expected
 */
export function readHistorySettings(raw: RawSettings): HistorySettings {
  return {
    account: readText(raw, "account"),
    thing: readText(raw, "thing"),
    property: readText(raw, "property"),
    from: readGiven(raw, "from"),
    to: readGiven(raw, "to"),
    mode: readText(raw, "mode"),
    interval: readGiven(raw, "interval"),
    aggregation: readText({ ...raw, aggregation: joined(raw.aggregation) }, "aggregation"),
    output: readChoice(raw, "output", ["rows", "chart", "csv", "stream"]),
    chartFormat: readChoice(raw, "chartFormat", chartFormats),
    batch: Math.floor(readNumber(raw, "batch", 1_000, 1)),
    limit: Math.floor(readNumber(raw, "limit", 0, 0)),
    advance: readChoice(raw, "advance", ["auto", "next"]),
    compatible: readFlag(raw, "compatible"),
    since: readChoice({ ...raw, since: hyphenated(raw.since) }, "since", ["", "window", "last-run"]),
    lookBackMs: readNumber(raw, "lookBack", 300, 0) * 1_000,
    store: readText(raw, "store"),
  };
}

/**
 * Reads what is asked for: what the form leaves blank, the message says, failing that, the default.
 * @throws CloudError `invalid_input` where no thing is named, or something is of the wrong kind
 */
export function historyRequestOf(
  settings: HistorySettings,
  message: Message,
): { thing: string; since: Since } & Omit<HistoryRequest, "needsNumbers"> {
  const thing = settings.thing || messageThing(message);
  if (thing === "") {
    throw new CloudError(
      "invalid_input",
      "No thing is given: choose one in the node's settings, or set msg.thingId to its id or name.",
    );
  }
  const open = (field: "from" | "to" | "interval", fallback: unknown): unknown =>
    [settings[field], message[field]].find((given) => !isBlank(given)) ?? fallback;
  const since = settings.since || sinceOf(message);
  return {
    thing,
    since,
    variable: settings.property || messagePropertyField(message),
    from: open("from", since === "window" ? "-24h" : allThereIs),
    to: open("to", "now"),
    mode: settings.mode || messageText(message, "mode") || "raw",
    interval: open("interval", 300),
    aggregation: settings.aggregation || messageText({ aggregation: joined(message.aggregation) }, "aggregation"),
  };
}

/** Joins several names, given as an array, to one text. */
function joined(given: unknown): unknown {
  return Array.isArray(given) ? given.join(",") : given;
}

function sinceOf(message: Message): Since {
  const given = hyphenated(messageText(message, "since"));
  if (given === "" || given === "window") return "window";
  if (given === "last-run") return "last-run";
  throw new CloudError(
    "invalid_input",
    `msg.since is "${printable(given)}", but "last run", "window" or nothing is expected.`,
  );
}

/** Accepts "last run", as people write it. */
function hyphenated<T>(since: T): T | "last-run" {
  return since === "last run" ? "last-run" : since;
}

function isBlank(given: unknown): boolean {
  return given === undefined || given === null || (typeof given === "string" && given.trim() === "");
}
