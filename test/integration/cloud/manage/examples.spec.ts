import assert from "node:assert/strict";
import { systemClock } from "../../../../cloud/core/clock";
import { cloneDashboard, createFromTemplate, ensure } from "../../../../cloud/desired-state/index";
import { checkRequest, createRest, operation, operations, type Rest } from "../../../../cloud/rest/index";
import { bodyExampleOf } from "../../../../cloud/rest/operations/examples";
import { exampleIds } from "../../../../cloud/rest/operations/example-ids";
import { wantedOperations } from "../../../../nodes/manage/extra-operations";
import { type FormOperation, formTable } from "../../../../nodes/manage/form-operations";
import { keep, send, tokenOf } from "../../../../scripts/check-api/answers";
import type { Known } from "../../../../scripts/check-api/call";
import { calls, knownAtFirst } from "../../../../scripts/check-api/calls";
import { certificateRequest } from "../../../../simulator/security/authority";
import { startSimulator, type Simulator } from "../../../../simulator/index";
import { stopLater } from "../../../support/stop";

const table = formTable();
const byId = new Map<string, FormOperation>(
  table.operations.flatMap((row) => (row.id ? [[row.id, row] as const] : [])),
);
const newUuid = (): string => crypto.randomUUID();

/** An example as somebody sends it who has put ids of their own, and a file, in their places. */
function filledIn(example: unknown, known: Known, csr: string): unknown {
  const own: Record<keyof typeof exampleIds, string> = {
    thing: known.thing ?? "",
    otherThing: known.copy ?? "",
    property: known.level ?? "",
    device: known.device ?? "",
    trigger: known.trigger ?? "",
    user: known.user ?? "",
    otherUser: known.guest ?? "",
    fresh: "",
  };
  const text = Object.entries(exampleIds).reduce(
    (filled, [name, id]) => filled.replaceAll(id, () => own[name as keyof typeof exampleIds] || newUuid()),
    JSON.stringify(example),
  );
  const body = JSON.parse(text) as Record<string, unknown>;
  if ("csr" in body) body.csr = csr;
  if ("ota_file" in body) body.ota_file = Buffer.from("firmware");
  return body;
}

describe("the examples that the form of manage inserts", () => {
  let simulator: Simulator;
  let known: Known;

  const start = async (): Promise<void> => {
    simulator = await startSimulator({ faults: { requestsPerSecond: null } });
    stopLater(() => simulator.stop());
    known = await knownAtFirst(simulator, simulator.store.createUser().id);
  };
  const rest = (): Rest => {
    const { clientId, clientSecret, restUrl, brokerUrl } = simulator;
    const made = createRest({
      ...{ clientId, clientSecret, baseUrl: restUrl, brokerUrl, requestsPerSecond: 1_000, clock: systemClock },
      audience: "",
      deviceBrokerUrl: "",
    });
    stopLater(() => {
      made.close();
      return Promise.resolve();
    });
    return made;
  };

  const greenhouse = (): object => table.wanted["things: ensure"]?.example as object;

  it("are there for each operation that has a body, and for no other", () => {
    for (const row of operations) assert.equal(byId.get(row.id)?.body !== undefined, row.body !== undefined, row.id);
    for (const { name, body } of table.operations) assert.ok(body === undefined || body.example !== undefined, name);
  });

  it("are accepted by the simulated cloud, and by the check before it", async () => {
    await start();
    const tokens = { owner: await tokenOf(simulator, simulator.userId), guest: await tokenOf(simulator, known.guest!) };
    const { csr } = await certificateRequest("somebody else");
    const unsent = new Set(operations.filter(({ body }) => body !== undefined).map(({ id }) => id));
    for (const call of calls) {
      const row = operation(call.id);
      const request = call.request(known);
      const token = call.asGuest ? tokens.guest : tokens.owner;
      if (row.body !== undefined) {
        const body = filledIn(bodyExampleOf(row), known, csr);
        const example = { path: request.path as Record<string, string>, query: {}, body };
        assert.deepEqual(checkRequest(row, example).errors, [], call.id);
        const answer = await send(simulator, row, { ...request, body }, token);
        assert.ok(answer.status >= 200 && answer.status < 300, `${call.id}: ${answer.status} ${answer.text}`);
        keep(call, answer, known);
        unsent.delete(call.id);
      }
      // Later calls need more than what an example may have made.
      const isMissing = Object.keys(call.keeps ?? {}).some((name) => known[name] === undefined);
      if (row.body === undefined || isMissing) keep(call, await send(simulator, row, request, token), known);
    }
    assert.deepEqual([...unsent], []);
  });

  it("are carried out as wanted states and templates, and change nothing the second time", async () => {
    await start();
    const account = { rest: rest(), signal: new AbortController().signal };
    for (const { resource, name } of wantedOperations) {
      const body = table.wanted[`${resource}: ${name}`];
      if (body === undefined) continue;
      const run = (): Promise<{ changed: boolean }> =>
        name === "ensure"
          ? ensure({ ...account, kind: resource as "things", wanted: body.example })
          : createFromTemplate({
              ...account,
              kind: resource as "things",
              ...(body.example as { template: object; copies: object[] }),
            });
      assert.equal((await run()).changed, true, `${resource}: ${name}`);
      assert.equal((await run()).changed, false, `${resource}: ${name}`);
    }
    await ensure({ ...account, kind: "things", wanted: { ...greenhouse(), name: "Second greenhouse" } });
    const copy = table.operations.find((row) => row.resource === "dashboards" && row.name === "clone")?.body?.example;
    const made = await cloneDashboard({ ...account, dashboard: "Greenhouse", ...(copy as { name: string }) });
    assert.equal((made as { name: string }).name, "Second greenhouse");
  });
});
