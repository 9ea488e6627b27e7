import type { ActivityLog } from "../core/activity-log";
import { systemClock, type Clock } from "../core/clock";
import { CloudError } from "../core/errors";
import type { ProxySettings } from "../core/proxy";
import type { TlsOptions } from "../core/tls";
import { type RequestGate, RestClient } from "./transport/client";
import { Directory } from "./directory/directory";
import { type Endpoints, type EndpointSettings, follow, type Locate, parseEndpoints } from "./transport/endpoints";
import { Http } from "./transport/http";
import { Retention } from "./directory/retention";
import { printable } from "../core/text";
import { TokenSource } from "./transport/access-token";

export type { CallAnswer, RequestGate, RestClient } from "./transport/client";
export { checkRequest, requireValid } from "./validation/index";
export { findDevice, listDevices } from "./directory/devices";
export type { Directory, LookUp } from "./directory/directory";
export { parseEndpoints } from "./transport/endpoints";
export { listTagged } from "./directory/tagged";
export { listUnits } from "./directory/units";
export { findThing, findVariable, type KnownThing } from "./directory/find-by-name";
export * from "./models";
export * from "./operations";
export type { CallInput } from "./transport/request";
export { isUuid } from "../core/text";
export type { Token } from "./transport/access-token";

/** The REST settings of one account. Blank endpoints mean Arduino's own. */
export interface RestSettings extends EndpointSettings {
  clientId: string;
  clientSecret: string;
  /** Space id; blank for the user's own space. */
  organization?: string;
  /** Where the services are, in place of the endpoints, where that is known only while they run. */
  locate?: Locate | undefined;
  /** Default 10 (docs/protocol.md#request-rate). */
  requestsPerSecond?: number;
  tls?: TlsOptions;
  /** In place of the proxy that the environment names. */
  proxy?: ProxySettings | undefined;
  /** Milliseconds for one request; default 30 s. */
  timeoutMs?: number;
  clock?: Clock;
  /** Those who share the account's pace, where there are others. */
  gate?: RequestGate | undefined;
  log?: ActivityLog | undefined;
  /** Told once per operation what the service announces about it. */
  onNotice?: (message: string) => void;
}

/** REST of one account. */
export interface Rest {
  /** Where they are known only while the services run, true once there is a token. */
  endpoints: Endpoints;
  tokens: TokenSource;
  client: RestClient;
  directory: Directory;
  /** For how long the plan keeps history. */
  retention: Retention;
  /** Ends everything under way with `cancelled` and closes the connections. */
  close(): void;
}

/**
 * Builds the REST side of one account. Two accounts share nothing, not even connections.
 * @throws CloudError `invalid_input` that names the wrong field
 */
export function createRest(settings: RestSettings): Rest {
  const {
    clientId,
    clientSecret,
    clock = systemClock,
    requestsPerSecond = 10,
    tls,
    proxy,
    timeoutMs,
    log,
    onNotice,
  } = settings;
  const organization = parseOrganization(settings.organization);
  checkPace(requestsPerSecond);
  const endpoints = parseEndpoints(settings);
  const http = new Http({ clock, proxy, ...(tls && { tls }), ...(timeoutMs !== undefined && { timeoutMs }) });
  const { locate } = settings;
  const tokens = new TokenSource({
    ...{ endpoints, clientId, clientSecret, organization, http, clock, log },
    follow: locate && follow(endpoints, locate),
  });
  const client = new RestClient({
    endpoints,
    tokens,
    http,
    clock,
    requestsPerSecond,
    organization,
    gate: settings.gate,
    log,
    ...(onNotice && { onNotice }),
  });
  const close = (): void => {
    client.close();
    http.close();
  };
  const shared = { client, clock };
  return { endpoints, tokens, client, directory: new Directory(shared), retention: new Retention(shared), close };
}

function checkPace(requestsPerSecond: number): void {
  if (requestsPerSecond > 0 && requestsPerSecond <= 1_000) return;
  throw new CloudError(
    "invalid_input",
    `requestsPerSecond: ${requestsPerSecond} cannot be used; expected is a number above 0, up to 1000.`,
  );
}

/** Checks a space id: it goes into a header, where not every character may stand. */
function parseOrganization(given = ""): string {
  const organization = given.trim();
  if (/^[\x21-\x7e]{0,64}$/.test(organization)) return organization;
  throw new CloudError(
    "invalid_input",
    `organization: "${printable(organization)}" cannot be used; expected is the space id, a UUID.`,
  );
}
