import { once } from "node:events";
import http from "node:http";
import net, { type AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

/** A proxy for HTTP as companies have it: it makes tunnels, forwards plain requests, and may want a login. */
export interface ForwardingProxy {
  /** `host:port`. */
  readonly address: string;
  /** Its URL, with a login where it wants one. */
  readonly url: string;
  /** What it was asked for, oldest first: `CONNECT host:port` or `GET http://…`, whether or not it went through. */
  readonly asked: string[];
  /** The logins that it was given, as `user:password`. */
  readonly logins: string[];
  /** What requests are answered with, in place of what they ask for. */
  refusal: number | undefined;
  /** How many tunnels are open. */
  readonly open: number;
  /** Goes away with all its connections, or comes back on the same port. */
  down(isDown: boolean): Promise<void>;
  stop(): Promise<void>;
}

interface ProxyOptions {
  host?: string;
  login?: { user: string; password: string };
  /** Where it connects to, in place of the server that it was asked for. */
  resolve?: (host: string, port: number) => { host: string; port: number };
}

/** Starts one on a free port. */
export async function startProxy({ host = "127.0.0.1", login, resolve }: ProxyOptions = {}): Promise<ForwardingProxy> {
  const asked: string[] = [];
  const logins: string[] = [];
  const sockets = new Set<Duplex>();
  let refusal: number | undefined;
  let tunnels = 0;
  const verdict = ({ headers, method, url }: http.IncomingMessage): number => {
    asked.push(`${method} ${url}`);
    const [, encoded = ""] = (headers["proxy-authorization"] ?? "").split(" ");
    const given = Buffer.from(encoded, "base64").toString();
    if (given !== "") logins.push(given);
    if (refusal !== undefined) return refusal;
    return login === undefined || given === `${login.user}:${login.password}` ? 200 : 407;
  };
  const target = (address: string): { host: string; port: number } => {
    const { hostname, port } = new URL(address);
    const name = hostname.replace(/^\[|\]$/g, "");
    return resolve?.(name, Number(port)) ?? { host: name, port: Number(port) };
  };
  const server = http.createServer((request, response) => {
    const status = verdict(request);
    if (status !== 200) {
      response.writeHead(status).end();
      return;
    }
    const { method, headers, url = "" } = request;
    const { pathname, search } = new URL(url);
    const onward = http.request(
      { ...target(url), method, headers, path: pathname + search, agent: false },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on("error", () => response.writeHead(502).end());
    request.pipe(onward);
  });
  server.on("connect", (request, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    const status = verdict(request);
    if (status !== 200) {
      socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const onward = net.connect(target(`http://${request.url}`));
    sockets.add(onward);
    onward.on("error", () => socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n"));
    onward.once("connect", () => {
      tunnels += 1;
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    onward.once("close", () => {
      sockets.delete(onward);
      socket.destroy();
    });
    socket.once("close", () => {
      if (!onward.connecting) tunnels -= 1;
      onward.destroy();
    });
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen(0, host);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const address = `${net.isIPv6(host) ? `[${host}]` : host}:${port}`;
  const down = async (isDown: boolean): Promise<void> => {
    if (server.listening !== isDown) return;
    if (!isDown) {
      server.listen(port, host);
      await once(server, "listening");
      return;
    }
    const closed = once(server, "close");
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  const user = login === undefined ? "" : `${encodeURIComponent(login.user)}:${encodeURIComponent(login.password)}@`;
  return {
    address,
    url: `http://${user}${address}`,
    asked,
    logins,
    get refusal() {
      return refusal;
    },
    set refusal(status) {
      refusal = status;
    },
    get open() {
      return tunnels;
    },
    down,
    stop: () => down(true),
  };
}
