import type { NodeAPI, NodeDef } from "node-red";
import { type ClusterSettings, shareChoices, whenEngineDownChoices } from "../cloud/cluster/cluster-settings";
import { toCloudError } from "../cloud/core/errors";
import { readTls } from "./runtime/account-settings";
import type { ClusterNode } from "./runtime/cluster-node";
import { readChoice, readNumber, readText, settingsOf, storedCredentials } from "./runtime/settings";

/** Seconds: a copy that was killed is missed for so long. */
const maxTtl = 3_600;

/** A take-over lasts for so many times the life of a lease, where Redis has lost the lease: what is heard meanwhile is kept. */
const minHoldTtls = 3;

/** Registers the node `arduino-cloud-cluster`, by which several Node-REDs with the same flow share an account. */
export default function (RED: NodeAPI): void {
  function construct(this: ClusterNode, config: NodeDef): void {
    RED.nodes.createNode(this, config);
    try {
      const raw = settingsOf(RED, config);
      const secrets = storedCredentials(RED, this, config);
      const ttlMs = readNumber(raw, "ttl", 5, 1, maxTtl) * 1_000;
      const settings: ClusterSettings = {
        name: readText(raw, "name", "arduino"),
        url: readText(raw, "url", "redis://127.0.0.1:6379"),
        tls: readTls(RED, readText(raw, "tls")),
        user: readText(secrets, "user"),
        password: readText(secrets, "password"),
        share: readChoice(raw, "share", shareChoices),
        ttlMs,
        holdMs: Math.max(readNumber(raw, "hold", 60, 1) * 1_000, minHoldTtls * ttlMs),
        whenEngineDown: readChoice(raw, "whenEngineDown", whenEngineDownChoices),
      };
      this.settingsOf = () => settings;
    } catch (reason) {
      this.fault = toCloudError(reason);
    }
  }
  RED.nodes.registerType("arduino-cloud-cluster", construct, {
    credentials: { user: { type: "text" }, password: { type: "password" } },
  });
}
