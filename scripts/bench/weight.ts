/** Measures what the package adds to a Node-RED that has no account: to its start, its memory and its editor. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { installPackage, root } from "../demo/package";

const cache = path.join(root, ".cache", "bench-weight");
const packageName = "@iot-flows/node-red-arduino-cloud";

/** The cost of one Node-RED, or the difference between two. */
export interface Weight {
  /** From `RED.init` to running flows. */
  startMs: number;
  startCpuMs: number;
  heapBytes: number;
  residentBytes: number;
  /** Bytes that the editor loads at once: forms, help and code of nodes and plugins, and resources of the package. */
  nodesBytes: number;
  pluginsBytes: number;
  resourcesBytes: number;
  /** Bytes of the resources that it loads only when somebody opens what they are for. */
  onDemandBytes: number;
}

/** The figures that the process of a Node-RED tells of itself. */
type Told = Omit<Weight, "nodesBytes" | "pluginsBytes" | "resourcesBytes" | "onDemandBytes"> & { port: number };

/**
 * Measures what the package adds, as `npm pack` makes it. Node-RED starts with and without it in turns, and the least
 * of all rounds counts: whatever else the machine does only adds. The package must be built.
 */
export async function measureWeight(rounds: number): Promise<Weight> {
  const bare = path.join(cache, "bare");
  const full = path.join(cache, "full");
  rmSync(bare, { recursive: true, force: true });
  mkdirSync(bare, { recursive: true });
  writeFileSync(path.join(bare, "package.json"), '{ "name": "bare", "version": "1.0.0", "private": true }');
  await installPackage(full, new AbortController().signal);
  const weights: { bare: Weight[]; full: Weight[] } = { bare: [], full: [] };
  for (let round = 0; round < rounds; round++) {
    weights.bare.push(await weigh(bare));
    weights.full.push(await weigh(full));
  }
  const least = (several: Weight[]): Weight => combine(several, (values) => Math.min(...values));
  return combine([least(weights.full), least(weights.bare)], ([more = NaN, less = NaN]) => more - less);
}

/** Measures and prints. */
export async function benchWeight(): Promise<void> {
  const weight = await measureWeight(Number(process.env.BENCH_ROUNDS ?? 5));
  const { nodesBytes, pluginsBytes, resourcesBytes, onDemandBytes } = weight;
  const kilobytes = (bytes: number): string => `${(bytes / 2 ** 10).toFixed(1)} kB`;
  const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`;
  console.log("What the package adds to a Node-RED without an account:");
  console.log(`  editor    +${kilobytes(nodesBytes + pluginsBytes + resourcesBytes)}:`);
  console.log(
    `            nodes ${kilobytes(nodesBytes)} (forms and help included), plugins ${kilobytes(pluginsBytes)},`,
  );
  console.log(`            resources ${kilobytes(resourcesBytes)}; on demand another ${kilobytes(onDemandBytes)}`);
  console.log(`  heap      +${megabytes(weight.heapBytes)} (resident +${megabytes(weight.residentBytes)})`);
  console.log(`  start     +${weight.startMs.toFixed(0)} ms (+${weight.startCpuMs.toFixed(0)} ms of CPU)`);
}

/** Returns a weight each part of which is made of that part of the others. */
function combine(weights: readonly Weight[], merge: (values: number[]) => number): Weight {
  const part = (name: keyof Weight): number => merge(weights.map((weight) => weight[name]));
  return {
    startMs: part("startMs"),
    startCpuMs: part("startCpuMs"),
    heapBytes: part("heapBytes"),
    residentBytes: part("residentBytes"),
    nodesBytes: part("nodesBytes"),
    pluginsBytes: part("pluginsBytes"),
    resourcesBytes: part("resourcesBytes"),
    onDemandBytes: part("onDemandBytes"),
  };
}

async function weigh(userDir: string): Promise<Weight> {
  const child = fork(path.join(__dirname, "weight-node-red.mjs"), {
    env: { ...process.env, USER_DIR: userDir },
    // Not those of this process: what runs TypeScript would be weighed too.
    execArgv: ["--expose-gc"],
  });
  try {
    const ended = once(child, "exit").then(() => Promise.reject(new Error("The measured Node-RED ended.")));
    const told = once(child, "message", { signal: AbortSignal.timeout(120_000) });
    const [{ port, ...own }] = (await Promise.race([told, ended])) as [Told];
    const url = `http://127.0.0.1:${port}`;
    return {
      ...own,
      nodesBytes: await sizeOf(`${url}/nodes`),
      pluginsBytes: await sizeOf(`${url}/plugins`),
      ...(await sizeOfResources(url, userDir)),
    };
  } finally {
    child.kill("SIGKILL");
  }
}

/** Returns the bytes of an answer, asked for as the editor does. */
async function sizeOf(url: string): Promise<number> {
  const response = await fetch(url, { headers: { Accept: "text/html", "Accept-Language": "en-US" } });
  if (!response.ok) throw new Error(`${url} answers ${response.status}.`);
  return (await response.arrayBuffer()).byteLength;
}

/** Returns the bytes of what the package has Node-RED serve beside its nodes. */
async function sizeOfResources(
  url: string,
  userDir: string,
): Promise<Pick<Weight, "resourcesBytes" | "onDemandBytes">> {
  const folder = path.join(userDir, "node_modules", packageName, "resources");
  if (!existsSync(folder)) return { resourcesBytes: 0, onDemandBytes: 0 };
  const atStart = filesAtStart(folder);
  const sum = { resourcesBytes: 0, onDemandBytes: 0 };
  for (const file of readdirSync(folder)) {
    const bytes = await sizeOf(`${url}/resources/${packageName}/${file}`);
    sum[atStart.has(file) ? "resourcesBytes" : "onDemandBytes"] += bytes;
  }
  return sum;
}

/** Returns the names of the built files of `resources/` that the editor loads at once: the first, and what it imports. */
export function filesAtStart(folder: string): Set<string> {
  const files = new Set(readdirSync(folder).filter((file) => file.startsWith("editor-")));
  // A set goes on to what is added while it is walked through.
  for (const file of files) {
    const text = readFileSync(path.join(folder, file), "utf8");
    for (const [, imported = ""] of text.matchAll(/(?:from|import)"\.\/([\w-]+\.js)"/g)) files.add(imported);
  }
  return files;
}
