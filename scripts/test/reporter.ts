import { appendFileSync } from "node:fs";
import { reporters, type MochaOptions, type Runner } from "mocha";

/** Prints as mocha usually does, and notes in the file that `FAILED_SPECS` names in which files something failed, a line each. */
class NotingReporter extends reporters.Spec {
  constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    const list = process.env["FAILED_SPECS"];
    if (list !== undefined) runner.on("fail", ({ file }) => appendFileSync(list, `${file ?? "?"}\n`));
  }
}

export = NotingReporter;
