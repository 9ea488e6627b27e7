import { CloudError } from "./errors";

/*
 * Node.js ends the process over an error that is thrown out of a timer or a listener, and over a promise that is rejected
 * with nobody there. Node-RED would be gone with all its flows, so whatever runs by itself runs through one of these.
 */

/** Makes a listener or the work of a timer out of a function: what it throws, or rejects with, is told and goes no further. */
export function guarded<Args extends unknown[]>(work: (...args: Args) => unknown): (...args: Args) => void {
  return (...args) => runGuarded(work, ...args);
}

function runGuarded<Args extends unknown[]>(work: (...args: Args) => unknown, ...args: Args): void {
  try {
    const outcome = work(...args);
    if (outcome instanceof Promise) inBackground(outcome);
  } catch (reason) {
    tellFault(reason);
  }
}

/** Lets work go on that nobody waits for. It tells of its own failures; one that it does not expect is told here. */
export function inBackground(work: Promise<unknown>): void {
  work.catch(tellFault);
}

/** Counts up with each work that begins in a turn after the one that asked for it. */
let turnsBegun = 0;

/** Runs work when all that is ready to run has run. */
export function nextTurn(work: () => unknown): void {
  // Thousands a second: no function is made for each.
  setImmediate(beginTurn, work);
}

/** Resolves when all that is ready to run has run. */
export function turn(): Promise<void> {
  return new Promise((resolve) => nextTurn(resolve));
}

function beginTurn(work: () => unknown): void {
  turnsBegun++;
  runGuarded(work);
}

/** Returns a number that stays the same while all that is asked for runs in one and the same next turn. */
export function presentTurn(): number {
  return turnsBegun;
}

/** Tells on the console of a fault of our own. Its text may hold anything, secrets too: only its kind and place are told. */
function tellFault(reason: unknown): void {
  const { name, stack = "" } = reason instanceof Error ? reason : new Error();
  const place = /^\s+at (.*)$/m.exec(stack)?.[1] ?? "an unknown place";
  const what = reason instanceof CloudError ? reason.message : `${name} at ${place}`;
  process.emitWarning(`${what} It was caught, and all else goes on. Please report it.`, "ArduinoCloudFault");
}
