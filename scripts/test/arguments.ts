import { availableParallelism } from "node:os";

/** The arguments of a run of specs. */
interface TestArguments {
  /** Folders of test/ and files; empty where none was named. */
  selected: string[];
  /** How many files run at a time. */
  jobs: number;
  measuresCoverage: boolean;
  onNodeRed5: boolean;
  /** Whether files that failed run once more. */
  repeats: boolean;
  /** Options for mocha beside the files. */
  mochaOptions: string[];
}

/** Options of mocha whose value may follow as an argument of its own. */
const takesValue = new Set(["--reporter", "--grep", "--timeout"]);

/** Reads the command line: what begins with a dash and is none of ours is mocha's, the rest says which specs. */
export function parseTestArguments(given: string[]): TestArguments {
  const own = /^--(jobs=\d+|coverage|node-red-5|repeat)$/;
  given = given.flatMap((argument, index) => {
    if (takesValue.has(given[index - 1] ?? "")) return [];
    return takesValue.has(argument) && index + 1 < given.length ? [`${argument}=${given[index + 1]}`] : [argument];
  });
  const jobs = given.find((argument) => argument.startsWith("--jobs="))?.slice("--jobs=".length);
  return {
    selected: given.filter((argument) => !argument.startsWith("-")),
    // A spec mostly waits for sockets and for other processes, so three a core keep it busy.
    jobs: jobs === undefined ? 3 * availableParallelism() : Number(jobs),
    measuresCoverage: given.includes("--coverage"),
    onNodeRed5: given.includes("--node-red-5"),
    repeats: given.includes("--repeat"),
    mochaOptions: given.filter((argument) => argument.startsWith("-") && !own.test(argument)),
  };
}
