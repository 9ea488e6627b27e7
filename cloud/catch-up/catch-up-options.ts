import type { CloudError } from "../core/errors";
import type { LiveValue } from "../live-values/value-feed";
import type { Direction } from "../mqtt/topics";
import type { RestClient } from "../rest/index";
import type { ThingReaderOptions } from "./thing-reader";

/** Where a value comes from. */
export type CaughtSource = "live" | "initial" | "catch-up";

export interface CatchUpOptions extends Pick<ThingReaderOptions, "lookUp" | "clock" | "variable"> {
  client: Pick<RestClient, "call" | "clockSkew">;
  /** The direction of the values that the cloud holds; those of the other one only pass. Default `reported`. */
  direction?: Direction;
  /** Whether the values that the cloud holds are given first. */
  initial?: boolean;
  /** With `initial`: first the stored values of so many milliseconds; of reported values only. Default 0: none. */
  initialMs?: number;
  /** `last`: present values that changed in an outage; `all`: every stored value of it, which only reported ones have. */
  mode: "none" | "last" | "all";
  /**
   * For `all`: milliseconds after the return until history is expected to have caught up (docs/protocol.md#history).
   * Default 15 s.
   */
  delayMs?: number;
  /** The result of `lastSeen` before a restart; anything else counts as nothing. */
  lastSeen?: unknown;
  /** Returns the same as it is by now, where other copies of the flow go on meanwhile. */
  latestSeen?: (() => Promise<unknown>) | undefined;
  /** Most live values that wait, and most bytes of them. */
  maxBuffered?: { values: number; bytes: number };
  /** Takes every value, live or caught up, in the order in which a flow shall get it. */
  sink: (value: LiveValue, source: CaughtSource) => void;
  /** Told when `lastSeen` changes without a value. */
  onProgress?: () => void;
  /** Told of something that the user should know, while it goes on. */
  onWarning: (message: string) => void;
  /** Told of an outage whose values can't be had. */
  onError: (error: CloudError) => void;
}
