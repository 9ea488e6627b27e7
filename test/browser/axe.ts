import type { AxeResults } from "axe-core";
import type { Editor } from "./editor";

/**
 * What axe finds serious or critical in parts of the page, given by selectors, in words; the editor's own traps for
 * password managers aside. A part that is not there is an error of axe's.
 */
export async function seriousFindings({ page }: Editor, ...parts: string[]): Promise<string[]> {
  if (!(await page.evaluate(() => "axe" in globalThis)))
    await page.addScriptTag({ path: require.resolve("axe-core/axe.min.js") });
  const { violations } = await page.evaluate(
    (include) =>
      (globalThis as unknown as { axe: { run(context: object): Promise<AxeResults> } }).axe.run({
        include,
        exclude: [["[id^='red-ui-trap']"]],
      }),
    parts.map((part) => [part]),
  );
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}
