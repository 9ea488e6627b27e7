import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "../../simulator";
import { askToken } from "./support/arduino-client";

describe("simulator control interface", () => {
  let simulator: Simulator;
  before(async () => {
    simulator = await startSimulator();
  });
  after(() => simulator.stop());

  const post = async (act: string, body: unknown = {}): Promise<number> => {
    const options = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    return (await fetch(`${simulator.controlUrl}/${act}`, options)).status;
  };
  const state = async (): Promise<Record<string, unknown>> =>
    (await (await fetch(`${simulator.controlUrl}/state`)).json()) as Record<string, unknown>;

  it("sets faults and choices, and clears them", async () => {
    assert.equal(await post("faults", { tokenStatus: 503 }), 200);
    assert.equal((await askToken(simulator)).status, 503);
    assert.equal(await post("choices", { retentionDays: 1 }), 200);
    assert.equal(simulator.choices.retentionDays, 1);
    assert.equal(await post("faults", { tokenLifetime: 7, tokenStatsu: 1 }), 400);
    assert.equal(simulator.faults.tokenLifetime, 300);
    assert.equal(await post("clear"), 200);
    assert.equal(simulator.faults.tokenStatus, null);
    assert.equal(simulator.observed.requests.length, 0);
  });

  it("carries out acts", async () => {
    const { body } = await askToken(simulator);
    await post("revoke");
    assert.equal(simulator.tokens.verify(String(body.access_token)), undefined);
    await post("faults", { restDown: true });
    await assert.rejects(fetch(simulator.restUrl));
    await post("faults", { restDown: false });
    assert.equal((await fetch(simulator.restUrl)).status, 404);
    assert.equal(await post("drop", { users: true }), 200);
    assert.equal(await post("inject", { topic: "/a/t/x/e/o", hex: "80" }), 200);
  });

  it("shows the state without secrets", async () => {
    await askToken(simulator);
    const text = JSON.stringify(await state());
    assert.match(text, /clients\/token/);
    assert.doesNotMatch(text, new RegExp(simulator.clientSecret));
  });
});
