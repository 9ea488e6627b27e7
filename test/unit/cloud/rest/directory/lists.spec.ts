import assert from "node:assert/strict";
import type { CallAnswer, CallInput, RestClient } from "../../../../../cloud/rest/index";
import { listTagged, listUnits } from "../../../../../cloud/rest/index";
import { rejection } from "../../../../support/rejection";

describe("lists of things by tag, and of units", () => {
  const asked: unknown[] = [];
  const answering = (body: unknown): Pick<RestClient, "call"> => ({
    call: (_operation, { query }: CallInput): Promise<CallAnswer> => {
      asked.push(query);
      return Promise.resolve({ status: 200, body });
    },
  });

  it("names the things that have a tag", async () => {
    const things = [{ id: "ABCD" }, { name: "none" }, 5, { id: "efgh" }];
    assert.deepEqual([...(await listTagged(answering(things), "home:yes"))], ["abcd", "efgh"]);
    assert.deepEqual(asked, [{ tags: ["home:yes"] }]);
    assert.deepEqual([...(await listTagged(answering(null), "home:yes"))], []);
  });

  it("takes no other answer for a list without things", async () => {
    for (const body of [{ error: "soon" }, "<html>", 5]) {
      await rejection(listTagged(answering(body), "home:yes"), "server_error", /not a list/);
    }
  });

  it("names the first unit of each type that has one", async () => {
    const types = [{ type: "TEMPERATURE", units: ["°C", "°F"] }, { type: "STATUS", units: [] }, { type: 5 }, null];
    assert.deepEqual([...(await listUnits(answering(types)))], [["TEMPERATURE", "°C"]]);
    assert.deepEqual([...(await listUnits(answering({})))], []);
  });
});
