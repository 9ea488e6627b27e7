import { CloudError } from "../../cloud/core/errors";
import type { Rest } from "../../cloud/rest/index";
import type * as DesiredState from "../../cloud/desired-state/index";
import type { WantedKind, WantedProgress } from "../../cloud/desired-state/index";
import { isPlainObject } from "../../cloud/core/json";
import type { Message } from "../runtime/input";
import { wantedOperations } from "./extra-operations";

/** Loads the code with the first message that needs it: few flows do, and it is a twelfth of all that there is. */
const desiredState = (): typeof DesiredState =>
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would load it with Node-RED
  require("../../cloud/desired-state/index") as typeof DesiredState;

/** Options of work on a wanted state. */
interface EnsureWorkOptions {
  rest: Rest;
  signal: AbortSignal;
  onProgress: (progress: WantedProgress) => void;
  onWarning: (message: string) => void;
}

/**
 * Work on a wanted state, which returns the payload of the answer. Throws what the functions of cloud/desired-state
 * throw.
 */
type EnsureWork = (options: EnsureWorkOptions) => Promise<unknown>;

/** The operation that a message asks for. */
interface EnsureRequest {
  resource: string;
  operation: string;
  /** Id or name of the dashboard of the path. */
  dashboard: string;
}

/**
 * Returns the work of an operation that stands on many of the API; `undefined` where it is one of the API itself.
 * @throws CloudError `invalid_input` where an option of the message is no such thing
 */
export function ensureWork(
  { resource, operation, dashboard }: EnsureRequest,
  message: Message,
): EnsureWork | undefined {
  if (resource === "dashboards" && operation === "clone") return cloneWork(dashboard, message.payload);
  const known = wantedOperations.find((one) => one.resource === resource && one.name === operation);
  if (known === undefined) return undefined;
  const kind = resource as WantedKind;
  const dryRun = flagOf(message, "dryRun");
  if (known.name === "ensure") {
    const options = { kind, wanted: message.payload, dryRun, prune: flagOf(message, "prune"), ...confirmOf(message) };
    return (more) => desiredState().ensure({ ...more, ...options });
  }
  const { template, copies } = isPlainObject(message.payload) ? message.payload : {};
  const made = kind === "things" ? kind : "dashboards";
  return (more) => desiredState().createFromTemplate({ ...more, kind: made, template, copies, dryRun });
}

/** Returns the work of a copy with a name or with things by name, which the API itself cannot make. */
function cloneWork(dashboard: string, payload: unknown): EnsureWork | undefined {
  if (!isPlainObject(payload) || payload.overrides !== undefined) return undefined;
  const { name, things } = payload;
  if (name === undefined && things === undefined) return undefined;
  if (dashboard === "") {
    throw invalid("no dashboard is given: choose one in the node's settings, or set msg.dashboardId.");
  }
  if (name !== undefined && (typeof name !== "string" || name === "")) {
    throw invalid("msg.payload.name must be a text, the name of the copy.");
  }
  return (more) => desiredState().cloneDashboard({ ...more, dashboard, things, ...(name !== undefined && { name }) });
}

function flagOf(message: Message, field: "dryRun" | "prune"): boolean {
  const value = message[field];
  if (value === undefined || value === null || value === "") return false;
  if (typeof value === "boolean") return value;
  // Anything else might be meant either way, and one of them removes things.
  throw invalid(`msg.${field} must be true or false; it is of type ${typeof value}.`);
}

function confirmOf({ confirm }: Message): { confirm?: number } {
  if (confirm === undefined || confirm === null || confirm === "") return {};
  if (typeof confirm === "number") return { confirm };
  throw invalid(`msg.confirm must be a number, of what is to be removed; it is of type ${typeof confirm}.`);
}

function invalid(message: string): CloudError {
  return new CloudError("invalid_input", message);
}
