import type { User } from "../../store/models";
import { isVisible } from "../../store/store";
import { userView } from "./dashboard-views";
import { ownDashboard } from "./dashboards";
import { notFound } from "../failure";
import { textOf, type Checked, type Fields } from "../fields";
import type { Call, Route } from "../route";
import { refuse } from "../resource-helpers";

const user: Fields = { user_id: { kind: "uuid" }, username: { kind: "string" } };

/** Returns the user that an entry means. @throws Failure 400 */
function userOf({ store, scope }: Call, { user_id: id, username }: Checked): User {
  if (id === undefined && username === undefined) refuse("a share needs a user_id or a username");
  const found = store.users.find((each) => (id === undefined ? each.username === username : each.id === id));
  if (!found) refuse(`user ${textOf(id ?? username)} not found`);
  if (found.id === scope.userId) refuse("a dashboard cannot be shared with its owner");
  return found;
}

function share(call: Call): void {
  const dashboard = ownDashboard(call);
  const { users, ...single } = call.body;
  const wanted = [...((users ?? []) as Checked[]), ...(Object.keys(single).length > 0 || !users ? [single] : [])];
  const ids = wanted.map((each) => userOf(call, each).id);
  dashboard.shares = [...new Set([...dashboard.shares, ...ids])];
  dashboard.requests = dashboard.requests.filter(({ user_id: id }) => !ids.includes(id));
}

function removeShare(call: Call): void {
  const dashboard = ownDashboard(call);
  const { user_id: userId } = call.params;
  if (!dashboard.shares.includes(userId ?? "")) throw notFound("share");
  dashboard.shares = dashboard.shares.filter((id) => id !== userId);
}

/** Takes the wish of a user who does not see the dashboard. @throws Failure 400 for one who does */
function requestAccess({ store, scope, params, body }: Call): void {
  const dashboard = store.dashboards.get(params.id ?? "");
  if (!dashboard || dashboard.deleted_at !== undefined) throw notFound("dashboard");
  if (isVisible(dashboard, scope) || dashboard.shares.includes(scope.userId)) refuse("you have access already");
  dashboard.requests.push({ user_id: scope.userId, message: textOf(body.message) });
}

const shares = "/iot/v2/dashboards/:id/shares";

/** Shares of dashboards and requests for them, for both versions (docs/protocol.md#dashboards). */
export const shareRoutes: readonly Route[] = [
  {
    method: "GET",
    path: shares,
    answers: "dashboardshare[]",
    handle: (call) => ownDashboard(call).shares.map((id) => userView(call.store, id)),
  },
  {
    method: "PUT",
    path: shares,
    body: { ...user, users: { kind: "array", items: { kind: "object", fields: user } } },
    handle: share,
  },
  { method: "DELETE", path: `${shares}/:user_id`, handle: removeShare },
  {
    method: "PUT",
    path: "/iot/v2/dashboards/:id/share_request",
    body: { message: { kind: "string" } },
    handle: requestAccess,
  },
];
