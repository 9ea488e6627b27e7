import type { ChildProcess } from "node:child_process";
import type { Report } from "./protocol";

/** Resolves with the next report of a kind from a measured process. */
export function answer<Kind extends Report["kind"]>(
  child: ChildProcess,
  kind: Kind,
): Promise<Extract<Report, { kind: Kind }>> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      child.off("message", listen);
      child.off("exit", ended);
    };
    const ended = (code: number | null): void => {
      end();
      reject(new Error(`The measured process ended with ${code}.`));
    };
    const listen = (message: Report): void => {
      if (message.kind !== kind) return;
      end();
      resolve(message as Extract<Report, { kind: Kind }>);
    };
    const timer = setTimeout(() => {
      end();
      reject(new Error(`The measured process did not say "${kind}" in time.`));
    }, 120_000);
    child.on("message", listen);
    child.once("exit", ended);
  });
}
