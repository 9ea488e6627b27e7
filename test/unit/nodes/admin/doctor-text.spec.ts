import assert from "node:assert/strict";
import { CloudError } from "../../../../cloud/core/errors";
import { found } from "../../../../cloud/doctor/finding";
import { readDoctorTexts, reportText, englishSentenceOf } from "../../../../nodes/admin/doctor-text";

describe("the doctor's report", () => {
  const texts = readDoctorTexts();

  it("is plain English text", () => {
    const error = new CloudError("offline", "no way");
    const text = reportText(texts, [
      { id: "clock", ...found("clock", "ahead", { minutes: 5 }) },
      { id: "broker-port", ...found("port", "refused", { host: "<b>", port: 1 }, error) },
    ]);
    assert.equal(
      text,
      "[warning] Clock: The clock of the computer that runs Node-RED is 5 minutes ahead. Set it, or times will be wrong.\n" +
        "[problem] Broker port: <b> refuses connections on port 1. Check the address, its port, and any firewall.\n" +
        "    no way",
    );
  });

  it("names a check as people know it", () => {
    const blocked = found("general", "blocked", { check: "api-port" });
    assert.equal(englishSentenceOf(texts, { id: "token", ...blocked }), "Not checked, since this failed: API port.");
  });

  it("stays one line for each finding, whatever names hold", () => {
    const thing = "Shed\n[problem] API key: it is all wrong";
    const text = reportText(texts, [{ id: "subscription", ...found("subscription", "ok", { thing }) }]);
    assert.equal(text, "[ok] Subscription: The values of Shed [problem] API key: it is all wrong can be followed.");
  });

  it("takes what looks like a value, in a value, for text", () => {
    const text = englishSentenceOf(texts, { id: "login", ...found("login", "ok", { host: "__check__ $& __host__" }) });
    assert.equal(text, "The broker __check__ $& __host__ accepts the login.");
  });
});
