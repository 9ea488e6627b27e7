import assert from "node:assert/strict";
import type { NodeAPI } from "node-red";
import { findDeployed } from "../../../../nodes/admin/stored-secrets";
import { typedSettings } from "../../../../nodes/admin/routes";

/** A runtime in which one node is deployed. */
function runtimeWith(deployed: { id: string; type: string }, credentials: object): NodeAPI {
  const nodes = {
    eachNode: (visit: (node: object) => void) => visit(deployed),
    getCredentials: (id: string) => (id === deployed.id ? credentials : undefined),
    getNode: () => null,
  };
  return { nodes } as unknown as NodeAPI;
}

describe("stored secrets", () => {
  const credentials = { clientId: "stored-id", clientSecret: "stored-secret" };
  const typed = { id: "node", settings: {}, credentials: { clientId: "__PWRD__", clientSecret: "__PWRD__" } };

  it("are given to the type of node that they belong to", () => {
    const RED = runtimeWith({ id: "node", type: "arduino-cloud-account" }, credentials);
    assert.equal(typedSettings(RED, typed).clientSecret, "stored-secret");
  });

  for (const type of ["mqtt-broker", "http proxy", "arduino-connection", "arduino-cloud-device", "tab"]) {
    it(`of a node of type ${type} are no account's`, () => {
      const RED = runtimeWith({ id: "node", type }, credentials);
      assert.deepEqual(findDeployed(RED, "node", "arduino-cloud-account"), { config: undefined, stored: {} });
      assert.throws(() => typedSettings(RED, typed), { code: "not_configured" });
    });
  }

  it("go nowhere but where they were deployed to go, and without an id there are none", () => {
    const RED = runtimeWith({ id: "node", type: "arduino-cloud-account" }, credentials);
    const elsewhere = { ...typed, settings: { baseUrl: "https://elsewhere.example" } };
    assert.throws(() => typedSettings(RED, elsewhere), /only to the addresses/);
    assert.throws(() => typedSettings(RED, { ...typed, id: "" }), { code: "not_configured" });
  });
});
