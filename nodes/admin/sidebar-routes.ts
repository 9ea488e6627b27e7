import type { Node, NodeAPI } from "node-red";
import type { Cluster } from "../../cloud/cluster/cluster";
import { listDevices } from "../../cloud/rest/index";
import { findAccount } from "../runtime/account-node";
import { answer, fieldsOf, withTyped } from "./routes";
import type { ClusterAnswer } from "./protocol";
import { overviewDevices, overviewThings } from "./overview";
import { publishValue } from "../../cloud/live-values/publish-value";
import { trimmedText } from "../../cloud/core/text";
import { systemClock } from "../../cloud/core/clock";
import { guarded } from "../../cloud/core/guard";

/**
 * Things that are not older, in milliseconds, will do for the sidebar, which looks every ten seconds: so editors that
 * look at once, and nodes that read all things anyway, cost no request of their own.
 */
const liveTtlMs = 8_000;
/** How long flows may take to start after a deploy has been answered, in milliseconds. */
const startTimeoutMs = 3_000;

/**
 * Registers what the sidebar asks for: `GET arduino-cloud/accounts/:id/overview/things` and `…/devices` for a deployed
 * account (`?refresh=1` asks the cloud in any case), and `POST arduino-cloud/overview/things` and `/devices` with
 * settings that are not deployed; `GET arduino-cloud/accounts/:id/cluster`, how this copy stands, `null` without a
 * cluster; and `POST arduino-cloud/accounts/:id/write`, which writes a value to a variable. Permissions as with `registerAdminRoutes`.
 */
export function registerSidebarRoutes(RED: NodeAPI): void {
  const mayRead = RED.auth.needsPermission("arduino-cloud.read");
  const mayWrite = RED.auth.needsPermission("arduino-cloud.write");
  const { httpAdmin } = RED;
  httpAdmin.get(
    "/arduino-cloud/accounts/:id/overview/things",
    mayRead,
    answer(async ({ params, query }, signal) => {
      const { account } = await comingAccount(RED, String(params.id ?? ""));
      const maxAgeMs = query.refresh === undefined ? liveTtlMs : 0;
      return overviewThings(await account.rest.directory.things({ signal, maxAgeMs }));
    }),
  );
  httpAdmin.get(
    "/arduino-cloud/accounts/:id/overview/devices",
    mayRead,
    answer(async ({ params }, signal) => {
      const { account } = await comingAccount(RED, String(params.id ?? ""));
      return overviewDevices(await account.polling.devices(signal));
    }),
  );
  registerCluster(RED);
  registerWriting(RED);
  httpAdmin.post(
    "/arduino-cloud/overview/things",
    mayWrite,
    answer((request, signal) =>
      withTyped(RED, request, async ({ directory }) => overviewThings(await directory.things({ signal }))),
    ),
  );
  httpAdmin.post(
    "/arduino-cloud/overview/devices",
    mayWrite,
    answer((request, signal) =>
      withTyped(RED, request, async ({ client }) => overviewDevices(await listDevices(client, { signal }))),
    ),
  );
}

function registerCluster(RED: NodeAPI): void {
  RED.httpAdmin.get(
    "/arduino-cloud/accounts/:id/cluster",
    RED.auth.needsPermission("arduino-cloud.read"),
    answer(async ({ params }) => {
      const { account } = await comingAccount(RED, String(params.id ?? ""));
      return account.cluster === undefined ? null : clusterFacts(account.cluster);
    }),
  );
}

function clusterFacts({ state, copies }: Pick<Cluster, "state" | "copies">): ClusterAnswer {
  return {
    state: state.name,
    ...(state.name === "standing-by" && { speaker: state.speaker }),
    ...(state.name === "speaking" && state.share && { share: { part: state.share.part, of: state.share.of } }),
    copies,
  };
}

function registerWriting(RED: NodeAPI): void {
  RED.httpAdmin.post(
    "/arduino-cloud/accounts/:id/write",
    RED.auth.needsPermission("arduino-cloud.write"),
    answer(async ({ params, body }, signal) => {
      const { thing, variable, value } = fieldsOf(body);
      const { account } = findAccount(RED, String(params.id ?? ""));
      const target = { thing: trimmedText(thing), variable: trimmedText(variable) };
      await publishValue(account.rest, target, value, signal);
      return {};
    }),
  );
}

/**
 * Finds an account that a deploy may just be about to start: the editor is told of the deploy before the flows run.
 * @throws CloudError `not_configured` as `findAccount`
 */
async function comingAccount(RED: NodeAPI, id: string): Promise<ReturnType<typeof findAccount>> {
  const present = RED.nodes.getNode(id) as Node | null | undefined;
  if (!present) {
    await new Promise<void>((resolve) => {
      const goOn = guarded(() => {
        stopTimer();
        RED.events.off("flows:started", goOn);
        resolve();
      });
      const stopTimer = systemClock.after(startTimeoutMs, goOn);
      RED.events.on("flows:started", goOn);
    });
  }
  return findAccount(RED, id);
}
