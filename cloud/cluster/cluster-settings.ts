import type { Clock } from "../core/clock";
import type { TlsOptions } from "../core/tls";
import type { ClusterEngine, EngineEvents } from "./engine";

/** The ways of going on while the engine is away: keep values back for a while, or let the last speaker go on. */
export const whenEngineDownChoices = ["hold", "speak"] as const;

/** The ways in which copies share the values: one speaks for all things, or each for a part of them. */
export const shareChoices = ["standby", "spread"] as const;

/** The settings of a cluster, the same in all its copies. */
export interface ClusterSettings {
  /** Tells clusters on one engine apart. */
  name: string;
  url: string;
  tls?: TlsOptions | undefined;
  user: string;
  password: string;
  share: (typeof shareChoices)[number];
  /** Milliseconds for which a lease is good. */
  ttlMs: number;
  /** Milliseconds for which values are kept for a take-over. */
  holdMs: number;
  whenEngineDown: (typeof whenEngineDownChoices)[number];
}

/** The parts that a copy is made of. */
export interface ClusterOptions {
  settings: ClusterSettings;
  clock: Clock;
  /** Returns the engine; called when the cluster starts. */
  createEngine: (events: EngineEvents) => ClusterEngine;
  /** Told of what people should know. */
  onWarning: (message: string) => void;
  /** Told of a fault of a listener. */
  onFault: (reason: unknown) => void;
  /** The name of this copy, unlike any other. */
  me?: string;
}
