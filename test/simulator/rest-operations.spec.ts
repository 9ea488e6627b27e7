import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "../../simulator";
import { routes } from "../../simulator/rest/routes";
import { arduinoClient, refused, type ArduinoClient } from "./support/arduino-client";

type Operation = (...parameters: unknown[]) => Promise<unknown>;

/** Serves as an id in paths and as an empty object in bodies. */
const anything = { toString: (): string => "7fe6ae4b-45ba-4d3c-9d3e-6c1e3ff40a31" };

/** Every operation of Arduino's client by name, called with an unknown id and an empty body. */
function operations(client: ArduinoClient): [string, () => Promise<unknown>][] {
  return Object.values(client).flatMap((api: object) =>
    Object.getOwnPropertyNames(Object.getPrototypeOf(api))
      .filter((name) => name !== "constructor" && !name.endsWith("WithHttpInfo"))
      .map((name): [string, () => Promise<unknown>] => {
        const operation = (api as Record<string, Operation>)[name]!;
        const parameters = Array.from({ length: operation.length }, () => anything);
        return [name, () => operation.apply(api, parameters)];
      }),
  );
}

describe("simulator REST: all operations", () => {
  let simulator: Simulator;
  let client: ArduinoClient;

  beforeEach(async () => {
    simulator = await startSimulator({ faults: { requestsPerSecond: null } });
    client = await arduinoClient(simulator);
  });
  afterEach(() => simulator.stop());

  it("are the 94 of the API, each once", () => {
    assert.equal(routes.length, 94);
    assert.equal(new Set(routes.map(({ method, path }) => `${method} ${path}`)).size, 94);
  });

  it("are known to Arduino's client, 81 of them", async () => {
    const all = operations(client);
    assert.equal(all.length, 81);
    for (const [, call] of all) await call().catch(() => undefined);
    const asked = simulator.observed.requests.slice(1); // after the token's
    assert.equal(asked.length, 81);
    const unknown = asked.filter(
      ({ method, path }) => !routes.some((route) => route.method === method && fits(route.path, path)),
    );
    assert.deepEqual(unknown, []);
    assert.deepEqual(
      asked.filter(({ status }) => status === 0 || status >= 500),
      [],
    );
  });

  const fits = (pattern: string, path: string): boolean =>
    new RegExp(`^${pattern.replace(/:\w+/g, "[^/]+")}$`).test(path);

  it("refuse a revoked token", async () => {
    simulator.tokens.revokeAll();
    for (const [, call] of operations(client)) assert.match(await refused(call(), 401), /"unauthorized"/);
  });

  it("answer 429 as plain text", async () => {
    simulator.faults.requestsPerSecond = 0;
    for (const [, call] of operations(client)) {
      assert.equal(await refused(call(), 429), "You have reached maximum request limit.");
    }
  });

  for (const status of [500, 503]) {
    it(`fail with ${status} on order`, async () => {
      simulator.faults.rest.push({ status, times: Infinity });
      for (const [, call] of operations(client)) assert.match(await refused(call(), status), /"detail"/);
    });
  }

  it("find nothing under an unknown id", async () => {
    const reading = operations(client).filter(([name]) => /Show|Template$|ListShares|GetE|GetS|PassGet/.test(name));
    assert.ok(reading.length >= 15);
    for (const [name, call] of reading) {
      const text = await refused(call(), 404);
      assert.ok(text === "" || text.includes("not_found"), name);
    }
  });
});
