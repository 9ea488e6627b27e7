/** An operation of manage that stands on many of the API, as data for the runtime, the form and the manual. */
export interface WantedOperation {
  readonly resource: string;
  readonly name: "ensure" | "create-from-template";
  readonly summary: string;
  /** What the message brings, in the words of the form: property names and their fields. */
  readonly input: readonly string[];
}

const ensure = {
  name: "ensure",
  summary: "Makes only the changes that lead to the wanted state, and gives the plan.",
  input: ["msg.payload: the wanted state, one object or an array", "msg.dryRun, msg.prune, msg.confirm"],
} as const;
const createFromTemplate = {
  name: "create-from-template",
  summary: "Creates as many copies of a template as wanted, each once.",
  input: ["msg.payload: template*, copies* (an array of objects with name and, for things, device)", "msg.dryRun"],
} as const;

/** Operations that manage offers beside those of the API. */
export const wantedOperations: readonly WantedOperation[] = [
  ...["things", "dashboards", "triggers"].map((resource) => ({ ...ensure, resource })),
  ...["things", "dashboards"].map((resource) => ({ ...createFromTemplate, resource })),
];
