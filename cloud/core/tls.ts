/** TLS settings for every connection of an account: REST, token and broker. Names are those of Node's `tls.connect`. */
export interface TlsOptions {
  ca?: string | Buffer;
  cert?: string | Buffer;
  key?: string | Buffer;
  passphrase?: string;
  servername?: string;
  rejectUnauthorized?: boolean;
  ALPNProtocols?: string[];
  maxVersion?: "TLSv1.2";
}
