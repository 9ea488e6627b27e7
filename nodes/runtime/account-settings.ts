import type { Node, NodeAPI } from "node-red";
import type { AccountSettings } from "../../cloud/rest/account-settings";
import { CloudError } from "../../cloud/core/errors";
import type { ProxySettings } from "../../cloud/core/proxy";
import type { TlsOptions } from "../../cloud/core/tls";
import { demoHouse } from "./demo-house";
import { type RawSettings, readFlag, readNumber, readText } from "./settings";

/**
 * Reads the settings of an account, deployed or just typed into its form.
 * @throws CloudError `not_configured` naming what is missing or wrong
 */
export function readAccountSettings(RED: NodeAPI, raw: RawSettings, secrets: RawSettings): AccountSettings {
  if (isDemo(raw)) return demoSettings(raw);
  const clientId = readText(secrets, "clientId");
  const clientSecret = readText(secrets, "clientSecret");
  if (clientId === "" && clientSecret === "") {
    // Also where they were there once: an imported flow comes without them, another credential secret can't read them.
    const advice = "enter the API key, again if it was there before.";
    throw new CloudError("not_configured", `The account has no client id and no client secret: ${advice}`);
  }
  if (clientId === "" || clientSecret === "") {
    const missing = clientId === "" ? "client id" : "client secret";
    throw new CloudError("not_configured", `The account has no ${missing}: make an API key in the Arduino Cloud.`);
  }
  const tls = readTls(RED, readText(raw, "tls"));
  const proxy = readProxy(RED, readText(raw, "proxy"));
  return {
    clientId,
    clientSecret,
    organization: readText(raw, "organization"),
    baseUrl: readText(raw, "baseUrl"),
    audience: readText(raw, "audience"),
    brokerUrl: readText(raw, "brokerUrl"),
    deviceBrokerUrl: readText(raw, "deviceBrokerUrl"),
    requestsPerSecond: readNumber(raw, "requestsPerSecond", 10, 0.1),
    messagesPerSecond: readNumber(raw, "messagesPerSecond", 25, 0.1),
    ...(tls === undefined ? {} : { tls }),
    ...(proxy === undefined ? {} : { proxy }),
  };
}

/** Returns whether an account is the demo house, which needs nothing that the other settings say of servers and keys. */
export function isDemo(raw: RawSettings): boolean {
  return readFlag(raw, "demo");
}

function demoSettings(raw: RawSettings): AccountSettings {
  return {
    ...demoHouse.key,
    organization: "",
    audience: "",
    // Nobody listens there: where the house is, is known once it runs.
    baseUrl: "http://127.0.0.1:0",
    brokerUrl: "ws://127.0.0.1:0",
    deviceBrokerUrl: "mqtt://127.0.0.1:0",
    locate: demoHouse.locate,
    // Also past the one that the environment names.
    proxy: { url: "", exceptions: ["*"] },
    requestsPerSecond: readNumber(raw, "requestsPerSecond", 10, 0.1),
    messagesPerSecond: readNumber(raw, "messagesPerSecond", 25, 0.1),
  };
}

/**
 * Returns the options of a `tls-config` node, as Node-RED's own nodes take them; `undefined` for a blank id.
 * @throws CloudError `not_configured` where there is no such node
 */
export function readTls(RED: NodeAPI, id: string): TlsOptions | undefined {
  if (id === "") return undefined;
  const node = RED.nodes.getNode(id) as (Node & { addTLSOptions?: (options: TlsOptions) => void }) | null | undefined;
  if (!node?.addTLSOptions) {
    throw new CloudError(
      "not_configured",
      'The setting "tls" names a TLS configuration that is disabled, deleted or not deployed yet.',
    );
  }
  const options: TlsOptions = {};
  node.addTLSOptions(options);
  return options;
}

/**
 * Returns the settings of an `http proxy` node, as Node-RED's own nodes take them; `undefined` for a blank id.
 * @throws CloudError `not_configured` where there is no such node, or it has no address
 */
export function readProxy(RED: NodeAPI, id: string): ProxySettings | undefined {
  if (id === "") return undefined;
  const node = RED.nodes.getNode(id) as (Node & { url?: unknown; noproxy?: unknown }) | null | undefined;
  if (node?.type !== "http proxy") {
    throw new CloudError(
      "not_configured",
      'The setting "proxy" names an HTTP proxy that is disabled, deleted or not deployed yet.',
    );
  }
  const url = typeof node.url === "string" ? node.url.trim() : "";
  if (url === "") throw new CloudError("not_configured", "The chosen HTTP proxy has no address: enter one.");
  const login = (node.credentials as RawSettings | undefined) ?? {};
  return {
    url,
    user: typeof login.username === "string" ? login.username : "",
    password: typeof login.password === "string" ? login.password : "",
    exceptions: Array.isArray(node.noproxy) ? node.noproxy.filter((host) => typeof host === "string") : [],
  };
}
