import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import type { ErrorCode } from "../../../../../cloud/core/errors";
import { operation, type CallInput, type Rest } from "../../../../../cloud/rest/index";
import { hastyClock, restOn, startFakeCloud, type FakeCloud, type Reply } from "../../../../support/fake-api";
import { assertNoSecrets, rejection } from "../../../../support/rejection";

const list = operation("things_v2#list");
const show = operation("things_v2#show");
const create = operation("things_v2#create");
const publish = operation("properties_v2#publish");

describe("REST client", () => {
  let cloud: FakeCloud;
  let rest: Rest;
  let logged: string[];

  beforeEach(async () => {
    cloud = await startFakeCloud();
    logged = [];
    rest = restOn(cloud, { log: { debug: (line) => logged.push(line) } });
  });
  afterEach(async () => {
    rest.close();
    await cloud.stop();
    assertNoSecrets(logged);
  });

  describe("requests", () => {
    it("carry the token, ask for JSON and send JSON", async () => {
      cloud.replies = [{ status: 201, body: { id: "1" } }];
      const answer = await rest.client.call(create, { query: { force: true }, body: { name: "Böiler" } });
      assert.deepEqual(answer, { status: 201, body: { id: "1" } });
      const [seen] = cloud.requests;
      assert(seen !== undefined);
      assert.equal(`${seen.method} ${seen.path}?${seen.query.toString()}`, "PUT /iot/v2/things?force=true");
      assert.equal(seen.body, '{"name":"Böiler"}');
      assert.equal(seen.headers["content-type"], "application/json");
      assert.equal(seen.headers.accept, "application/json");
      assert.equal(seen.headers["x-organization"], undefined);
      assert.equal(seen.headers.authorization, `Bearer ${[...cloud.goodTokens][0] ?? ""}`);
    });

    it("name the space on every call and in the token request", async () => {
      const inSpace = restOn(cloud, { organization: " 3f0c-space " });
      await inSpace.client.call(list);
      await inSpace.client.call(operation("things_v2_tags#list"), { path: { id: "1" } });
      inSpace.close();
      assert.deepEqual(
        [...cloud.requests, ...cloud.tokenRequests].map(({ headers }) => headers["x-organization"]),
        ["3f0c-space", "3f0c-space", "3f0c-space"],
      );
    });

    it("repeat the key of a list in the query", async () => {
      await rest.client.call(list, {
        query: { ids: ["a", "b&c"], tags: [], show_properties: true, device_id: undefined },
      });
      assert.deepEqual(
        [...(cloud.requests[0]?.query ?? [])],
        [
          ["ids", "a"],
          ["ids", "b&c"],
          ["show_properties", "true"],
        ],
      );
    });

    it("keep a path parameter within its place", async () => {
      cloud.replies = [{ body: {} }];
      await rest.client.call(show, { path: { id: "../../v1/clients?x=1#y/%2e" } });
      assert.equal(cloud.requests[0]?.path, "/iot/v2/things/..%2F..%2Fv1%2Fclients%3Fx%3D1%23y%2F%252e");
      assert.equal(cloud.requests[0].query.size, 0);
    });

    const badInputs: [CallInput, RegExp][] = [
      [{}, /things: get: the thing is nothing; expected is an id/],
      [{ path: { id: "" } }, /the thing is ""/],
      [{ path: { id: " " } }, /the thing is " ?"/],
      [{ path: { id: ".." } }, /the thing is "\.\."/],
      [{ path: { id: "." } }, /the thing is "\."/],
      [{ path: { id: "\ud800" } }, /the thing is/],
      [{ path: { id: 7 as never } }, /the thing is 7; expected/],
      [{ path: { id: "1" }, body: { big: 1n } }, /cannot be written as JSON/],
      [{ path: { id: "1" }, body: () => 1 }, /cannot be written as JSON/],
      [
        {
          path: { id: "1" },
          body: {
            get trap() {
              throw new Error("trap");
            },
          },
        },
        /cannot be written as JSON/,
      ],
    ];
    badInputs.forEach(([input, says], index) =>
      it(`are not sent with bad input (${index + 1})`, async () => {
        await rejection(rest.client.call(show, input), "invalid_input", says);
        const circle: Record<string, unknown> = {};
        circle.self = circle;
        await rejection(rest.client.call(create, { body: circle }), "invalid_input");
        assert.equal(cloud.requests.length + cloud.tokenRequests.length, 0);
      }),
    );

    it("never go out without a token", async () => {
      cloud.tokenReplies = [{ status: 401 }];
      await rejection(rest.client.call(list), "unauthorized", /token: request/);
      assert.equal(cloud.requests.length, 0);
    });
  });

  describe("answers", () => {
    const good: [string, Reply, unknown][] = [
      [
        "vendor JSON",
        { headers: { "content-type": "application/vnd.arduino.thing+json; type=collection" }, body: "[1]" },
        [1],
      ],
      ["JSON without a type", { body: "[1]" }, [1]],
      ["nothing", {}, null],
      ["blanks", { body: " \n" }, null],
      ["null", { body: "null" }, null],
    ];
    for (const [name, reply, body] of good) {
      it(`may be ${name}`, async () => {
        cloud.replies = [reply];
        const operation = name === "nothing" || name === "blanks" ? show : list;
        assert.deepEqual((await rest.client.call(operation, { path: { id: "1" } })).body, body);
      });
    }

    it("are not parsed where the operation has none", async () => {
      cloud.replies = [{ body: '{"accepted": true}' }];
      const { body } = await rest.client.call(publish, { path: { id: "1", pid: "2" }, body: { value: 1 } });
      assert.equal(body, null);
    });

    it("are errors where something on the way has given them, also where nothing is expected", async () => {
      const html = { "content-type": "text/html" };
      const page = "<html>This site is blocked by your company</html>";
      const call = { path: { id: "1", pid: "2" }, body: { value: 1 } };
      cloud.replies = [
        { headers: html, body: page },
        { headers: { "content-type": "text/plain" }, body: "OK" },
        { status: 403, headers: html, body: page },
        { status: 407, headers: { "proxy-authenticate": "Basic realm=corp" } },
      ];
      const between = /something between here and the Arduino Cloud has answered/;
      await rejection(rest.client.call(publish, call), "server_error", between);
      await rejection(rest.client.call(publish, call), "server_error", /text\/plain, not JSON/);
      await rejection(rest.client.call(publish, call), "server_error", between);
      await rejection(rest.client.call(publish, call), "server_error", /proxy on the way wants a user name/);
    });

    it("that are empty are no list", async () => {
      cloud.replies = [{}, { status: 204 }];
      await rejection(rest.client.call(list), "server_error", /empty, not a list/);
      await rejection(rest.client.call(list), "server_error", /empty, not a list/);
    });

    it("do not reach a prototype", async () => {
      cloud.replies = [{ body: '{"__proto__": {"polluted": true}, "constructor": 1}' }];
      await rest.client.call(show, { path: { id: "1" } });
      assert.equal(({} as Record<string, unknown>).polluted, undefined);
    });

    it("that are broken or no JSON are errors, and are asked for once more where that is safe", async () => {
      const page = { headers: { "content-type": "text/html" }, body: "<html>hello</html>" };
      const broken = { headers: { "content-type": "application/json" }, body: '[{"id": ' };
      cloud.replies = [broken, broken, page, page];
      await rejection(rest.client.call(list), "server_error", /broken JSON/);
      await rejection(rest.client.call(list), "server_error", /has answered, with a web page \(HTTP 200\)/);
      cloud.replies = [page, { body: "[1]" }, page, { body: "{}" }];
      assert.deepEqual((await rest.client.call(list)).body, [1]);
      await rejection(rest.client.call(create, { body: { name: "Once" } }), "server_error", /with a web page/);
      assert.equal(cloud.requests.length, 7);
    });

    const space = Buffer.alloc(33 << 20, 0x20);
    for (const [name, headers, bytes] of [
      ["", {}, space],
      [", also behind a small compressed one", { "content-encoding": "gzip" }, gzipSync(space)],
    ] as const) {
      it(`that are huge are refused${name}`, async () => {
        cloud.replies = [
          {
            raw: (response) => {
              response.on("error", () => undefined);
              response.writeHead(200, headers).end(bytes);
            },
          },
        ];
        await rejection(rest.client.call(operation("devices_v2#list")), "too_large", /larger than 32 MB/);
        assert.equal(cloud.requests.length, 1);
      });
    }

    it("that lead elsewhere are not followed", async () => {
      for (const status of [301, 302, 307, 308]) {
        cloud.replies = [{ status, headers: { location: "https://example.com/" } }];
        await rejection(rest.client.call(list), "server_error", /leads elsewhere/);
      }
      assert.equal(cloud.requests.length, 4);
    });
  });

  describe("errors", () => {
    const codes: [number, ErrorCode][] = [
      [400, "invalid_input"],
      [403, "forbidden"],
      [404, "not_found"],
      [409, "conflict"],
      [410, "not_found"],
      [412, "precondition_failed"],
      [413, "too_large"],
      [418, "invalid_input"],
      [422, "invalid_input"],
      [501, "server_error"],
      [500, "server_error"],
    ];
    for (const [status, code] of codes) {
      it(`have the code ${code} for HTTP ${status}, whatever the body`, async () => {
        const model = { id: "3F1F", code: "x", status: String(status), detail: "Line one\n\u0007line two", meta: {} };
        const bodies: [unknown, string | undefined, string | undefined][] = [
          [undefined, undefined, undefined],
          [model, "Line one line two", "3F1F"],
          [{ detail: { nested: 1 }, id: 7 }, undefined, undefined],
          ["<html><body>nginx</body></html>", undefined, undefined],
          ['{"detail": ', undefined, undefined],
        ];
        for (const [body, detail, requestId] of bodies) {
          cloud.replies = [{ status, body }];
          const error = await rejection(rest.client.call(create, { body: {} }), code);
          assert.equal(error.statusCode, status);
          assert.equal(error.detail, detail);
          assert.equal(error.requestId, requestId);
          assert(error.message.startsWith("things: create (PUT /iot/v2/things): "), error.message);
          assert(!error.message.includes("nginx"));
        }
      });
    }

    it("name what is not there", async () => {
      cloud.replies = [{ status: 404 }];
      const error = await rejection(rest.client.call(show, { path: { id: "12-34" } }), "not_found");
      assert.equal(
        error.message,
        "things: get (GET /iot/v2/things/12-34): no thing 12-34 (HTTP 404). It is deleted, mistyped or of another space.",
      );
      await rejection(
        rest.client.call(operation("properties_v2#show"), { path: { id: "12", pid: "56" } }),
        "not_found",
        /no property 56/,
      );
    });

    it("are short, whatever the service says", async () => {
      cloud.replies = [{ status: 400, body: { detail: "x".repeat(1_000_000), id: "y".repeat(10_000) } }];
      const error = await rejection(rest.client.call(list), "invalid_input");
      assert(error.message.length < 1_000);
      assert((error.requestId ?? "").length < 400);
    });

    it("keep the token that the service echoes", async () => {
      cloud.replies = [(seen) => ({ status: 403, body: { detail: `No: ${seen.headers.authorization ?? ""}` } })];
      const error = await rejection(rest.client.call(list), "forbidden");
      assert.equal(error.detail, "No: Bearer …");
    });
  });

  describe("accounts", () => {
    it("share nothing: neither tokens nor pace nor connections", async () => {
      const second = restOn(cloud, { clientId: "another", clock: hastyClock });
      await Promise.all([rest.client.call(list), second.client.call(list)]);
      assert.equal(cloud.tokenRequests.length, 2);
      assert.equal(new Set(cloud.requests.map(({ headers }) => headers.authorization)).size, 2);
      cloud.tokenReplies = [{ status: 401 }];
      cloud.goodTokens.clear();
      await rejection(second.client.call(list), "unauthorized");
      second.close();
      cloud.tokenReplies = [];
      await rest.client.call(list);
    });

    it("refuse settings that cannot be used", () => {
      for (const requestsPerSecond of [0, -1, NaN, Infinity]) {
        assert.throws(() => restOn(cloud, { requestsPerSecond }), /requestsPerSecond: .* expected is a number above 0/);
      }
      assert.throws(() => restOn(cloud, { organization: "a\r\nb" }), /organization: "a b" cannot be used/);
      assert.throws(() => restOn(cloud, { baseUrl: "nowhere" }), /baseUrl: "nowhere"/);
    });
  });
});
