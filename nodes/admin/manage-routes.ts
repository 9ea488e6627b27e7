import type { NodeAPI } from "node-red";
import { type Rest } from "../../cloud/rest/index";
import { textOf } from "../../cloud/core/text";
import { listNamed, type NamedResource, showDashboard } from "../../cloud/manage/index";
import { fieldsOf, registerList } from "./routes";
import type { NamedChoice } from "./protocol";
import { choiceName } from "./choices";

/**
 * Registers the lists that the form of manage has beside those of the other nodes:
 * `GET arduino-cloud/accounts/:id/dashboards` and `…/triggers` for a deployed account, and `POST arduino-cloud/dashboards`
 * and `/triggers` with settings that are not deployed; permissions as with `registerAdminRoutes`. A single dashboard, with
 * all that is on it, is `…/dashboard?dashboard=<id>`.
 */
export function registerManageRoutes(RED: NodeAPI): void {
  for (const resource of ["dashboards", "triggers"] as const)
    registerList(RED, resource, resource, (rest, _request, signal) => choices(rest, resource, signal));
  registerList(RED, "dashboard", "dashboard", (rest, { method, query, body }, signal) => {
    const { dashboard } = method === "GET" ? query : fieldsOf(body);
    return showDashboard(rest, textOf(dashboard), signal);
  });
}

async function choices(rest: Rest, resource: NamedResource, signal: AbortSignal): Promise<NamedChoice[]> {
  const listed = await listNamed(rest, resource, signal);
  return listed
    .map(({ id, name }) => ({ id, name: choiceName({ id, name }) }))
    .sort((a, b) => a.name.localeCompare(b.name));
}
