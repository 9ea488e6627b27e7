import assert from "node:assert/strict";
import { runInNewContext } from "node:vm";
import { CloudError } from "../../../../../cloud/core/errors";
import { checkRequest, operation, operations, requireValid, type Operation } from "../../../../../cloud/rest/index";
import { inside, placesOf, requestOf, uuid, valueOf, type Place } from "../../../../support/minimal-requests";

const createThing = operation("things_v2#create");
const publish = operation("properties_v2#publish");

/** The errors of a body for a new thing. */
function errorsOf(body: unknown, row: Operation = createThing): readonly string[] {
  return checkRequest(row, { path: requestOf(row).path, body }).errors;
}

/** The places of a full request. */
function placesIn(row: Operation): { request: ReturnType<typeof requestOf>; places: Place[] } {
  const request = requestOf(row, true);
  const places = [
    ...placesOf(row.query, request.query, "query"),
    ...(row.body ? inside(row.body, request.body, "") : []),
  ];
  return { request, places };
}

const property = { name: "Level", permission: "READ_ONLY", type: "FLOAT", update_strategy: "ON_CHANGE" };

describe("checkRequest", () => {
  it("takes a blank serial of a device, as Arduino's command line tool sends it, and no other blank name", () => {
    for (const id of ["devices_v2#create", "devices_v2#update"] as const) {
      const row = operation(id);
      const { path, body } = requestOf(row);
      const errors = (more: object): readonly string[] =>
        checkRequest(row, { path, body: { ...(body as object), ...more } }).errors;
      assert.deepEqual(errors({ serial: "" }), []);
      assert.equal(errors({ serial: "##" }).length, 1);
      assert.equal(errors({ serial: "x".repeat(65) }).length, 1);
      assert.equal(errors({ name: "" }).length, 1);
    }
  });

  for (const row of operations) {
    describe(`${row.resource}: ${row.name}`, () => {
      it("takes the smallest and the fullest request without a word", () => {
        const nothing = { errors: [], warnings: [] };
        assert.deepEqual(checkRequest(row, requestOf(row)), nothing);
        assert.deepEqual(checkRequest(row, requestOf(row, true)), nothing);
      });

      it("names each id that is missing or leads elsewhere", () => {
        for (const [parameter, kind] of Object.entries(row.pathFields)) {
          for (const value of [undefined, "", " ", "..", 5]) {
            const request = requestOf(row);
            const { errors } = checkRequest(row, { ...request, path: { ...request.path, [parameter]: value } });
            assert.equal(errors.length, 1);
            assert.match(errors[0] ?? "", new RegExp(`^the ${kind} must be `));
          }
        }
      });

      it("names each required field that is missing", () => {
        const { request, places } = placesIn(row);
        for (const { where, parent, key } of places.filter(({ field }) => field.required)) {
          const { [key]: kept } = parent;
          // eslint-disable-next-line @typescript-eslint/no-dynamic-delete
          delete parent[key];
          const { errors } = checkRequest(row, request);
          assert.equal(errors.length, 1, where);
          assert(errors[0]?.startsWith(`${where} is missing; expected is `), errors[0]);
          parent[key] = kept;
        }
      });

      it("names each field of another type, each value out of its list and each limit that is passed", () => {
        const { request, places } = placesIn(row);
        for (const { where, field, parent, key } of places) {
          const kept = parent[key];
          for (const wrong of wrongValues(field)) {
            parent[key] = wrong;
            const { errors } = checkRequest(row, request);
            assert.equal(errors.length, 1, `${where} ${JSON.stringify(wrong)}`);
            assert(errors[0]?.startsWith(`${where} must `) || errors[0]?.startsWith(`${where}[`), errors[0]);
          }
          parent[key] = kept;
        }
      });

      it("lets a field pass that is new", () => {
        const { request } = placesIn(row);
        const body = row.body?.type === "object" ? { ...(request.body as object), brand_new: 1 } : request.body;
        const { errors, warnings } = checkRequest(row, { ...request, query: { ...request.query, brand_new: 1 }, body });
        assert.deepEqual(errors, []);
        assert.equal(warnings.length, row.body?.type === "object" ? 2 : 1);
        for (const warning of warnings)
          assert.match(warning, /^(query\.)?brand_new is a (field|parameter) that is not known here/);
      });
    });
  }

  /** What must not pass in a field. */
  function wrongValues(field: Place["field"]): unknown[] {
    const { type, values, minLength, maxLength, minimum, maximum, pattern, minItems, maxItems, items } = field;
    return [
      ...(type === "any" ? [] : [type === "object" || type === "map" ? [] : { an: "object" }]),
      ...(values ? [`${values[0] ?? ""}~`, (values[0] ?? "").slice(0, -1) + "!"] : []),
      ...(minLength === undefined ? [] : ["a".repeat(minLength - 1)]),
      ...(maxLength === undefined ? [] : ["a".repeat(maxLength + 1)]),
      ...(pattern === undefined ? [] : ["é"]),
      ...(minimum === undefined ? [] : [minimum - 1]),
      ...(maximum === undefined ? [] : [maximum + 1]),
      ...(minItems === undefined ? [] : [[]]),
      ...(maxItems === undefined || !items ? [] : [Array.from({ length: maxItems + 1 }, () => valueOf(items))]),
    ];
  }

  describe("values of a list", () => {
    const type = (name: string): ReturnType<typeof checkRequest> =>
      checkRequest(createThing, { body: { properties: [property, property, { ...property, type: name }] } });

    it("tells what was meant", () => {
      const [error = "", ...more] = type("FLAOT").errors;
      assert.deepEqual(more, []);
      assert.match(error, /^properties\[2\]\.type must be one of ANALOG, .+; got "FLAOT", did you mean "FLOAT"\?$/);
      for (const [slip, meant] of [
        ["float", "FLOAT"],
        ["TEMPERTURE_C", "TEMPERATURE_C"],
        ["HOME_SWICTH", "HOME_SWITCH"],
        ["INTT", "INT"],
      ]) {
        assert.match(type(slip ?? "").errors[0] ?? "", new RegExp(`did you mean "${meant}"\\?$`));
      }
    });

    it("lets a new value pass with a warning where the API grows, but not what cannot be one", () => {
      for (const name of ["QUANTUM_FLUX", "TEMPERATURE_K", "HOME_ROBOT"]) {
        assert.deepEqual(type(name), {
          errors: [],
          warnings: [`properties[2].type is "${name}", which is not known here; the service decides`],
        });
      }
      for (const name of ["quantum flux", "", "🌡️", "constructor", "__proto__"]) {
        assert.equal(type(name).errors.length, 1, name);
      }
    });

    it("lets nothing else pass where it does not grow", () => {
      assert.deepEqual(errorsOf({ properties: [{ ...property, permission: "WRITE_ONLY" }] }), [
        'properties[0].permission must be one of READ_ONLY, READ_WRITE; got "WRITE_ONLY"',
      ]);
    });
  });

  it("names the field that a misspelt one was meant to be", () => {
    const path = { id: uuid };
    const row = operation("things_v2#clone");
    assert.deepEqual(checkRequest(row, { path, body: { nmae: "Copy" } }), {
      errors: ["name is missing; expected is a text; did you mean it by nmae?"],
      warnings: ["nmae is a field that is not known here; did you mean name?"],
    });
  });

  it("refuses names that the service refuses", () => {
    assert.deepEqual(errorsOf({ name: "Kitchen 🏠" }), ['name must match ^[a-zA-Z0-9_. -]+$; got "Kitchen 🏠"']);
    assert.deepEqual(errorsOf({ name: "x".repeat(65) }), ["name must have at most 64 characters; it has 65"]);
    assert.deepEqual(errorsOf({ name: 12 }), ["name must be a text; got 12"]);
  });

  it("takes null and blank ids as somebody's way to clear a field, with a warning", () => {
    const { errors, warnings } = checkRequest(createThing, { body: { name: "A", device_id: "", timezone: null } });
    assert.deepEqual(errors, []);
    assert.deepEqual(warnings, ["device_id is blank, as if to clear it", "timezone is null, as if to clear it"]);
    assert.deepEqual(errorsOf({ properties: [{ ...property, name: null }] }), [
      "properties[0].name must be a text; got null",
    ]);
  });

  it("takes texts in a query, where all are texts", () => {
    const row = operation("things_v2#list");
    const good = { show_deleted: "true", ids: "a", show_properties: false, tags: ["a:b", "c:d"], device_id: 5 };
    assert.deepEqual(checkRequest(row, { query: good }), { errors: [], warnings: [] });
    assert.deepEqual(checkRequest(row, { query: { show_deleted: "yes", tags: ["a:b", "c"] } }).errors, [
      'query.show_deleted must be true or false; got "yes"',
      'query.tags[1] must match ^[a-zA-Z0-9_.@-]+:[a-zA-Z0-9_.@-]+$; got "c"',
    ]);
    assert.deepEqual(checkRequest(row, { query: "?a=b" }).errors, ['query must be an object; got "?a=b"']);
    assert.deepEqual(checkRequest(row, { query: { new: { er: 1 } } }).errors, [
      "query.new must be a text, a number, true or false, or a list of them; got an object with er",
    ]);
  });

  describe("bodies that JSON cannot hold", () => {
    const circle: Record<string, unknown> = { name: "Circle" };
    circle.properties = [{ ...property, inner: circle }];
    const hole: unknown[] = [property];
    hole[2] = property;
    const thrower = {
      name: "A",
      get device_id(): string {
        throw new Error("no");
      },
    };
    const bad: [string, unknown, string][] = [
      ["a circle", circle, "properties[0].inner is circular: it holds itself"],
      ["a hole", { properties: hole }, "properties[1] is a hole in the list"],
      ["undefined in a list", { properties: [undefined] }, "properties[0] is nothing (undefined)"],
      [
        "NaN",
        { properties: [{ ...property, min_value: NaN }] },
        "properties[0].min_value is NaN; expected is a finite number",
      ],
      ["a function", { name: () => "A" }, "name is a function, which JSON cannot hold"],
      ["a bigint", { name: 1n }, "name is a bigint, which JSON cannot hold"],
      ["a Map", { name: "A", tags: new Map() }, "tags is a Map, which JSON cannot hold"],
      ["a Buffer", { name: Buffer.from("A") }, "name is a Buffer, which JSON cannot hold"],
      ["a getter that throws", thrower, "the body cannot be read"],
      ["a revoked proxy", revoked(), "the body cannot be read"],
      ["a toJSON of its own", { name: "A", toJSON: () => ({}) }, "toJSON is a function, which JSON cannot hold"],
      [
        "__proto__",
        JSON.parse('{"name":"A","__proto__":{"polluted":1}}'),
        "__proto__ is not a name that a field may have",
      ],
      ["a list", [], "the body must be an object; got an array of 0"],
      ["a text", "A", 'the body must be an object; got "A"'],
      ["nothing", undefined, "the body is missing; expected is an object"],
    ];
    for (const [what, body, error] of bad) {
      it(`names the place of ${what}`, () => {
        assert.deepEqual(errorsOf(body), [error]);
        assert.throws(
          () => requireValid(createThing, { body }),
          (reason: unknown) => {
            assert(reason instanceof CloudError);
            assert.equal(reason.code, "invalid_input");
            assert.equal(reason.message, `things: create: ${error}.`);
            return true;
          },
        );
      });
    }

    function revoked(): object {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      return proxy;
    }

    it("never reaches a prototype", () => {
      const body: unknown = JSON.parse(
        '{"name":"A","constructor":{"prototype":{"polluted":1}},"hasOwnProperty":1,"toString":2}',
      );
      const { errors, warnings } = checkRequest(createThing, {
        body,
        query: JSON.parse('{"__proto__":1,"constructor":1}'),
      });
      assert.deepEqual(errors, ["query.__proto__ is not a name that a field may have"]);
      assert.equal(warnings.length, 3);
      assert.equal(Reflect.get({}, "polluted"), undefined);
      assert.deepEqual(
        checkRequest(publish, { path: Object.create({ id: "a", pid: "b" }), body: { value: 1 } }).errors.length,
        2,
      );
    });

    it("stops at a depth and at a number of errors, however large it is", () => {
      let deep: unknown = 1;
      for (let level = 0; level < 100_000; level++) deep = [deep];
      const value = checkRequest(publish, { path: { id: uuid, pid: uuid }, body: { value: deep } });
      assert.match(value.errors[0] ?? "", /is nested deeper than 64 levels$/);
      assert.equal(errorsOf({ properties: new Array(4_000_000_000) }).length, 20);
      const many = Array.from({ length: 10_000 }, () => ({ ...property, type: "FLAOT" }));
      assert.equal(errorsOf({ properties: many }).length, 20);
      assert.deepEqual(errorsOf({ properties: many.map((item) => ({ ...item, type: "FLOAT" })) }), []);
    });

    it("takes what JSON writes: dates, shared objects, objects of a Function node", () => {
      const tags = { key: "a", value: "b" };
      const row = operation("properties_v2#publishBatch");
      assert.deepEqual(errorsOf([{ timestamp: new Date(0), value: { lat: 1 } }], row), []);
      assert.deepEqual(errorsOf([{ timestamp: new Date(NaN), value: 1 }], row).length, 1);
      assert.deepEqual(errorsOf({ name: "A", tags: [tags, tags] }), []);
      assert.deepEqual(errorsOf(runInNewContext('({ name: "A", tags: [{ key: "a", value: "b" }] })')), []);
    });
  });

  it("shows no secret", () => {
    const row = operation("devices_v2_pass#set");
    const [error = ""] = errorsOf({ password: ["s3cret"] }, row);
    assert.equal(error, "password must be a text; got something else (object)");
    const lora = requestOf(operation("lora_devices_v1#create")).body as object;
    const [key = ""] = errorsOf({ ...lora, app_key: "S3CRET" }, operation("lora_devices_v1#create"));
    assert.equal(key, "app_key must match [0-9a-z]{16}");
  });

  it("keeps each message to one line of bounded length", () => {
    for (const error of errorsOf({ name: `\n${"\u0000<b>".repeat(10_000)}`, assistant: "\u2028".repeat(500) })) {
      assert(error.length < 300 && !/[\p{Cc}\p{Zl}]/u.test(error), error);
    }
  });
});
