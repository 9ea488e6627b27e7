import { once } from "node:events";
import net from "node:net";
import { stopLater } from "./stop";

/** A way to a Redis that can be cut, for one copy of several. */
export interface RedisDetour {
  readonly url: string;
  /** Breaks its connections and refuses new ones, until it is mended. */
  cut(): void;
  /** Loses from now on what goes over its connections, without a word; new ones are good. */
  swallow(): void;
  mend(): void;
}

/** Starts one to a port of this machine; it ends with the test. */
export async function startDetour(port: number): Promise<RedisDetour> {
  const sockets = new Set<net.Socket>();
  let isCut = false;
  const follow = (socket: net.Socket, other: net.Socket): void => {
    sockets.add(socket);
    socket
      .on("error", () => undefined)
      .on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
  };
  const server = net.createServer((near) => {
    const far = net.connect(port, "127.0.0.1");
    follow(near, far);
    follow(far, near);
    if (isCut) near.destroy();
    else near.pipe(far).pipe(near);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const cut = (): void => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  stopLater(async () => {
    cut();
    server.close();
    await once(server, "close");
  });
  return {
    url: `redis://127.0.0.1:${(server.address() as net.AddressInfo).port}`,
    cut,
    swallow: () => {
      for (const socket of sockets) socket.unpipe().resume();
    },
    mend: () => (isCut = false),
  };
}
