/** How much a finding matters. `skipped`: it could not be looked at, or there is nothing to look at. */
export type Level = "ok" | "warning" | "problem" | "skipped";

/** All that a check can find, by code: how much it matters, and the sentence that tells it with its cure. */
type Answers = Readonly<Record<string, readonly [Level, string]>>;

/**
 * All that the doctor can say, in English: what is found and what to do, with `__name__` for a value. The catalogue of
 * the account has the same sentences under `doctor.<topic>.<code>`, for the forms in other languages.
 */
export const sentences = {
  /** What any check can come to. */
  general: {
    blocked: ["skipped", "Not checked, since this failed: __check__."],
    overdue: [
      "problem",
      "There was no result within __seconds__ seconds. Check the network, and run the doctor again.",
    ],
    fault: ["problem", "The check itself failed. Please report it as a fault of this package."],
    proxy: ["skipped", "Requests to __host__ go through a proxy, so the way there was not looked at."],
  },
  settings: {
    unusable: ["problem", "A setting is missing or cannot be used. Correct it in the form."],
  },
  dns: {
    ok: ["ok", "The name __host__ is known."],
    unknown: [
      "problem",
      "The name __host__ is not known. Check the address, and the DNS of the computer that runs Node-RED.",
    ],
    failed: [
      "problem",
      "DNS gives no answer about __host__. Check the network and the DNS of the computer that runs Node-RED.",
    ],
  },
  port: {
    ok: ["ok", "__host__ accepts connections on port __port__."],
    refused: [
      "problem",
      "__host__ refuses connections on port __port__. Check the address, its port, and any firewall.",
    ],
    silent: [
      "problem",
      "__host__ does not answer on port __port__. Firewalls often block ports like 8443 and 8884: let port __port__ out.",
    ],
    unreachable: ["problem", "There is no way to __host__. Check the network of the computer that runs Node-RED."],
  },
  tls: {
    ok: ["ok", "The certificate of __host__ is good for another __days__ days."],
    plain: ["ok", "__host__ is reached without TLS, which is right for a cloud of your own only."],
    unchecked: [
      "warning",
      "The certificate of __host__ is not checked, because the TLS setting says so. Let it be checked there.",
    ],
    ending: ["warning", "The certificate of __host__ ends in __days__ days. Whoever runs the server has to renew it."],
    expired: [
      "problem",
      "The certificate of __host__ has expired, or this computer's clock is wrong. Set the clock; if it is right, the server needs a new certificate.",
    ],
    early: [
      "problem",
      "The certificate of __host__ is not valid yet: this computer's clock seems to be behind. Set it.",
    ],
    untrusted: [
      "problem",
      "The certificate of __host__ is not from a trusted authority. Where a proxy of your network or a server of your own made it, choose a TLS setting that has its CA certificate.",
    ],
    name: [
      "problem",
      "The certificate that comes back is not for __host__. Check the address; the network may have put a proxy or a login page in between.",
    ],
    refused: [
      "problem",
      "There is no secure connection to __host__. Check the port and the TLS setting: the other side may not speak TLS, or ask for a certificate.",
    ],
  },
  clock: {
    ok: ["ok", "The clock of the computer that runs Node-RED is right."],
    ahead: [
      "warning",
      "The clock of the computer that runs Node-RED is __minutes__ minutes ahead. Set it, or times will be wrong.",
    ],
    behind: [
      "warning",
      "The clock of the computer that runs Node-RED is __minutes__ minutes behind. Set it, or times will be wrong.",
    ],
    unknown: ["skipped", "The service did not tell what time it is."],
  },
  token: {
    ok: ["ok", "The API key __key__ is accepted."],
    unauthorized: [
      "problem",
      "The API key __key__ is refused. Copy client ID and client secret again, or make a new API key.",
    ],
    "rate-limited": ["problem", "There were too many requests just now. Wait a minute and run the doctor again."],
    service: ["problem", "The Arduino Cloud has a fault of its own. Try again later."],
    stranger: [
      "problem",
      "What answers there is not the Arduino Cloud. Check the API address, the audience and any proxy.",
    ],
    offline: ["problem", "The Arduino Cloud does not answer. Check the network and the API address, and try again."],
  },
  space: {
    own: ["ok", "Your own space is used."],
    ok: ["ok", "The space __space__ is accepted."],
    refused: [
      "problem",
      "The space __space__ is unknown, or the API key has no access to it. Check the space ID, or leave it blank for your own space.",
    ],
  },
  things: {
    ok: ["ok", "The API answers. Things: __count__."],
    none: [
      "warning",
      "The API answers, but there are no things. Make one in the Arduino Cloud, or check the space ID.",
    ],
    unauthorized: ["problem", "The API refuses the access token. Check the audience."],
    forbidden: ["problem", "The API key may not list things. Check its rights and the space ID."],
    "rate-limited": [
      "problem",
      "There are too many requests for your plan. Lower Requests/s; free plans are held to 1.",
    ],
    other: ["problem", "Things cannot be listed. Check the API address, or try again later."],
  },
  pace: {
    ok: ["ok", "At most __set__ requests a second are made, and none was refused."],
    slowed: [
      "warning",
      "The cloud said that requests come too fast, so it is now __rate__ a second in place of __set__. Set Requests/s to what your plan allows (1 on free plans), or stop other programs that use this API key.",
    ],
    high: ["warning", "Requests/s is set to __set__, but no plan takes more than 10. Lower it."],
  },
  session: {
    online: ["ok", "The nodes of this account are connected."],
    idle: ["ok", "No node needs a connection at present."],
    connecting: ["warning", "The nodes of this account are connecting. Run the doctor again in a moment."],
    waiting: ["problem", "The nodes of this account have no connection; it is tried again by itself."],
    refused: [
      "problem",
      "The broker refused the login of the nodes of this account. Check the API key and the space ID.",
    ],
  },
  login: {
    ok: ["ok", "The broker __host__ accepts the login."],
    unauthorized: [
      "problem",
      "The broker __host__ refuses the login. Check that broker and API address belong together, and the space ID.",
    ],
    offline: ["problem", "The broker __host__ closes the connection. Check its address and path, and any proxy."],
    other: ["problem", "The broker __host__ refuses the connection. Try again in a minute."],
  },
  subscription: {
    ok: ["ok", "The values of __thing__ can be followed."],
    refused: [
      "problem",
      "The broker does not let this API key follow the values of __thing__. Check its owner's role in the space.",
    ],
    lost: ["problem", "The connection to the broker was lost. Run the doctor again."],
    "no-thing": ["skipped", "There is no thing to try it with."],
  },
  variables: {
    ok: ["ok", "All things and variables that nodes name are there. Nodes: __count__."],
    none: ["skipped", "No deployed node names a thing or a variable."],
    "no-thing": [
      "problem",
      "Node “__node__” names the thing __thing__, which is not there. Choose another one in the node.",
    ],
    "no-variable": [
      "problem",
      "Node “__node__” names the variable __variable__, which __thing__ does not have. Choose another one in the node, or add the variable to the thing.",
    ],
    ambiguous: [
      "problem",
      "Node “__node__” means __thing__ __variable__, but several have this name. Choose one from the list in the node.",
    ],
    "read-only": [
      "problem",
      "Node “__node__” writes __variable__ of __thing__, which is read only. Make it “Read & Write” in the Arduino Cloud.",
    ],
    more: ["problem", "And so it is with other nodes. Nodes not shown: __count__."],
  },
  devices: {
    ok: ["ok", "All boards in use are online. Boards: __count__."],
    none: ["skipped", "No thing in use has a device."],
    offline: ["warning", "The device __device__ of __thing__ is offline. Check its power and its network."],
    "offline-since": [
      "warning",
      "The device __device__ of __thing__ is offline, and was last heard of at __since__. Check its power and its network.",
    ],
    unknown: [
      "warning",
      "The device __device__ of __thing__ has never been online. Load its sketch, and check its network.",
    ],
    more: ["warning", "Other devices are not online either. Devices not shown: __count__."],
    unlisted: ["warning", "The state of the devices cannot be read. Try again later."],
  },
  device: {
    ok: ["ok", "The account has this device, by the name of __device__."],
    missing: [
      "problem",
      "The account has no device with the ID __id__. Check the device ID, the account and its space ID.",
    ],
    "no-account": ["skipped", "Not checked, since the device node has no account. Choose one to have it checked."],
    unlisted: ["problem", "The account of this device gives no answer. Run the doctor on the account first."],
  },
  attachment: {
    ok: ["ok", "It is attached to the thing __thing__."],
    none: ["problem", "It is attached to no thing, so nothing can come or go. Attach it to one in the Arduino Cloud."],
    unknown: ["skipped", "Not known, since the device node has no account and is not connected."],
  },
  identity: {
    ok: ["ok", "The broker __host__ accepts device ID and secret key."],
    running: ["ok", "Node-RED is connected as this device."],
    refused: [
      "problem",
      "The broker __host__ refuses device ID and secret key. The key may have been replaced: enter the new one, or create a new device.",
    ],
    unreachable: ["problem", "The broker __host__ could not be logged in to. Try again in a minute."],
    waiting: ["problem", "Node-RED has lost the connection as this device; it is tried again by itself."],
    connecting: ["warning", "Node-RED is connecting as this device. Run the doctor again in a moment."],
    "taken-over": [
      "problem",
      "Another client uses the same device, and both take the connection from each other. Give each client a device of its own.",
    ],
    twins: [
      "problem",
      "Several device nodes have the same device ID: __nodes__. Let all nodes use one of them, or give each a device of its own.",
    ],
    elsewhere: [
      "warning",
      "The device is online, but not by this Node-RED: another client uses it. The key was not tried, so that it stays connected. Give each client a device of its own.",
    ],
    untried: [
      "skipped",
      "The key was not tried, since it could disconnect another client. Choose an account, or deploy, to have it checked.",
    ],
  },
} as const satisfies Readonly<Record<string, Answers>>;

/** Names of the checks, by id. */
export const titles = {
  settings: "Settings",
  "api-dns": "API name",
  "api-port": "API port",
  "api-tls": "API certificate",
  clock: "Clock",
  token: "API key",
  space: "Space",
  things: "Things",
  pace: "Pace",
  session: "Connection",
  "broker-dns": "Broker name",
  "broker-port": "Broker port",
  "broker-tls": "Broker certificate",
  login: "Broker login",
  subscription: "Subscription",
  variables: "Variables in flows",
  devices: "Devices",
  device: "Device",
  attachment: "Attached thing",
  identity: "Identity",
} as const;

export type CheckId = keyof typeof titles;
export type Topic = keyof typeof sentences;
export type CodeOf<T extends Topic> = keyof (typeof sentences)[T] & string;
