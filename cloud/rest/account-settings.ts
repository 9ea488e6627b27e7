import type { ProxySettings } from "../core/proxy";
import type { TlsOptions } from "../core/tls";
import type { Locate } from "./transport/endpoints";

export interface AccountSettings {
  clientId: string;
  clientSecret: string;
  /** Space id; blank for the user's own space. */
  organization: string;
  baseUrl: string;
  audience: string;
  brokerUrl: string;
  deviceBrokerUrl: string;
  tls?: TlsOptions;
  /** In place of the proxy that the environment names. */
  proxy?: ProxySettings;
  /** Where the services are, in place of the addresses, where that is known only while they run. */
  locate?: Locate;
  requestsPerSecond: number;
  messagesPerSecond: number;
}
