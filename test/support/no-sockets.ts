import dgram from "node:dgram";
import net from "node:net";

type Method = (this: unknown, ...given: unknown[]) => unknown;

let isForbidden = false;
const attempts: string[] = [];

/** Refuses every socket from now on, or allows them again; TLS and HTTP stand on the same ones. */
export function forbidSockets(forbidden: boolean): void {
  isForbidden = forbidden;
}

/** Throws when a socket was asked for while they were forbidden, be it that the code under test survived that. */
export function requireNoSocket(): void {
  const [first] = attempts.splice(0);
  if (first !== undefined) throw new Error(first);
}

function guard(prototype: object, name: string): void {
  const methods = prototype as Record<string, Method>;
  const original = methods[name];
  if (original === undefined) throw new Error(`There is no ${name}.`);
  methods[name] = function (...given) {
    if (!isForbidden) return original.apply(this, given);
    const message = `A unit spec opens no socket, but it called ${name}: put it into test/integration.`;
    attempts.push(message);
    throw new Error(message);
  };
}

guard(net.Socket.prototype, "connect");
guard(net.Server.prototype, "listen");
guard(dgram.Socket.prototype, "bind");
guard(dgram.Socket.prototype, "send");
