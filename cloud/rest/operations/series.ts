import type { Operation } from "./operation";

const root = "/iot/v2/series";
const common = { resource: "series", verb: "POST", pathFields: {}, query: {} } as const;

/** History (docs/protocol.md#history). Queries are POST requests that change nothing. */
export const series = [
  {
    ...common,
    id: "series_v2#batch_query",
    sdkName: "seriesV2BatchQuery",
    name: "batch-query",
    path: `${root}/batch_query`,
    summary: "Reads history condensed to intervals.",
    body: { type: "object", schema: "BatchQueryRequestsMediaV1", required: true },
    answer: "json",
    safe: true,
  },
  {
    ...common,
    id: "series_v2#batch_query_raw",
    sdkName: "seriesV2BatchQueryRaw",
    name: "batch-query-raw",
    path: `${root}/batch_query_raw`,
    summary: "Reads history as it was stored.",
    body: { type: "object", schema: "BatchQueryRawRequestsMediaV1", required: true },
    answer: "json",
    safe: true,
  },
  {
    ...common,
    id: "series_v2#batch_query_raw_last_value",
    sdkName: "seriesV2BatchQueryRawLastValue",
    name: "batch-query-raw-last-value",
    path: `${root}/batch_query_raw/lastvalue`,
    summary: "Reads the last stored values.",
    body: { type: "object", schema: "BatchLastValueRequestsMediaV1", required: true },
    answer: "json",
    safe: true,
  },
  {
    ...common,
    id: "series_v2#batch_query_sampling",
    sdkName: "seriesV2BatchQuerySampling",
    name: "batch-query-sampling",
    path: `${root}/batch_query_sampling`,
    summary: "Reads history thinned out, for texts and objects.",
    body: { type: "object", schema: "BatchQuerySampledRequestsMediaV1", required: true },
    answer: "json",
    safe: true,
  },
  {
    ...common,
    id: "series_v2#historic_data",
    sdkName: "seriesV2HistoricData",
    name: "historic-data",
    path: `${root}/historic_data`,
    summary: "Has history sent to the account's owner by e-mail.",
    body: { type: "object", schema: "HistoricDataRequest", required: true },
    answer: "empty",
    safe: false,
  },
] as const satisfies readonly Operation[];
