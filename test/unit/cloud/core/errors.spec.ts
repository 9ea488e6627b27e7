import assert from "node:assert/strict";
import {
  CloudError,
  type ErrorCode,
  errorCodes,
  isCredentials,
  isOutcomeUnknown,
  isTransient,
} from "../../../../cloud/core/errors";

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

  it("loses secrets everywhere, the stack included", () => {
    const error = new CloudError("invalid_input", "No s3cret here.", { detail: "not s3cret", requestId: "of s3cret" });
    const clean = error.redacted(["s3cret"]);
    assert.equal(clean.message, "No … here.");
    assert.deepEqual(clean.cause, { detail: "not …", requestId: "of …" });
    assert.doesNotMatch(`${JSON.stringify(clean)} ${clean.stack ?? ""}`, /s3cret/);
  });
});

describe("what an error says about another try", () => {
  const codesOf = (judge: (reason: unknown) => boolean): ErrorCode[] =>
    errorCodes.filter((code) => judge(new CloudError(code, "")));

  it("may succeed later where the cloud is away, refuses for a while, or the key may be put right", () => {
    assert.deepEqual(codesOf(isTransient), ["unauthorized", "rate_limited", "timeout", "offline", "server_error"]);
  });

  it("is a matter of credentials where the cloud does not accept who asks", () => {
    assert.deepEqual(codesOf(isCredentials), ["unauthorized", "forbidden"]);
  });

  it("may have been carried out where no answer came, or one of a fault", () => {
    assert.deepEqual(codesOf(isOutcomeUnknown), ["timeout", "offline", "server_error"]);
    const missing = new CloudError("server_error", "", { statusCode: 501 });
    assert(!isOutcomeUnknown(missing), "what the service does not offer it has not done");
  });

  it("is nothing of this for what is no error of ours", () => {
    for (const judge of [isTransient, isCredentials, isOutcomeUnknown]) {
      for (const reason of [new Error("odd"), undefined, "offline", { code: "offline" }]) assert(!judge(reason));
    }
  });
});
