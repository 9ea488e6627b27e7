import { readFileSync } from "node:fs";
import path from "node:path";

const folder = path.resolve(__dirname, "..", "..", "nodes", "editor", "rows");

/**
 * Returns a form with the rows in it that it shares with others: `<!-- row list field="thing" icon="cube" -->` stands for
 * `nodes/editor/rows/list.html` with those values in the place of `{{field}}` and `{{icon}}`, and the type of the form's
 * node in the place of `{{type}}`. An attribute that needs a value that is not given is left out, and so is a hint
 * without a text; around it comes what its looks go by. The choices of a list are given as `options="all:emit-all changed:emit-changed AVG"`: each by its value and
 * the key of its label, or by what is both, in every language.
 */
export function insertRows(form: string, type: string): string {
  const framed = form.replace(
    /(data-template-name="[^"]+">\n)(.*?)(?=<\/script>)/gs,
    '$1<div class="arduino-cloud-form">\n$2</div>\n',
  );
  return framed.replace(/<!-- row ([\w-]+)(.*?)-->\n/g, (_comment, row: string, given: string) => {
    const values = new Map([["type", type]]);
    for (const [, name = "", value = ""] of given.matchAll(/(\w+)="([^"]*)"/g)) values.set(name, value);
    return fill(readFileSync(path.join(folder, `${row}.html`), "utf8"), values).replace(
      / *<!-- options -->\n/,
      optionsOf(values.get("options") ?? "", type),
    );
  });
}

/** Returns the entries of a list of choices. */
function optionsOf(given: string, type: string): string {
  const choices = given.split(" ").filter((choice) => choice !== "");
  return choices
    .map((choice) => {
      const [value = "", label] = choice.split(":");
      const text = label === undefined ? `>${value}` : ` data-i18n="${type}.label.${label}">`;
      return `    <option value="${value}"${text}</option>\n`;
    })
    .join("");
}

function fill(row: string, values: ReadonlyMap<string, string>): string {
  const needs = (text: string): string[] => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name = ""]) => name);
  return row
    .replace(/\s(?!class)[\w-]+="[^"]*"/g, (attribute) =>
      needs(attribute).every((name) => values.has(name)) ? attribute : "",
    )
    .replace(/ ?\{\{(\w+)\}\}/g, (place, name: string) => {
      const value = values.get(name);
      return value === undefined ? "" : place.replace(/\{\{\w+\}\}/, value);
    })
    .replace(/ *<div class="arduino-cloud-hint"><\/div>\n/g, "");
}
