import type { NodeAPI } from "node-red";
import { type Rest } from "../../cloud/rest/index";
import { listNamed, type NamedResource } from "../../cloud/manage/index";
import { registerList } from "./routes";
import type { NamedChoice } from "./protocol";
import { choiceName } from "./choices";

/**
 * Registers the lists that the form of manage has beside those of the other nodes:
 * `GET arduino-cloud/accounts/:id/dashboards` and `…/triggers` for a deployed account, and `POST arduino-cloud/dashboards`
 * and `/triggers` with settings that are not deployed; permissions as with `registerAdminRoutes`.
 */
export function registerManageRoutes(RED: NodeAPI): void {
  for (const resource of ["dashboards", "triggers"] as const)
    registerList(RED, resource, resource, (rest, _request, signal) => choices(rest, resource, signal));
}

async function choices(rest: Rest, resource: NamedResource, signal: AbortSignal): Promise<NamedChoice[]> {
  const listed = await listNamed(rest, resource, signal);
  return listed
    .map(({ id, name }) => ({ id, name: choiceName({ id, name }) }))
    .sort((a, b) => a.name.localeCompare(b.name));
}
