import { CloudError } from "../core/errors";
import { isSameName } from "../core/names";
import { printable } from "../core/text";
import type { WantedRest, WorkOptions } from "./apply";
import { ensure } from "./ensure";
import { listDashboards, readDashboard } from "./current-state";
import { dashboardTemplate, findOne, readMap, repoint } from "./templates";

interface CloneDashboardOptions extends WorkOptions {
  rest: WantedRest;
  /** Id, or exact name where it is unique. */
  dashboard: string;
  /** Default: the old name with " copy" behind it. */
  name?: string;
  /** From old to new thing, by id or name: its widgets show the variables of the same name of the new one. */
  things?: unknown;
}

/**
 * Copies a dashboard with its pages and widgets; returns the copy, as the service answers it. It is made by `ensure`,
 * so that a lost answer does not make two.
 * @throws CloudError `not_found`, `ambiguous`, `conflict` where the name is taken, `invalid_input` for a map that
 *   does not fit, and what `RestClient.call` throws
 */
export async function cloneDashboard(options: CloneDashboardOptions): Promise<unknown> {
  const what = "dashboards: clone";
  const { rest, dashboard: reference, things } = options;
  const { dashboards, version } = await listDashboards(rest, options);
  const original = await readDashboard(rest, findOne("dashboard", dashboards, reference).id, version, options);
  const name = options.name ?? `${String(original.name)} copy`;
  if (dashboards.some((dashboard) => isSameName(dashboard.name, name))) {
    throw new CloudError("conflict", `${what}: there is a dashboard "${printable(name)}". Give another name.`);
  }
  const repointed = things === undefined ? original : repoint(what, original, readMap(what, things));
  const wanted = { ...dashboardTemplate(repointed, "ids"), name };
  return (await ensure({ ...options, kind: "dashboards", wanted })).value;
}
