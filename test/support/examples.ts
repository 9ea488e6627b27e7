import { readFileSync } from "node:fs";
import path from "node:path";
import type { Simulator } from "../../simulator";
import type { FlowNode } from "./flows";

const folder = path.resolve(__dirname, "..", "..", "examples");

/** An example flow as it is, with the account of a simulator; `more` is filled into nodes of a type. */
export function exampleFor(simulator: Simulator, name: string, more: Record<string, object> = {}): FlowNode[] {
  const { restUrl: baseUrl, brokerUrl, deviceBrokerUrl, clientId, clientSecret } = simulator;
  const account = { baseUrl, brokerUrl, deviceBrokerUrl, credentials: { clientId, clientSecret } };
  const filledIn: Record<string, object> = { "arduino-cloud-account": account, ...more };
  const flow = JSON.parse(readFileSync(path.join(folder, `${name}.json`), "utf8")) as FlowNode[];
  return flow.map((node) => ({ ...node, ...filledIn[node.type] }));
}
