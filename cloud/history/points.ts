import type { RestClient } from "../rest/transport/client";

/** The span of one variable's history to be read: from ≤ time < to, both RFC 3339. */
export interface SeriesWindow {
  propertyId: string;
  from: string;
  to: string;
}

/** One stored value. */
export interface RawPoint {
  propertyId: string;
  /** As received: RFC 3339, down to nanoseconds where the service has them. */
  time: string;
  /** `time` in milliseconds since 1970. */
  timestamp: number;
  value: unknown;
}

export interface RawRead {
  client: Pick<RestClient, "call">;
  /** One for each property. */
  windows: readonly SeriesWindow[];
  signal?: AbortSignal;
  /** Told where one instant holds more points than the API can give: those beyond the first thousand are left out. */
  onOverflow: (propertyId: string, time: string) => void;
}
