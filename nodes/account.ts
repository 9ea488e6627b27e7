import type { Node, NodeAPI, NodeDef } from "node-red";
import { CloudAccount } from "../cloud/account";
import { toCloudError } from "../cloud/errors";
import type { AccountNode } from "./common/account-node";
import { readAccountSettings } from "./common/account-settings";
import { registerAdminRoutes } from "./common/admin";
import { onClose } from "./common/input";
import type { RawSettings } from "./common/settings";

/** How long the session outlives its last user, so that a redeploy of a single node does not close it. */
const linger = 2_000;
/** Malformed messages are told of once, then at most so often. */
const malformedPause = 60_000;

export default function (RED: NodeAPI): void {
  function construct(this: AccountNode, config: NodeDef): void {
    RED.nodes.createNode(this, config);
    this.users = {};
    try {
      const secrets = (this.credentials as RawSettings | undefined) ?? {};
      const settings = readAccountSettings(RED, config as unknown as RawSettings, secrets);
      this.account = new CloudAccount(settings, accountEvents(this));
    } catch (reason) {
      this.fault = toCloudError(reason);
    }
    const { account } = this;
    keepSession(this, account);
    if (account !== undefined) reportSession(this, account);
  }
  RED.nodes.registerType("arduino-cloud-account", construct as (this: Node, config: NodeDef) => void, {
    credentials: { clientId: { type: "password" }, clientSecret: { type: "password" } },
  });
  registerAdminRoutes(RED);
}

function accountEvents(node: Node): ConstructorParameters<typeof CloudAccount>[1] {
  let count = 0;
  let toldAt = -Infinity;
  return {
    onMalformed: (topic, error) => {
      count++;
      if (performance.now() - toldAt < malformedPause) return;
      toldAt = performance.now();
      node.warn(`A malformed message on ${topic} was dropped (${count} so far): ${error.message}`);
    },
    onFault: (reason) => node.error(toCloudError(reason), {}),
  };
}

/** Connects with the first user, and disconnects when the last one has been gone for a while. */
function keepSession(node: AccountNode, account: CloudAccount | undefined): void {
  let stopTimer: NodeJS.Timeout | undefined;
  node.register = (user) => {
    clearTimeout(stopTimer);
    node.users[user.id] = user;
    account?.session.start();
  };
  node.deregister = (user) => {
    // A successor may have registered under the same id already.
    if (node.users[user.id] !== user) return;
    Reflect.deleteProperty(node.users, user.id);
    if (Object.keys(node.users).length > 0) return;
    stopTimer = setTimeout(() => void account?.session.stop(), linger);
  };
  onClose(node, async () => {
    clearTimeout(stopTimer);
    await account?.close();
  });
}

/** Tells once per outage why there is no connection, and when it is back. */
function reportSession(node: AccountNode, account: CloudAccount): void {
  let told = "";
  account.session.observe((state) => {
    if (state.name === "online") {
      node.log(told === "" ? "Connected to the Arduino Cloud." : "Connected to the Arduino Cloud again.");
      told = "";
    } else if ("error" in state && state.error.code !== told) {
      told = state.error.code;
      if (state.name === "refused") node.error(state.error, {});
      else node.warn(`${state.error.message} It is tried again until it works.`);
    }
  });
}
