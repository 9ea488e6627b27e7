import assert from "node:assert/strict";
import * as arduino from "@arduino/arduino-iot-client";
import {
  findOperation,
  operation,
  operations,
  pathFormats,
  schemas,
  type Field,
  type Fields,
  type Operation,
  type Rest,
} from "../../../../../cloud/rest/index";
import { restOn, startFakeCloud, type FakeCloud, type Seen } from "../../../../support/fake-api";

/** Operations that the official npm client does not have. */
const missing = [
  "properties_v2#publishMulti",
  "properties_v2#publishBatch",
  "devices_v2#removeHardwareID",
  "devices_v2#createClaimed",
  "triggers_v1#unsubscribe",
  "actions_v1#Unsubscribe",
];
const isMissing = ({ id }: Operation): boolean => missing.includes(id) || id.startsWith("dashboards_v3");
/** Query fields that the service takes and the official npm client can't send. */
const beyond = new Set(["devices_v2#list unique_hardware_id", "dashboards_v2#list thing_id"]);

describe("operations", () => {
  it("are 94, each found by its official id and client name", () => {
    assert.equal(operations.length, 94);
    assert.equal(new Set(operations.flatMap(({ id, sdkName: client }) => [id, client])).size, 188);
    assert.equal(new Set(operations.map(({ resource, name }) => `${resource} ${name}`)).size, 94);
    for (const row of operations) {
      assert.equal(findOperation(row.id), row);
      assert.equal(findOperation(row.sdkName), row);
    }
    assert.equal(findOperation("things_v9#list"), undefined);
    assert.equal(findOperation("constructor"), undefined);
    assert.equal(operation("things_v2#show").name, "get");
  });

  it("describe every parameter of their path, and nothing else", () => {
    for (const { path, pathFields, id } of operations) {
      const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      assert.deepEqual(Object.keys(pathFields), parameters, id);
      for (const kind of Object.values(pathFields)) assert(pathFormats[kind].type === "string", id);
    }
  });

  it("are safe only where they read or can be repeated without harm", () => {
    for (const row of operations) {
      if (row.verb === "GET" || row.verb === "DELETE") assert(row.safe, row.id);
      if (/publish|^create|clone|historic|update-properties|^share|ota/i.test(row.name)) assert(!row.safe, row.id);
      if (row.verb === "GET") assert.equal(row.body, undefined, row.id);
    }
  });

  it("use the newest version, and name the one before where it does the same", () => {
    const newest = operations.filter(({ fallback }) => fallback !== undefined);
    assert.equal(newest.length, 7);
    for (const { name, fallback, verb, path, id } of newest) {
      const before = findOperation(fallback ?? "");
      assert(before !== undefined, id);
      assert.deepEqual([before.name, before.verb, before.path], [`${name}-v2`, verb, path.replace("/v3/", "/v2/")]);
    }
  });

  it("refer to schemas that exist, each used", () => {
    const used = new Set<string>();
    const visit = (field: Field): void => {
      if (field.schema !== undefined) {
        const schema = (schemas as Record<string, Fields>)[field.schema];
        assert(schema !== undefined, field.schema);
        if (!used.has(field.schema)) {
          used.add(field.schema);
          Object.values(schema).forEach(visit);
        }
      }
      if (field.items !== undefined) visit(field.items);
      if (field.pattern !== undefined) assert.doesNotThrow(() => new RegExp(field.pattern ?? "", "u"));
    };
    for (const { query, body } of operations) [...Object.values(query), ...(body ? [body] : [])].forEach(visit);
    assert.deepEqual([...used].sort(), Object.keys(schemas).sort());
  });

  describe("against the official client", () => {
    let cloud: FakeCloud;
    let rest: Rest;
    before(async () => {
      cloud = await startFakeCloud();
      rest = restOn(cloud);
      cloud.replies = [{ headers: { "content-type": "application/json" }, body: "null" }];
    });
    after(async () => {
      rest.close();
      await cloud.stop();
    });

    /** The methods of the official client, by name. */
    function official(token: string): Map<string, (...input: unknown[]) => Promise<unknown>> {
      const client = new arduino.ApiClient(cloud.url);
      client.authentications.oauth2.accessToken = token;
      const found = new Map<string, (...input: unknown[]) => Promise<unknown>>();
      for (const [name, make] of Object.entries(arduino)) {
        if (!name.endsWith("Api")) continue;
        const api = new (make as unknown as new (client: unknown) => Record<string, unknown>)(client);
        for (const method of Object.getOwnPropertyNames(Object.getPrototypeOf(api))) {
          const work = api[method];
          if (typeof work === "function")
            found.set(method, work.bind(api) as (...input: unknown[]) => Promise<unknown>);
        }
      }
      return found;
    }

    function shape({ method, path, query, body }: Seen): unknown {
      return {
        method,
        path,
        query: [...query.keys()].sort(),
        body: body === "" ? undefined : (JSON.parse(body) as unknown),
      };
    }

    for (const row of operations.filter((row) => !isMissing(row) && row.media === undefined)) {
      it(`send what it sends: ${row.sdkName}`, async () => {
        const token = await rest.tokens.get();
        const method = official(token.value).get(row.sdkName);
        assert(method !== undefined, "the official client has no such method");
        const ids = Object.fromEntries(Object.keys(row.pathFields).map((name) => [name, `the-${name}`]));
        const query = Object.fromEntries(
          Object.entries(row.query)
            .filter(([name]) => !beyond.has(`${row.id} ${name}`))
            .map(([name, { type }]) => [name, type === "list" ? ["a", "b"] : "true"]),
        );
        const body = row.body?.required ? { any: 1 } : undefined;
        const options = Object.fromEntries(
          Object.entries(query).map(([name, value]) => [
            name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
            value,
          ]),
        );
        cloud.requests.length = 0;
        await rest.client.call(row, { path: ids, query, body });
        // The official client takes them in the order of their names.
        const inOrder = Object.keys(ids)
          .sort()
          .map((name) => ids[name]);
        await method(...inOrder, ...(body ? [body] : []), options);
        const [ours, theirs] = cloud.requests;
        assert(ours !== undefined && theirs !== undefined);
        assert.deepEqual(shape(ours), shape(theirs));
      });
    }
  });
});
