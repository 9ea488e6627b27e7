import type { FlowNode } from "./old-nodes";

/** Notes about a node that is converted: `arduino-cloud-migration.note.<code>` in the catalogue. */
export const noteCodes = [
  "no-connection",
  "no-thing",
  "no-variable",
  "key-stays",
  "space",
  "one-more-account",
  "shape-kept",
  "topic",
  "topic-passes",
  "timestamp",
  "measured",
  "passes-on",
  "more-properties",
  "chart",
  "every-value",
  "span-rounded",
  "no-interval",
  "broker",
  "checked",
  "as-device",
] as const;

export interface Note {
  code: (typeof noteCodes)[number];
  /** The values for the text. */
  values?: Record<string, string | number>;
}

/** One node that is converted, or one account that is made. */
export interface MigrationStep {
  id: string;
  /** The name that the user gave it; may be blank. */
  name: string;
  from: string;
  to: string;
  notes: Note[];
}

/** An API key that has to be copied to another node than the one that it is stored for. */
export interface KeyMove {
  from: string;
  to: string;
  /** The name of the account that gets it. */
  name: string;
}

/** A flow as it will be, and what to tell of it. */
export interface Migration {
  flow: FlowNode[];
  /** In the order of the flow; none where there is nothing to convert. */
  steps: MigrationStep[];
  /** The keys of all accounts that come out of it; where `from` is `to`, the key stays where it is. */
  keys: KeyMove[];
}
