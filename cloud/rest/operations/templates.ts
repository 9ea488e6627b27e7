import type { Operation } from "./operation";

/** Templates (docs/protocol.md#templates). */
export const templates = [
  {
    resource: "templates",
    id: "templates#apply",
    sdkName: "templatesApply",
    name: "create-from-template",
    verb: "PUT",
    path: "/iot/v1/templates",
    summary: "Creates things, dashboards and triggers from a template.",
    pathFields: {},
    query: {},
    body: { type: "object", schema: "template", required: true },
    answer: "json",
    safe: false,
  },
] as const satisfies readonly Operation[];
