/** Codes of what could not be carried over as it was: `arduino-cloud-sidebar.page.note.<code>` in the catalogue. */
export type PageNoteCode =
  | "not-linked"
  | "variable-gone"
  | "unknown-type"
  | "wrong-type"
  | "read-only"
  | "first-variable"
  | "not-drawn"
  | "map"
  | "image-map"
  | "scheduler"
  | "picture"
  | "no-values"
  | "no-text"
  | "moved"
  | "options";

/** A note about one widget. */
export interface PageNote {
  code: PageNoteCode;
  /** The values for the text. */
  values?: Record<string, string>;
}

/** Texts that the flow itself holds: `arduino-cloud-sidebar.page.flow.<key>` in the catalogue. */
type FlowTextKey =
  | "places"
  | "pause"
  | "last-day"
  | "plain"
  | "unit"
  | "number"
  | "line"
  | "point"
  | "gather"
  | "not-linked"
  | "open-map"
  | "open-cloud"
  | "no-schedule"
  | "from"
  | "to"
  | "on";

/** The texts of a page, in the language of whoever makes it. */
export interface PageTexts {
  flow: (key: FlowTextKey) => string;
  note: (note: PageNote) => string;
}
