import assert from "node:assert/strict";
import { CloudError } from "../../../../cloud/core/errors";

describe("CloudError", () => {
  const facts = { statusCode: 409, detail: "Taken.", requestId: "abc" };

  it("has what HTTP answered both as its own and as its cause", () => {
    const error = new CloudError("conflict", "It is taken.", facts);
    assert.deepEqual({ ...error.cause }, facts);
    assert.deepEqual([error.statusCode, error.detail, error.requestId], [409, "Taken.", "abc"]);
    assert(Object.hasOwn(error, "cause"), "Node-RED looks for a cause of its own");
  });

  it("has no property for what is not known", () => {
    const error = new CloudError("offline", "Nobody answers.");
    for (const name of ["cause", "statusCode", "detail", "requestId"]) assert(!Object.hasOwn(error, name), name);
    assert.deepEqual(new CloudError("conflict", "No.", { statusCode: 409 }).cause, { statusCode: 409 });
  });

  it("takes words around its message and keeps all else, the place where it happened included", () => {
    const error = new CloudError("conflict", "It is taken ($& too).", facts);
    const told = error.withContext("item 3: ", " Nothing was changed.");
    assert.equal(told.message, "item 3: It is taken ($& too). Nothing was changed.");
    assert.equal(told.code, "conflict");
    assert.deepEqual(told.cause, facts);
    const [first = "", ...frames] = (told.stack ?? "").split("\n");
    assert(first.endsWith(told.message));
    assert.deepEqual(frames, (error.stack ?? "").split("\n").slice(1));
    assert.equal(error.message, "It is taken ($& too).", "the error itself stays as it was");
  });
});
