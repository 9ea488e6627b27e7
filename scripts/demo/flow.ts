import { readFile } from "node:fs/promises";
import path from "node:path";
import { root } from "./package";

/** The examples that the demo opens with, as its users would import them. */
const stories = ["A family dashboard", "A greenhouse", "A year of temperatures as a chart"];

type FlowNode = Record<string, unknown> & { id: string; type: string };

/**
 * Composes the flow of the demo: a tour of the nodes, then the stories; all on the tour's account, which names a space only
 * where the environment has one for the real cloud.
 */
export async function composeFlow(environment: NodeJS.ProcessEnv): Promise<string> {
  const written = await read(path.join(__dirname, "flow.json"));
  const { ARDUINO_CLIENT_ID: clientId = "", ARDUINO_ORGANIZATION_ID: space = "" } = environment;
  const hasSpace = clientId !== "" && space !== "";
  const tour = written.map((node) => (isAccount(node) && !hasSpace ? { ...node, organization: "" } : node));
  const told = await Promise.all(stories.map((name) => read(path.join(root, "examples", `${name}.json`))));
  const account = tour.find(isAccount)?.id;
  const nodes = told.flat().filter((node) => !isAccount(node));
  const onAccount = nodes.map((node) => ("account" in node ? { ...node, account } : node));
  return `${JSON.stringify(withOneDashboard([...tour, ...onAccount]), null, 4)}\n`;
}

async function read(file: string): Promise<FlowNode[]> {
  return JSON.parse(await readFile(file, "utf8")) as FlowNode[];
}

/** Returns nodes with the first dashboard and theme in place of all, as the editor of the dashboard does at an import. */
function withOneDashboard(nodes: readonly FlowNode[]): FlowNode[] {
  const shared = ["ui-base", "ui-theme"].flatMap((type) => {
    const [first, ...others] = nodes.filter((node) => node.type === type).map(({ id }) => id);
    return others.map((id) => [id, first] as const);
  });
  const firstOf = new Map(shared);
  const replace = (value: unknown): unknown => (typeof value === "string" && firstOf.get(value)) || value;
  const others = nodes.filter(({ id }) => !firstOf.has(id));
  return others.map((node) => ({
    ...node,
    ...("ui" in node && { ui: replace(node["ui"]) }),
    ...("theme" in node && { theme: replace(node["theme"]) }),
  }));
}

function isAccount({ type }: FlowNode): boolean {
  return type === "arduino-cloud-account";
}
