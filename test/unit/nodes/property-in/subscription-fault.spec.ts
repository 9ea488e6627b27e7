/** What is wrong with a subscription is told by REST and by the broker, in any order. */
import assert from "node:assert/strict";
import { CloudError } from "../../../../cloud/core/errors";
import { SubscriptionFault } from "../../../../nodes/property-in/subscription-fault";

describe("what is wrong with a subscription", () => {
  const refusal = new CloudError("forbidden", "The broker refuses the topic.");
  const missing = new CloudError("not_found", "No such thing.");
  const unreachable = new CloudError("offline", "REST is out of reach.");
  let told: (string | undefined)[];
  let fault: SubscriptionFault;

  beforeEach(() => {
    told = [];
    fault = new SubscriptionFault((present) => told.push(present?.code));
  });

  it("is one fault where the thing is not there, whoever says so first", () => {
    fault.refused(refusal);
    fault.notFound(missing);
    assert.deepEqual([told, fault.isMissing], [["not_found"], true]);
    fault.refused(refusal);
    assert.deepEqual(told, ["not_found"]);
  });

  it("is the broker's refusal where the thing is there, whoever says so first", () => {
    fault.refused(refusal);
    assert.deepEqual(told, []);
    fault.found();
    assert.deepEqual([told, fault.present], [["forbidden"], refusal]);
    fault.found();
    fault.accepted();
    fault.refused(refusal);
    assert.deepEqual(told, ["forbidden", undefined, "forbidden"]);
  });

  it("is the broker's refusal, where REST can't be asked", () => {
    fault.refused(refusal);
    fault.notFound(unreachable);
    fault.accepted();
    assert.deepEqual(told, ["forbidden", "offline"]);
  });

  it("is nothing, said once, where all is well", () => {
    fault.accepted();
    fault.found();
    fault.found();
    fault.accepted();
    assert.deepEqual(told, [undefined]);
  });
});
