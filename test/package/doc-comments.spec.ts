import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

const root = path.resolve(__dirname, "..", "..");
const folders = ["cloud", "nodes", "simulator", "scripts"];

/** "Returns", "Reads", "Throws": a verb as a comment on a function begins with. */
const verb = /^(?!Gives|Milliseconds|Seconds|Microseconds|Days|Values|Fields|Messages|Whether|This\b)[A-Z][a-z-]*s\b/;

interface Documented {
  /** File, line and name. */
  place: string;
  isFunction: boolean;
  /** Whether others can call it, so that it needs a comment. */
  isExported: boolean;
  /** The comment's text; "" where there is none. */
  comment: string;
}

function commentOf(node: ts.Node): string {
  const comment = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc).at(-1);
  return comment === undefined ? "" : comment.getText().replace(/^\/\*\*\s*(?:\* ?)?/, "");
}

/** Returns what a statement declares: itself, and the members of a class or an interface. */
function declarationsOf(file: string): Documented[] {
  const source = ts.createSourceFile(file, readFileSync(path.join(root, file), "utf8"), ts.ScriptTarget.Latest, true);
  const found: Documented[] = [];
  const add = (node: ts.Node, name: string, kinds: { isFunction: boolean; isExported: boolean }): void => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart());
    found.push({ place: `${file}:${line + 1} ${name}`, comment: commentOf(node), ...kinds });
  };
  for (const statement of source.statements) {
    const isExported =
      ts.canHaveModifiers(statement) &&
      (ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false);
    if (ts.isFunctionDeclaration(statement)) {
      add(statement, statement.name?.text ?? "", { isFunction: true, isExported });
    } else if (ts.isVariableStatement(statement)) {
      const [declaration] = statement.declarationList.declarations;
      const value = declaration?.initializer;
      const isFunction = value !== undefined && (ts.isArrowFunction(value) || ts.isFunctionExpression(value));
      add(statement, declaration?.name.getText() ?? "", { isFunction, isExported });
    } else if (ts.isClassDeclaration(statement) || ts.isInterfaceDeclaration(statement)) {
      add(statement, statement.name?.text ?? "", { isFunction: false, isExported: false });
      for (const member of statement.members) {
        const isFunction = ts.isMethodDeclaration(member) || ts.isMethodSignature(member);
        const name = `${statement.name?.text ?? ""}.${member.name?.getText() ?? "constructor"}`;
        add(member, name, { isFunction, isExported: false });
      }
    } else if (ts.isTypeAliasDeclaration(statement)) {
      add(statement, statement.name.text, { isFunction: false, isExported: false });
    }
  }
  return found;
}

describe("Doc comments", () => {
  const declarations = folders
    .flatMap((folder) =>
      readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".ts"))
        .map((name) => path.join(folder, name)),
    )
    .flatMap(declarationsOf);
  const places = (wrong: Documented[]): string[] =>
    wrong.map(({ place, comment }) => `${place}: ${comment.slice(0, 60)}`);

  it("are there for each exported function", () => {
    // The overloads of a function share the comment of one.
    const documented = new Set(
      declarations.filter(({ comment }) => comment !== "").map(({ place }) => place.replace(/:\d+ /, " ")),
    );
    const exported = declarations.filter(({ isFunction, isExported }) => isFunction && isExported);
    assert.ok(exported.length > 300, `${exported.length} functions were found`);
    assert.deepEqual(places(exported.filter(({ place }) => !documented.has(place.replace(/:\d+ /, " ")))), []);
  });

  it("begin with a verb where they tell of a function", () => {
    const functions = declarations.filter(({ isFunction, comment }) => isFunction && comment !== "");
    assert.deepEqual(places(functions.filter(({ comment }) => !verb.test(comment))), []);
  });

  it('say what a thing does or is, not "What …" and not "Gives …"', () => {
    assert.deepEqual(places(declarations.filter(({ comment }) => /^(?:What|Gives)\b/.test(comment))), []);
  });
});
