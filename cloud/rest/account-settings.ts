import type { ProxySettings } from "../core/proxy";
import type { TlsOptions } from "../core/tls";

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
  requestsPerSecond: number;
  messagesPerSecond: number;
}
