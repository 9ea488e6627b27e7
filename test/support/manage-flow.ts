import type { House } from "./simulated-account";
import { load, type Received, type TestRuntime } from "./node-helper";

/** A manage node, and around it what tells of all that comes of a message. */
export function manageFlow(more: object = {}): Record<string, unknown>[] {
  return [
    {
      id: "manage",
      type: "arduino-cloud-manage",
      account: "account",
      resource: "things",
      operation: "list",
      wires: [["out"]],
      ...more,
    },
    { id: "out", type: "helper" },
    { id: "catch", type: "catch", wires: [["caught"]] },
    { id: "caught", type: "helper" },
    { id: "complete", type: "complete", scope: ["manage"], wires: [["completed"]] },
    { id: "completed", type: "helper" },
    { id: "status", type: "status", scope: ["manage"], wires: [["statuses"]] },
    { id: "statuses", type: "helper" },
  ];
}

/** Runs a manage node, as fast as its account may. */
export async function startManage(house: House, more: object = {}, account: object = {}): Promise<TestRuntime> {
  return load(house, manageFlow(more), { requestsPerSecond: 500, ...account });
}

/** Returns what a manage node answers to a message. */
export async function answerOf(runtime: TestRuntime, message: object): Promise<Received> {
  runtime.node("manage").receive(message);
  const [answer] = await runtime.arrived("out");
  return answer ?? {};
}

/** What the house's cloud was asked, but for tokens: method and path. */
export function requestsTo(house: House): string[] {
  return house.simulator.observed.requests
    .filter(({ path }) => !path.endsWith("/token"))
    .map(({ method, path }) => `${method} ${path}`);
}

/** The errors that came to a Catch node. */
export function errorsOf(caught: Received[]): { code: string; message: string }[] {
  return caught.map(({ error }) => error as { code: string; message: string });
}
