import { isDeepStrictEqual } from "node:util";
import type { Node, NodeAPI, NodeDef } from "node-red";
import type * as AccountParts from "../cloud/account";
import type { Cluster } from "../cloud/cluster/cluster";
import { toCloudError } from "../cloud/core/errors";
import { guarded } from "../cloud/core/guard";
import type { AccountSettings } from "../cloud/rest/account-settings";
import type { AccountNode } from "./runtime/account-node";
import { findCluster } from "./runtime/cluster-node";
import { isDemo, readAccountSettings } from "./runtime/account-settings";
import { demoHouse } from "./runtime/demo-house";
import { registerAdminRoutes } from "./admin/routes";
import { registerDoctorRoutes } from "./admin/doctor-routes";
import { flowDigest } from "./runtime/flow-digest";
import { onClose } from "./runtime/input";
import { takeLegacyKey } from "./runtime/legacy-credentials";
import { keepSession, noticesTo, outageReport } from "./runtime/session-node";
import { readFlag, readText, storedCredentials, settingsOf } from "./runtime/settings";
import { SharedFaults } from "./runtime/shared-faults";

/** Loads the code of accounts with the first one. */
const accountParts = (): typeof AccountParts =>
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would load it with Node-RED
  require("../cloud/account") as typeof AccountParts;

/** Keeps the demo house open for as long as an account lives. */
function keepHouse(node: Node): void {
  const leave = demoHouse.keep();
  onClose(node, () => {
    leave();
    return Promise.resolve();
  });
}

/** Registers the node `arduino-cloud-account`, which holds an account for the nodes that name it. */
export default function (RED: NodeAPI): void {
  function construct(this: AccountNode, config: NodeDef): void {
    RED.nodes.createNode(this, config);
    this.faults = new SharedFaults(this);
    let deployed: AccountSettings | undefined;
    try {
      const secrets = takeLegacyKey(RED, config, storedCredentials(RED, this, config));
      const raw = settingsOf(RED, config);
      const settings = readAccountSettings(RED, raw, secrets);
      this.showsValues = readFlag(raw, "showValues", true);
      deployed = settings;
      this.isDemo = isDemo(raw);
      // Each Node-RED has a house of its own.
      const cluster = this.isDemo ? undefined : findCluster(RED, readText(raw, "cluster"));
      const account = new (accountParts().CloudAccount)(settings, noticesTo(RED, this), { cluster });
      if (this.isDemo) keepHouse(this);
      account.session.observe(outageReport(this));
      this.account = account;
      if (account.cluster !== undefined) tellFlow(RED, this, account.cluster);
      this.caseOf = (typed = settings) => {
        const running = { rest: account.rest, session: account.session.state, cluster: account.cluster };
        return { settings: typed, ...(isDeepStrictEqual(typed, settings) && { running }) };
      };
    } catch (reason) {
      this.fault = toCloudError(reason);
      this.faults.own(this.fault);
    }
    keepSession(this, this.account, deployed);
  }
  RED.nodes.registerType("arduino-cloud-account", construct as (this: Node, config: NodeDef) => void, {
    credentials: { clientId: { type: "password" }, clientSecret: { type: "password" } },
  });
  registerAdminRoutes(RED);
  registerDoctorRoutes(RED);
}

/** Tells the other copies what flow this one runs, at each deploy: a doctor finds those that run another one. */
function tellFlow(RED: NodeAPI, node: AccountNode, cluster: Cluster): void {
  const tell = guarded(() => cluster.setFlow(flowDigest(RED, node.id)));
  tell();
  RED.events.on("flows:started", tell);
  onClose(node, () => {
    RED.events.off("flows:started", tell);
    return Promise.resolve();
  });
}
