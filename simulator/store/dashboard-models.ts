import type { JsonValue } from "../json";

/** `ArduinoDashboardv3` (docs/protocol.md#models) as it is stored; version 2 shows it without pages. */
export interface Dashboard {
  id: string;
  name: string;
  /** The owner. */
  user_id: string;
  organization_id?: string;
  cover_image?: string;
  pages: Page[];
  widgets: Widget[];
  /** Ids of the users who may see it. */
  shares: string[];
  /** Ids of the users who ask to see it, with their words. */
  requests: { user_id: string; message: string }[];
  updated_at: string;
  deleted_at?: string;
}

export interface Page {
  id: string;
  name: string;
  position: number;
  icon?: string;
}

/** `widgetv3`; x, y, width and height also for mobile. */
export interface Widget {
  id: string;
  type: string;
  name?: string;
  /** "0" = the main page. */
  page_id: string;
  options: Record<string, JsonValue>;
  /** Property ids. */
  variables: string[];
  [place: string]: JsonValue | undefined;
}
