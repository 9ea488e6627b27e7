import assert from "node:assert/strict";
import {
  createRest,
  operation,
  readProperty,
  readRawSeries,
  readThing,
  type Rest,
  type RestSettings,
} from "../../../../cloud/rest/index";
import { startSimulator, type Simulator } from "../../../../simulator/index";
import { rejection } from "../../../support/rejection";
import { until } from "../../../support/wait";

describe("REST against the simulator", () => {
  let simulator: Simulator;
  let rest: Rest;

  beforeEach(async () => {
    simulator = await startSimulator();
    rest = account();
  });
  afterEach(async () => {
    rest.close();
    await simulator.stop();
  });

  function account(settings: Partial<RestSettings> = {}): Rest {
    const { restUrl, clientId, clientSecret } = simulator;
    return createRest({ baseUrl: restUrl, clientId, clientSecret, ...settings });
  }

  async function createTank(name = "Tank"): Promise<{ id: string; pid: string }> {
    const created = readThing((await rest.client.call(operation("things_v2#create"), { body: { name } })).body);
    const id = created?.id ?? "";
    const body = {
      name: "Water level",
      variable_name: "level",
      type: "FLOAT",
      permission: "READ_WRITE",
      update_strategy: "ON_CHANGE",
    };
    const property = await rest.client.call(operation("properties_v2#create"), { path: { id }, body });
    assert.equal(property.status, 201);
    return { id, pid: readProperty(property.body)?.id ?? "" };
  }

  it("creates, finds, reads and deletes", async () => {
    const { id, pid } = await createTank();
    const thing = await rest.directory.thing("Tank");
    assert.equal(thing.id, id);
    assert.equal(rest.directory.variable(thing, "level").id, pid);
    assert.equal(rest.directory.variable(thing, pid).last_value, "N/A");
    await rejection(rest.directory.thing("tank"), "not_found", /Close names: "Tank"/);

    simulator.store.record(id, "level", 21.5, Date.now());
    const read = await rest.client.call(operation("properties_v2#show"), { path: { id, pid } });
    assert.equal(readProperty(read.body)?.last_value, 21.5);
    const requests = [{ q: `property.${pid}`, sort: "ASC", series_limit: 1_000 }];
    const history = await rest.client.call(operation("series_v2#batch_query_raw"), {
      body: { requests, resp_version: 1 },
    });
    const [series] = readRawSeries(history.body);
    assert.deepEqual(series?.values, [21.5]);
    assert.equal(series.property_id, pid);

    const tag = { key: "room", value: "cellar" };
    assert.deepEqual(await rest.client.call(operation("things_v2_tags#upsert"), { path: { id }, body: tag }), {
      status: 200,
      body: null,
    });
    const tagged = await rest.client.call(operation("things_v2#list"), { query: { tags: ["room:cellar"] } });
    assert.equal((tagged.body as unknown[]).length, 1);

    await rest.client.call(operation("things_v2#delete"), { path: { id } });
    await rejection(
      rest.directory.thing(id, { maxAgeMs: 0 }),
      "not_found",
      new RegExp(`no thing ${id} \\(HTTP 404\\)`),
    );
    await rejection(rest.client.call(operation("things_v2#create"), { body: { name: "?" } }), "invalid_input");
  });

  it("gets everything through at a pace that the service refuses", async () => {
    simulator.faults.requestsPerSecond = 4;
    const { id } = await createTank();
    const calls = Array.from({ length: 8 }, () => rest.client.call(operation("things_v2#show"), { path: { id } }));
    await Promise.all(calls);
    const statuses = simulator.observed.requests.map(({ status }) => status);
    assert(statuses.includes(429), "the limit was never met");
    assert(rest.client.requestsPerSecond < 10);
  });

  it("goes on with tokens that live two seconds, are revoked, and with the service away for a while", async () => {
    simulator.faults.tokenLifetime = 2;
    const logged: string[] = [];
    rest.close();
    rest = account({ log: { debug: (line) => logged.push(line) } });
    const { id } = await createTank();
    const show = (): Promise<unknown> => rest.client.call(operation("things_v2#show"), { path: { id } });
    const tokens = (): number => simulator.observed.requests.filter(({ path }) => path.endsWith("/token")).length;
    for (let round = 0; round < 8 || tokens() < 4; round++) {
      if (round === 3) simulator.tokens.revokeAll();
      if (round === 6) await simulator.restDown(true);
      const shown = show();
      if (round === 6) {
        await until("a failure", () => logged.some((line) => line.includes("ECONNREFUSED")));
        await simulator.restDown(false);
      }
      await shown;
    }
    assert.ok(simulator.observed.requests.some(({ status }) => status === 401));
  });

  it("says that the secret is wrong", async () => {
    const wrong = account({ clientSecret: "wrong" });
    await rejection(wrong.directory.things(), "unauthorized", /Check the client id and the client secret/);
    wrong.close();
  });

  it("keeps spaces apart", async () => {
    const space = account({ organization: simulator.organizationId });
    await createTank();
    assert.equal((await rest.directory.things()).length, 1);
    assert.equal((await space.directory.things()).length, 0);
    space.close();
  });
});
