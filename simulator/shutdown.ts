/** Watches for the reasons why a program that runs until it is stopped has to stop. */

/** How often a program that npm runs looks whether it still has its parent. */
const parentCheckIntervalMs = 250;

/** Ctrl+C, what a service manager sends, a closed terminal, and Ctrl+Break on Windows. */
const signals: NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"];

/**
 * Returns a signal that aborts once this program has to stop: at Ctrl+C, at a signal, or when npm, which runs it, has
 * ended. npm hands a signal to the shell between the two, and some shells die of it without handing it on.
 */
export function shutdownSignal(): AbortSignal {
  const shutdown = new AbortController();
  // A terminal and npm both pass a Ctrl+C on, so it may come twice: the listeners stay.
  for (const signal of signals) process.on(signal, () => shutdown.abort());
  if (process.env["npm_lifecycle_event"] !== undefined) {
    const parent = process.ppid;
    const check = (): void => {
      if (process.ppid !== parent) shutdown.abort();
    };
    setInterval(check, parentCheckIntervalMs).unref();
  }
  return shutdown.signal;
}
