/**
 * Holds the operations table, and every answer of the simulator, against an OpenAPI document:
 * `npm run check:api -- FILE`. Fails where it finds a difference that `check-api/differences.ts` does not explain.
 */
import { checkAnswers } from "./check-api/answers";
import { readDocument } from "./check-api/document";
import { Findings } from "./check-api/findings";
import { checkTable } from "./check-api/table";

async function main(file: string | undefined): Promise<void> {
  if (file === undefined) throw new Error("Which document? npm run check:api -- FILE");
  const document = readDocument(file);
  const findings = new Findings();
  checkTable(document, findings);
  await checkAnswers(document, findings);
  const { counts, listed, stale, unlisted } = findings;
  for (const difference of unlisted) console.log(`DIFFERENCE  ${difference}`);
  for (const entry of stale) console.log(`OUT OF DATE  nothing differs at ${entry}`);
  console.log(
    `${document.info.title} ${document.info.version}: ${counts.operations} operations, ${counts.fields} fields, ` +
      `${counts.comparisons} comparisons; ${counts.answers} answers and ${counts.errorAnswers} refusals of the simulator. ` +
      `${listed} differences are explained, ${unlisted.length} are not; ${stale.length} explanations are out of date.`,
  );
  if (unlisted.length > 0 || stale.length > 0) process.exitCode = 1;
}

void main(process.argv[2]);
