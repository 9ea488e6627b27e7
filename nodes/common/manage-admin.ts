import type { NodeAPI } from "node-red";
import { type Rest } from "../../cloud/rest";
import { listNamed, type NamedResource } from "../../cloud/rest/manage";
import { findAccount } from "./account-node";
import { answer, withTyped } from "./admin";
import type { NamedChoice } from "./admin-answers";

/**
 * Registers the lists that the form of manage has beside those of the other nodes:
 * `GET arduino-cloud/accounts/:id/dashboards` and `…/triggers` for a deployed account, and `POST arduino-cloud/dashboards`
 * and `/triggers` with settings that are not deployed; permissions as with `registerAdminRoutes`.
 */
export function registerManageRoutes(RED: NodeAPI): void {
  for (const resource of ["dashboards", "triggers"] as const) {
    RED.httpAdmin.get(
      `/arduino-cloud/accounts/:id/${resource}`,
      RED.auth.needsPermission("arduino-cloud.read"),
      answer((request, signal) =>
        choices(findAccount(RED, String(request.params.id ?? "")).account.rest, resource, signal),
      ),
    );
    RED.httpAdmin.post(
      `/arduino-cloud/${resource}`,
      RED.auth.needsPermission("arduino-cloud.write"),
      answer((request, signal) => withTyped(RED, request, (rest) => choices(rest, resource, signal))),
    );
  }
}

async function choices(rest: Rest, resource: NamedResource, signal: AbortSignal): Promise<NamedChoice[]> {
  const listed = await listNamed(rest, resource, signal);
  return listed.sort((a, b) => a.name.localeCompare(b.name));
}
