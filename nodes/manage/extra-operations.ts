/**
 * An operation of manage that is none of the API, but stands on many of them, as data for the runtime, the form and the
 * manual.
 */
export interface WantedOperation {
  readonly resource: string;
  readonly name: "ensure" | "create-from-template" | "export-flow" | "doctor";
  readonly summary: string;
  /** The input of the message beside its payload, in the words of the form. */
  readonly input: readonly string[];
  /** The fields of the form that it needs. */
  readonly targets?: readonly string[];
  /** The content of the answer's payload. */
  readonly answer: string;
}

const ensureFacts = {
  name: "ensure",
  summary: "Makes only the changes that lead to the wanted state, and gives the plan.",
  input: ["msg.dryRun, msg.prune, msg.confirm"],
  answer: "{changed, plan, value}",
} as const;
const templateFacts = {
  name: "create-from-template",
  summary: "Creates as many copies of a template as wanted, each once.",
  input: ["msg.dryRun"],
  answer: "{changed, plan, value}",
} as const;
/** It is about the account, so it is taken whatever the resource. */
export const doctorOperation = {
  resource: "any",
  name: "doctor",
  summary: "Examines the account, from DNS to the variables that nodes name, and says what to do.",
  input: [],
  answer: "{ok, findings, text}",
} as const satisfies WantedOperation;

/** It makes a flow, which is nothing of the API. */
export const exportFlowOperation = {
  resource: "dashboards",
  name: "export-flow",
  summary: "Makes a flow for FlowFuse Dashboard 2.0 that shows the dashboard, with property nodes of this account.",
  input: ["msg.base: the dashboard of this Node-RED that the pages go to, where there are several; its id or name"],
  targets: ["dashboard"],
  answer: "an array of nodes; msg.unsupported: [{widget, type, reason}]",
} as const satisfies WantedOperation;

/** Operations that manage offers beside those of the API. */
export const wantedOperations: readonly WantedOperation[] = [
  ...["things", "dashboards", "triggers"].map((resource) => ({ ...ensureFacts, resource })),
  ...["things", "dashboards"].map((resource) => ({ ...templateFacts, resource })),
  exportFlowOperation,
  doctorOperation,
];
