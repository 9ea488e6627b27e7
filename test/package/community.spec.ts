import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";

const root = path.resolve(__dirname, "..", "..");
const read = (file: string): string => readFileSync(path.join(root, file), "utf8");

interface IssueForm {
  name: string;
  description: string;
  labels: string[];
  body: {
    type: string;
    id?: string;
    attributes: { label?: string; value?: string };
    validations?: { required: boolean };
  }[];
}

describe(".github", () => {
  const forms = path.join(".github", "ISSUE_TEMPLATE");
  for (const file of readdirSync(path.join(root, forms)).filter((name) => name !== "config.yml")) {
    it(`${file} is a form that GitHub takes`, () => {
      const { name, description, labels, body } = parse(read(path.join(forms, file))) as IssueForm;
      for (const text of [name, description, ...labels]) assert.equal(typeof text, "string");
      const fields = body.filter(({ type }) => type !== "markdown");
      for (const { type, attributes } of body)
        assert.ok(type === "markdown" ? attributes.value : attributes.label, `a ${type} without text`);
      for (const { type } of fields) assert.ok(["input", "textarea", "dropdown", "checkboxes"].includes(type), type);
      const ids = fields.map(({ id }) => id);
      assert.ok(ids.every((id) => /^[a-z-]+$/.test(id ?? "")));
      assert.equal(new Set(ids).size, ids.length, "an id twice");
      assert.ok(fields.some(({ validations }) => validations?.required));
    });
  }

  it("the workflow runs all of .ci/run on each Node.js that the package is for", () => {
    interface Job {
      strategy: { matrix: { node: number[] } };
      container: { image: string };
      steps: { run?: string }[];
    }
    const { jobs } = parse(read(path.join(".github", "workflows", "ci.yml"))) as { jobs: { ci: Job } };
    const { strategy, steps } = jobs.ci;
    assert.deepEqual(strategy.matrix.node, [20, 22, 24]);
    const { engines } = JSON.parse(read("package.json")) as { engines: { node: string } };
    assert.match(engines.node, new RegExp(`^>=${strategy.matrix.node[0]}\\b`));
    assert.deepEqual(
      steps.flatMap(({ run }) => run ?? []),
      ["bash .ci/run"],
    );
  });
});

describe("links of the pages for contributors", () => {
  for (const page of ["CONTRIBUTING.md", "SECURITY.md", "CODE_OF_CONDUCT.md"]) {
    it(`${page} names files that exist`, () => {
      for (const [, target = ""] of read(page).matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g))
        assert.ok(existsSync(path.join(root, target)), target);
    });
  }
});
