import type { House, HouseBoard, HouseKind } from "../seeds/house";
import type { SenmlValue } from "../codec/senml";
import { runBoard, type Board } from "./board";
import { door } from "./door";
import { light } from "./light";
import type { Machine, Values } from "./machine";
import { tank } from "./tank";
import { weatherStation } from "./weather-station";

const usualMachines: Readonly<Record<HouseKind, Machine>> = { weather: weatherStation, light, door, tank };

interface StartBoardsOptions {
  deviceBrokerUrl: string;
  house: House;
  /** Milliseconds that one second of the house takes; 1000 by default, less makes it faster. */
  every?: number;
  /** Machines in place of the usual ones. */
  machines?: Readonly<Partial<Record<HouseKind, Machine>>>;
}

export interface RunningBoards {
  readonly boards: ReadonlyMap<HouseKind, Board>;
  /** Disconnects all boards. */
  stop(): Promise<void>;
}

/** Lets the boards of a house live: they connect, report what changes, obey writes and reconnect as boards do. */
export function startBoards(options: StartBoardsOptions): RunningBoards {
  const { deviceBrokerUrl, house, every = 1000 } = options;
  const chosen = { ...usualMachines, ...options.machines };
  const running = house.map((plan) => ({
    kind: plan.kind,
    ...runMachine(deviceBrokerUrl, plan, chosen[plan.kind], every),
  }));
  return {
    boards: new Map(running.map(({ kind, board }) => [kind, board])),
    stop: async () => {
      await Promise.all(running.map(({ stop }) => stop()));
    },
  };
}

function runMachine(
  url: string,
  { deviceId, secretKey, profile }: HouseBoard,
  machine: Machine,
  every: number,
): { board: Board; stop: () => Promise<void> } {
  const board = runBoard({ url, deviceId, secretKey, profile, variables: { ...machine.variables } });
  let started = false;
  let seconds = 0;
  let sinceReport = 0;
  const tick = (): void => {
    // A board knows where to start from once the cloud has told it the last values.
    if (!started && !board.ready) return;
    const values = { ...machine.defaults, ...board.values };
    seconds += 1;
    sinceReport += 1;
    if (started && sinceReport < (machine.interval?.(values) ?? 1)) return;
    started = true;
    sinceReport = 0;
    const now = Date.now() / 1000;
    const next = machine.next(values, { seconds, now, local: now + board.timezoneOffset });
    void board.report(changes(board.values, { ...values, ...next }));
  };
  const timer = setInterval(tick, every);
  return {
    board,
    stop: async () => {
      clearInterval(timer);
      await board.close();
    },
  };
}

/** Returns those of the present values that the board has not reported yet. */
function changes(reported: Values, present: Values): Record<string, SenmlValue> {
  const changed = Object.entries(present).filter(([name, value]) => !same(reported[name], value));
  return Object.fromEntries(changed);
}

function same(a: SenmlValue | undefined, b: SenmlValue): boolean {
  if (typeof a !== "object" || typeof b !== "object") return a === b;
  return Object.keys(b).every((part) => a[part] === b[part]);
}
