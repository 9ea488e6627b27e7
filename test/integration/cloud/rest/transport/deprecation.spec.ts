import assert from "node:assert/strict";
import { operation, type Rest } from "../../../../../cloud/rest/index";
import { describeDeprecation } from "../../../../../cloud/rest/transport/deprecation";
import { restOn, startFakeCloud, type FakeCloud } from "../../../../support/fake-api";

describe("notices of the service", () => {
  const cases: [Record<string, string>, string][] = [
    [{}, ""],
    [{ deprecation: "false", warning: " " }, ""],
    [{ link: '<https://example.com>; rel="deprecation"' }, ""],
    [{ deprecation: "true" }, "this operation is deprecated."],
    [{ deprecation: "@1767225600" }, "this operation is deprecated as of 2026-01-01."],
    [{ sunset: "Thu, 31 Dec 2026 23:59:59 GMT" }, "this operation is switched off on 2026-12-31."],
    [
      { deprecation: "Thu, 01 Jan 2026 00:00:00 GMT", sunset: "soon" },
      'this operation is deprecated as of 2026-01-01 and is switched off on "soon".',
    ],
    [
      { warning: '299 - "Use v3, \\"please\\"" "Thu, 01 Jan 2026 00:00:00 GMT", 199 proxy "Slow"' },
      'the service warns: "Use v3, "please"", "Slow".',
    ],
    [{ warning: "odd" }, 'the service warns: "odd".'],
    [
      { deprecation: "?1", link: '<https://a.example>; rel="next", </v4>; title="x"; rel="successor-version"' },
      "this operation is deprecated. See /v4",
    ],
  ];
  for (const [headers, text] of cases) {
    it(`are told in words: ${JSON.stringify(headers)}`, () => assert.equal(describeDeprecation(headers), text));
  }

  it("stay short and on one line, whatever the headers hold", () => {
    const long = '\u0007 <b>\\"299 - '.repeat(2_000);
    const text = describeDeprecation({ deprecation: long, sunset: long, warning: long, link: long });
    assert(text.length < 1_000 && !/\p{Cc}/u.test(text));
    assert.doesNotThrow(() => describeDeprecation({ deprecation: "@999999999999", sunset: "@1" }));
  });

  describe("of a client", () => {
    let cloud: FakeCloud;
    let rest: Rest;
    let told: string[];
    beforeEach(async () => {
      cloud = await startFakeCloud();
      told = [];
      rest = restOn(cloud, { onNotice: (message) => told.push(message) });
    });
    afterEach(async () => {
      rest.close();
      await cloud.stop();
    });

    it("are told once per operation, without ids and secrets", async () => {
      cloud.replies = [
        (seen) => ({
          headers: {
            deprecation: "true",
            warning: `299 - "${seen.headers.authorization ?? ""}", 299 - "${"-".repeat(290)}${seen.headers.authorization ?? ""}"`,
          },
          body: {},
        }),
      ];
      const show = operation("things_v2#show");
      for (const id of ["a", "b"]) await rest.client.call(show, { path: { id } });
      await rest.client.call(operation("things_v2#list"));
      const dashes = "-".repeat(290);
      assert.deepEqual(told, [
        `things: get (GET /iot/v2/things/{id}): this operation is deprecated; the service warns: "Bearer …", "${dashes}Bearer …".`,
        `things: list (GET /iot/v2/things): this operation is deprecated; the service warns: "Bearer …", "${dashes}Bearer …".`,
      ]);
    });

    it("are told of refusals, too, and of nothing where there are none", async () => {
      cloud.replies = [{ body: [] }, { status: 410, headers: { sunset: "Thu, 31 Dec 2026 23:59:59 GMT" } }];
      const list = operation("things_v2#list");
      await rest.client.call(list);
      assert.deepEqual(told, []);
      await assert.rejects(rest.client.call(list));
      assert.deepEqual(told, ["things: list (GET /iot/v2/things): this operation is switched off on 2026-12-31."]);
    });
  });
});
