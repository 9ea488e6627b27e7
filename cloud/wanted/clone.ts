import { CloudError } from "../errors";
import { operation } from "../rest";
import { printable } from "../rest/text";
import { pickSignal, type WantedRest, type WorkOptions } from "./apply";
import { ensure } from "./ensure";
import type { Raw } from "./match";
import { listDashboards, readDashboard, readOne } from "./survey";
import { dashboardTemplate, findOne, readMap, repoint } from "./templates";

export interface CloneThingOptions extends WorkOptions {
  rest: WantedRest;
  /** Id, or exact name where it is unique. */
  thing: string;
  /** The name of the copy. */
  name: string;
  /** Default true. */
  includeTags?: boolean;
}

/**
 * Copies a thing with its properties and tags, but without its device; gives the copy.
 * @throws CloudError `not_found`, `ambiguous`, and what `RestClient.call` throws
 */
export async function cloneThing(options: CloneThingOptions): Promise<Raw> {
  const { rest, thing, name, includeTags = true } = options;
  const { id } = await rest.directory.thing(thing, { maxAge: 0, ...pickSignal(options) });
  const body = { name, include_tags: includeTags };
  const answer = await rest.client.call(operation("things_v2#clone"), { path: { id }, body }, pickSignal(options));
  const copy = readOne(answer.body, "things: clone");
  rest.directory.forget(copy.id);
  return copy;
}

export interface CloneDashboardOptions extends WorkOptions {
  rest: WantedRest;
  /** Id, or exact name where it is unique. */
  dashboard: string;
  /** Default: the old name with " copy" behind it. */
  name?: string;
  /** From old to new thing, by id or name: its widgets show the variables of the same name of the new one. */
  things?: unknown;
}

/**
 * Copies a dashboard with its pages and widgets; gives the copy, as the service answers it. It is made by `ensure`, so that
 * a lost answer does not make two.
 * @throws CloudError `not_found`, `ambiguous`, `conflict` where the name is taken, `invalid_input` for a map that does not
 *   fit, and what `RestClient.call` throws
 */
export async function cloneDashboard(options: CloneDashboardOptions): Promise<unknown> {
  const what = "dashboards: clone";
  const { rest, dashboard: reference, things } = options;
  const { dashboards, version } = await listDashboards(rest, options);
  const original = await readDashboard(rest, findOne("dashboard", dashboards, reference).id, version, options);
  const name = options.name ?? `${String(original.name)} copy`;
  if (dashboards.some((dashboard) => dashboard.name === name)) {
    throw new CloudError("conflict", `${what}: there is a dashboard "${printable(name)}". Give another name.`);
  }
  const repointed = things === undefined ? original : repoint(what, original, readMap(what, things));
  const wanted = { ...dashboardTemplate(repointed, "ids"), name };
  return (await ensure({ ...options, kind: "dashboards", wanted })).value;
}
