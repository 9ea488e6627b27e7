/** What each kind of fault does to the simulated cloud, or to Node-RED. */
import type { Faults, RestOrder } from "../../simulator/behaviour/faults";
import type { House } from "../support/simulated-account";
import { changeable, changeableTab } from "./flow";
import { type FaultKind, type PlannedFault, variantOf } from "./plan";

/** What faults act on. */
export interface FaultTarget {
  house: House;
  /** Deploys the flow with one node, or one tab, changed. */
  readonly deploy: (type: "full" | "flows" | "nodes", changed: string) => Promise<void>;
  readonly restart: () => Promise<void>;
  readonly kill: () => Promise<void>;
}

/** Ends a fault; acts that last return one. */
type Heal = () => void | Promise<void>;
type Act = (target: FaultTarget, fault: PlannedFault) => unknown;

const page = "<!DOCTYPE html><html><head><title>Blocked</title></head><body>This site is blocked.</body></html>";
const html = { "content-type": "text/html" };
const json = { "content-type": "application/json" };

/** Answers that are not the API's. Where nothing is expected, an empty body or JSON would be one. */
const wrongAnswers: readonly RestOrder[] = [
  { status: 200, headers: html, body: page },
  { status: 403, headers: html, body: page },
  { status: 407, headers: html, body: page },
  { status: 502, headers: html, body: page },
  { method: "GET", status: 200, body: "" },
  { method: "GET", status: 200, headers: json, body: '[{"id": "0b5a2ad4-6f2c-' },
  { method: "GET", status: 200, body: null },
  { method: "GET", status: 200, body: 17 },
  { method: "GET", status: 200, body: {} },
];
const times = [1, 2, 3, 5, 8, 13];

/** Sets a switch of the broker, drops users so that it takes effect, and sets it back. */
function forUsers<Name extends keyof Faults>(house: House, name: Name, value: Faults[Name], usual: Faults[Name]): Heal {
  const { simulator } = house;
  simulator.faults[name] = value;
  simulator.dropAll({ users: true });
  return () => void (simulator.faults[name] = usual);
}

/** Orders answers of REST. */
function order({ simulator }: House, given: RestOrder, fault: PlannedFault): Heal {
  simulator.faults.rest.push({ times: variantOf(times, { choice: (fault.choice * 7) % 1 }), ...given });
  return () => void simulator.faults.rest.splice(0);
}

/** Names of the thing and of a variable that the flow does not name so. */
function rename({ simulator, thingId, propertyIds }: House, { choice }: PlannedFault): void {
  const thing = simulator.store.things.get(thingId);
  const property = thing?.properties.find(({ id }) => id === propertyIds.counter);
  if (thing === undefined || property === undefined) throw new Error("The house is gone.");
  const name = `Name ${Math.floor(choice * 1e6)}`;
  if (choice < 0.5) thing.name = name;
  else property.name = name;
}

const acts: Record<FaultKind, Act> = {
  "users lose their connections": ({ house }) => house.simulator.dropAll({ users: true }),
  "users are refused": ({ house }) => forUsers(house, "refuseUsers", true, false),
  "every CONNECT is refused": ({ house }, fault) =>
    forUsers(house, "refuseConnect", variantOf(["socket", 3, 5, 4, 2], fault), null),
  "the broker is down": async ({ house: { simulator } }) => {
    await simulator.brokerDown(true);
    return () => simulator.brokerDown(false);
  },
  "connections are half-open": ({ house: { simulator } }) => {
    simulator.halfOpen(true);
    return () => simulator.halfOpen(false);
  },
  "the broker is slow": ({ house: { simulator } }, fault) => {
    simulator.faults.delayMs = variantOf([150, 400, 1_000, 1_800], fault);
    return () => void (simulator.faults.delayMs = 0);
  },
  "subscriptions wait": ({ house: { simulator } }) => {
    simulator.holdSubscribes(true);
    simulator.dropAll({ users: true });
    return () => simulator.holdSubscribes(false);
  },
  "a subscription is refused": ({ house }) => forUsers(house, "subackRefuse", [`/a/t/${house.thingId}/e/o`], []),
  "writes get lost": ({ house: { simulator } }, fault) => {
    simulator.faults.dropUnacked = variantOf(times, fault);
  },
  "tokens live for seconds": ({ house: { simulator } }, fault) => {
    simulator.faults.tokenLifetime = variantOf([3, 5, 8], fault);
    simulator.tokens.revokeAll();
    simulator.dropAll({ users: true });
    return () => void (simulator.faults.tokenLifetime = 300);
  },
  "tokens are revoked": ({ house: { simulator } }, { choice }) => {
    simulator.tokens.revokeAll();
    if (choice < 0.5) simulator.dropAll({ users: true });
  },
  "tokens are refused": ({ house: { simulator } }, fault) => {
    simulator.faults.tokenStatus = variantOf([503, 401, 429, 500, 403], fault);
    simulator.tokens.revokeAll();
    simulator.dropAll({ users: true });
    return () => void (simulator.faults.tokenStatus = null);
  },
  "REST is down": async ({ house: { simulator } }) => {
    await simulator.restDown(true);
    return () => simulator.restDown(false);
  },
  "REST answers with an error": ({ house }, fault) =>
    order(house, { status: variantOf([429, 500, 503, 502, 504, 401], fault) }, fault),
  "REST drops requests": ({ house }, fault) =>
    order(house, { drop: true, ...(fault.choice < 0.5 && { afterEffect: true }) }, fault),
  "REST is slow": ({ house }, fault) =>
    order(house, { delayMs: variantOf([300, 1_000, 3_000], fault), times: 6 }, fault),
  "REST answers wrongly": ({ house }, fault) => order(house, variantOf(wrongAnswers, fault), fault),
  "names change": ({ house }, fault) => rename(house, fault),
  "the whole flow is deployed": ({ deploy }) => deploy("full", changeableTab),
  "a changed tab is deployed": ({ deploy }) => deploy("flows", changeableTab),
  "a changed node is deployed": ({ deploy }, fault) => deploy("nodes", variantOf(changeable, fault)),
  "Node-RED restarts": ({ restart }) => restart(),
  "Node-RED is killed": ({ kill }) => kill(),
};

/** Does what a fault is; returns what ends it. */
export async function begin(target: FaultTarget, fault: PlannedFault): Promise<Heal> {
  const heal = await acts[fault.kind](target, fault);
  return typeof heal === "function" ? (heal as Heal) : () => undefined;
}
