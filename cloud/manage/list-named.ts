import { systemClock } from "../core/clock";
import type { Rest } from "../rest/index";
import { chooseOperation } from "./choose-operation";
import { Manager } from "./manager";
import { readListed } from "./name-resolver";

/** The resources that the form lists by name. */
export type NamedResource = "dashboards" | "triggers";

/**
 * Returns the ids and names of all dashboards or triggers of an account.
 * @throws what `RestClient.call` throws
 */
export async function listNamed(
  rest: Pick<Rest, "client" | "directory">,
  resource: NamedResource,
  signal: AbortSignal,
): Promise<{ id: string; name: string }[]> {
  const manager = new Manager({ rest, clock: systemClock, onWarning: () => undefined });
  const chosen = chooseOperation({ resource, operation: "list", method: "", path: "" });
  const { body } = await manager.run(chosen, { targets: {}, query: undefined, body: undefined }, { signal });
  return readListed(body).map(({ id, name }) => ({ id, name: typeof name === "string" ? name : id }));
}

/**
 * Returns a dashboard with its widgets and their variables, as the API answers it.
 * @param dashboard its id or name
 * @throws what `RestClient.call` throws, and CloudError `not_found`, `ambiguous`
 */
export async function showDashboard(
  rest: Pick<Rest, "client" | "directory">,
  dashboard: string,
  signal: AbortSignal,
): Promise<unknown> {
  const manager = new Manager({ rest, clock: systemClock, onWarning: () => undefined });
  const chosen = chooseOperation({ resource: "dashboards", operation: "get", method: "", path: "" });
  return (await manager.run(chosen, { targets: { dashboard }, query: undefined, body: undefined }, { signal })).body;
}
