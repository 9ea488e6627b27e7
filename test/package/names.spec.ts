import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

const root = path.resolve(__dirname, "..", "..");
const sources = ["cloud", "nodes"].flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => path.join(folder, name))
    .map((file) =>
      ts.createSourceFile(file, readFileSync(path.join(root, file), "utf8"), ts.ScriptTarget.Latest, true),
    ),
);

const placeOf = (node: ts.Node): string => {
  const source = node.getSourceFile();
  return `${source.fileName}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
};

function isExported(statement: ts.Statement): boolean {
  const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
  return modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
}

/** What a statement declares by name. */
function namesOf(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.flatMap(({ name }) => (ts.isIdentifier(name) ? [name.text] : []));
  }
  const isNamed =
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement);
  return isNamed && statement.name !== undefined ? [statement.name.text] : [];
}

/** The nodes of all sources, each with all that is inside of it. */
function* nodes(): Generator<ts.Node> {
  const waiting: ts.Node[] = [...sources];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    yield node;
    node.forEachChild((child) => void waiting.push(child));
  }
}

/** The name under which a value stands: that of a variable or of a field. */
function nameOf(expression: ts.Expression): string | undefined {
  if (ts.isIdentifier(expression)) return expression.text;
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : undefined;
}

/** The delay that a call hands to a timer. */
function delayOf({ expression, arguments: given }: ts.CallExpression): ts.Expression | undefined {
  const [first, second] = given;
  const name = nameOf(expression) ?? "";
  const isClock = (node: ts.Expression | undefined): boolean => node !== undefined && /clock$/i.test(node.getText());
  if (name === "after" && ts.isPropertyAccessExpression(expression))
    return isClock(expression.expression) ? first : undefined;
  if (name.startsWith("sleep")) return isClock(first) ? second : first;
  return ["setTimeout", "setInterval"].includes(name) ? second : undefined;
}

describe("Names in cloud/ and nodes/", () => {
  it("mean one thing: what a file exports is declared nowhere else", () => {
    const declared = new Map<string, { place: string; isExported: boolean }[]>();
    for (const statement of sources.flatMap(({ statements }) => [...statements])) {
      for (const name of namesOf(statement)) {
        const places = declared.get(name) ?? [];
        // The overloads of a function are one declaration.
        if (places.some(({ place }) => place.startsWith(`${statement.getSourceFile().fileName}:`))) continue;
        declared.set(name, [...places, { place: placeOf(statement), isExported: isExported(statement) }]);
      }
    }
    assert.ok(declared.size > 1_000, `${declared.size} names were found`);
    const twice = [...declared].filter(([, places]) => places.length > 1 && places.some((one) => one.isExported));
    assert.deepEqual(
      twice.map(([name, places]) => `${name}: ${places.map(({ place }) => place).join(", ")}`),
      [],
    );
  });

  it("end in Ms where a timer takes them", () => {
    const calls = [...nodes()].filter(ts.isCallExpression);
    const delays = calls.flatMap((call) => delayOf(call) ?? []);
    assert.ok(delays.length > 20, `${delays.length} timers were found`);
    const wrong = delays.filter((delay) => !/Ms$|^milliseconds$/.test(nameOf(delay) ?? "Ms"));
    assert.deepEqual(
      wrong.map((delay) => `${placeOf(delay)} ${delay.getText()}`),
      [],
    );
  });

  it("end in Ms where a comment says that they are milliseconds", () => {
    const moment = /since 1970|monotonic/i;
    const wrong = [...nodes()].filter((node) => {
      const isValue = ts.isVariableStatement(node) || ts.isPropertySignature(node) || ts.isPropertyDeclaration(node);
      if (!isValue || (!ts.isVariableStatement(node) && node.type?.kind === ts.SyntaxKind.FunctionType)) return false;
      const [comment = ""] = ts.getJSDocCommentsAndTags(node).map((doc) => doc.getText());
      const name = ts.isVariableStatement(node) ? (namesOf(node)[0] ?? "Ms") : node.name.getText();
      const isMeant = /\bmilliseconds\b/i.test(comment) && !moment.test(comment);
      return isMeant && !/Ms$|[sS]econds$|Bytes$|Length$/.test(name);
    });
    assert.deepEqual(
      wrong.map((node) => `${placeOf(node)} ${node.getText().slice(0, 60)}`),
      [],
    );
  });
});
