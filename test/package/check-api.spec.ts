import assert from "node:assert/strict";
import { checkAnswers } from "../../scripts/check-api/answers";
import type { Document, Schema } from "../../scripts/check-api/document";
import { Findings } from "../../scripts/check-api/findings";
import { checkTable } from "../../scripts/check-api/table";

const flag: Schema = { type: "boolean", default: false };
const tag: Schema = { type: "string", maxLength: 129, pattern: "^[a-zA-Z0-9_.@-]+:[a-zA-Z0-9_.@-]+$" };

/** The parameters of the list of things, as the table has them. */
const query: Record<string, Schema> = {
  across_user_ids: flag,
  device_id: { type: "string" },
  ids: { type: "array", items: { type: "string" } },
  show_deleted: flag,
  show_properties: flag,
  tags: { type: "array", items: tag },
};
const error: Schema = { type: "object", properties: { id: {}, code: {}, status: {}, detail: {}, meta: {} } };
const media = "application/vnd.arduino.thing+json; type=collection";

/** A document of one operation, the list of things. */
function documentOf(fields: Record<string, Schema>, things: Schema = { type: "array" }, listMedia = media): Document {
  const answer = (type: string, name: string): object => ({
    content: { [type]: { schema: { $ref: `#/components/schemas/${name}` } } },
  });
  const list = {
    operationId: "things_v2#list",
    parameters: Object.entries(fields).map(([name, schema]) => ({ in: "query", name, schema })),
    responses: { "200": answer(listMedia, "Things"), "401": answer("application/vnd.goa.error+json", "error") },
  };
  return {
    info: { title: "A document", version: "1" },
    paths: { "/iot/v2/things": { get: list } },
    components: { schemas: { Things: things, error } },
  };
}

/** What is found of the list of things. */
function tableFindings(fields: Record<string, Schema>): string[] {
  const findings = new Findings();
  checkTable(documentOf(fields), findings);
  return findings.unlisted.filter((report) => report.startsWith("things_v2#list "));
}

async function answerFindings(document: Document): Promise<string[]> {
  const findings = new Findings();
  await checkAnswers(document, findings);
  assert.deepEqual([findings.counts.answers, findings.counts.errorAnswers], [1, 1]);
  return findings.unlisted;
}

describe("check:api", () => {
  it("finds nothing where table and document agree, and what only one of them has", () => {
    assert.deepEqual(tableFindings(query), []);
    const findings = new Findings();
    checkTable(documentOf(query), findings);
    assert(findings.unlisted.includes("actions_v1#list is in the table only"));
    assert(findings.stale.length > 0);
  });

  it("finds each difference of a field", () => {
    const { ids, ...others } = query;
    assert.deepEqual(tableFindings({ ...others, more: {} }), [
      "things_v2#list query.ids is in the table only",
      "things_v2#list query.more is in the document only",
    ]);
    assert.deepEqual(tableFindings({ ...query, ids: { ...ids, items: { type: "string", format: "uuid" } } }), [
      'things_v2#list query.ids[] type is "string" here and "string uuid" in the document',
    ]);
    assert.deepEqual(tableFindings({ ...query, tags: { type: "array", items: { ...tag, maxLength: 128 } } }), [
      "things_v2#list query.tags[] maxLength is 129 here and 128 in the document",
    ]);
  });

  it("finds answers of the simulator that are not as documented", async () => {
    assert.deepEqual(await answerFindings(documentOf(query)), []);
    assert.deepEqual(await answerFindings(documentOf(query, { type: "object" })), [
      'things_v2#list 200 body  must be object {"type":"object"}',
    ]);
    const other = "application/vnd.arduino.thing+json";
    assert.deepEqual(await answerFindings(documentOf(query, { type: "array" }, other)), [
      `things_v2#list 200 media is ${media}; documented: ${other}`,
    ]);
  });
});
