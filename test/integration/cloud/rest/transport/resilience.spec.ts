import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { operation, type Rest } from "../../../../../cloud/rest/index";
import { pausesTo, restOn, startFakeCloud, type Answer, type FakeCloud } from "../../../../support/fake-api";
import { FakeClock } from "../../../../support/fake-clock";
import { assertNoSecrets, rejection } from "../../../../support/rejection";
import { settle, until } from "../../../../support/wait";

const list = operation("things_v2#list");
const show = operation("things_v2#show");
const create = operation("things_v2#create");
const publish = operation("properties_v2#publish");

describe("REST client under faults", () => {
  let cloud: FakeCloud;
  let rest: Rest;
  let logged: string[];

  beforeEach(async () => {
    cloud = await startFakeCloud();
    logged = [];
    rest = restOn(cloud, { log: pausesTo(logged) });
  });
  afterEach(async () => {
    rest.close();
    await cloud.stop();
    assertNoSecrets(logged);
  });

  describe("a refused token", () => {
    it("is renewed once and the call repeated once, also an unsafe one", async () => {
      await rest.client.call(list);
      cloud.goodTokens.clear();
      cloud.replies = [{ status: 201, body: {} }];
      const answer = await rest.client.call(create, { body: {} });
      assert.equal(answer.status, 201);
      assert.equal(cloud.tokenRequests.length, 2);
      assert.equal(cloud.requests.length, 3);
    });

    it("is renewed once for many calls", async () => {
      await rest.client.call(list);
      cloud.goodTokens.clear();
      await Promise.all(Array.from({ length: 20 }, () => rest.client.call(list)));
      assert.equal(cloud.tokenRequests.length, 2);
      assert(cloud.requests.length <= 1 + 2 * 20);
    });

    it("ends in unauthorized when the new one is refused too", async () => {
      cloud.replies = [{ status: 401, body: { detail: "no" } }];
      const error = await rejection(rest.client.call(list), "unauthorized", /access token was refused/);
      assert.equal(error.statusCode, 401);
      assert.equal(cloud.tokenRequests.length, 2);
      assert.equal(cloud.requests.length, 2);
    });
  });

  describe("retries", () => {
    const passing: Answer[] = ["drop", { status: 500 }, { status: 502 }, { status: 503 }, { status: 504 }];
    for (const reply of passing) {
      const name = JSON.stringify(reply);
      it(`repeat what is safe after ${name}, and say how often it was tried`, async () => {
        cloud.replies = [reply, reply, { body: [1] }];
        assert.deepEqual((await rest.client.call(list)).body, [1]);
        assert.equal(cloud.requests.length, 3);
        assert.equal(logged.length, 2);
        cloud.replies = [reply];
        const code = reply === "drop" ? "offline" : "server_error";
        await rejection(rest.client.call(list), code, /It was tried 4 times\.$/);
        assert.equal(cloud.requests.length, 7);
      });

      it(`do not repeat what is unsafe after ${name}`, async () => {
        cloud.replies = [reply, {}];
        const call = rest.client.call(publish, { path: { id: "1", pid: "2" }, body: { value: 1 } });
        await rejection(call, reply === "drop" ? "offline" : "server_error");
        assert.equal(cloud.requests.length, 1);
      });
    }

    it("repeat also what is unsafe while there is no token, since nothing was sent", async () => {
      cloud.tokenReplies = [{ status: 503 }, "drop", { status: 429 }];
      const call = rest.client.call(publish, { path: { id: "1", pid: "2" }, body: { value: 1 } });
      await until("three requests", () => cloud.tokenRequests.length >= 3);
      cloud.tokenReplies = [];
      await call;
      assert.equal(cloud.requests.length, 1);
    });

    it("wait after a 429 and repeat, also what is unsafe", async () => {
      const limited = { status: 429, headers: { "content-type": "text/plain" }, body: "You have reached the maximum." };
      cloud.replies = [limited, { status: 201, body: {} }, { body: [] }];
      await rest.client.call(create, { body: {} });
      const [first, second] = cloud.requests;
      // The clock of these tests is twenty times too fast.
      assert(second!.at - first!.at >= 1_000 / 20 - 1);
      assert.equal(rest.client.requestsPerSecond, 1_000, "nothing was let through before, so the pace is not to blame");
      for (let calls = 0; calls < 3; calls++) await rest.client.call(list);
      cloud.replies = [limited];
      const error = await rejection(rest.client.call(list), "rate_limited", /5 times/);
      assert.equal(error.detail, "You have reached the maximum.");
      assert.equal(error.statusCode, 429);
    });

    it("wait as long as Retry-After says", async () => {
      cloud.replies = [{ status: 429, headers: { "retry-after": "4" } }, { body: [] }];
      await rest.client.call(list);
      const [first, second] = cloud.requests;
      assert(second!.at - first!.at >= 4_000 / 20 - 1);
    });

    it("keep other calls waiting too while the service asks for a pause", async () => {
      cloud.replies = [{ status: 429, headers: { "retry-after": "4" } }, { body: [] }];
      const calls = [rest.client.call(list)];
      await until("the pause", () => logged.length > 0);
      calls.push(rest.client.call(show, { path: { id: "1" } }));
      await Promise.all(calls);
      assert(cloud.requests[1]!.at - cloud.requests[0]!.at >= 4_000 / 20 - 1);
    });

    it("recover the full pace after a stretch of successes", async () => {
      const clock = new FakeClock();
      const slow = restOn(cloud, { requestsPerSecond: 8, clock });
      const run = async (call: Promise<unknown>): Promise<void> => {
        let hasEnded = false;
        const ended = call.finally(() => (hasEnded = true));
        await until("the answers", async () => {
          await clock.advance(100);
          return hasEnded;
        });
        await ended;
      };
      cloud.replies = [{ body: [] }, { body: [] }, { status: 429 }, { body: [] }];
      await slow.client.call(list);
      await slow.client.call(list);
      await run(slow.client.call(list));
      assert.equal(slow.client.requestsPerSecond, 4);
      cloud.replies = [{ body: [] }];
      await run(Promise.all(Array.from({ length: 130 }, () => slow.client.call(list))));
      slow.close();
      assert.equal(slow.client.requestsPerSecond, 8);
    });

    it("repeat a safe request once that got no answer in time", async () => {
      const clock = new FakeClock();
      const patient = restOn(cloud, { timeoutMs: 2_000, clock });
      await patient.client.call(list);
      cloud.replies = ["silence"];
      const safe = rejection(patient.client.call(list), "timeout", /within 2 seconds.*tried 2 times/);
      await until("a request", () => cloud.requests.length === 2);
      await clock.advance(2_000);
      await clock.advance(1_000);
      await until("another request", () => cloud.requests.length === 3);
      await clock.advance(2_000);
      await safe;
      const unsafe = rejection(patient.client.call(create, { body: {} }), "timeout");
      await until("the unsafe request", () => cloud.requests.length === 4);
      await clock.advance(2_000);
      await unsafe;
      assert.equal(clock.waiting, 0);
      patient.close();
    });

    it("give up in time on an answer that trickles", async () => {
      let trickles = 0;
      cloud.replies = [
        {
          raw: (response) => {
            response.writeHead(200);
            const trickle = setInterval(() => {
              response.write(" ");
              trickles++;
            }, 5);
            response.on("close", () => clearInterval(trickle));
          },
        },
      ];
      const clock = new FakeClock();
      const patient = restOn(cloud, { timeoutMs: 2_000, clock });
      const call = rejection(patient.client.call(create, { body: {} }), "timeout");
      await until("some of the answer", () => trickles > 3);
      await clock.advance(2_000);
      await call;
      patient.close();
    });

    it("say that nobody is there", async () => {
      await cloud.stop();
      await rejection(rest.client.call(list), "offline", /token: request.*ECONNREFUSED.*tried 4 times/);
      cloud = await startFakeCloud();
    });
  });

  describe("abort", () => {
    const limited: Answer = { status: 429, headers: { "retry-after": "100" } };
    const places: [string, () => void, () => boolean][] = [
      ["in a request for a token", () => (cloud.tokenReplies = ["silence"]), () => cloud.tokenRequests.length > 0],
      ["in a request", () => (cloud.replies = ["silence"]), () => cloud.requests.length > 0],
      ["in a wait to try again", () => (cloud.replies = [limited]), () => logged.length > 0],
    ];
    for (const [where, prepare, isThere] of places) {
      it(`by the caller ends the call ${where}, by closing too`, async () => {
        prepare();
        const abort = new AbortController();
        const mine = rest.client.call(list, {}, { signal: abort.signal });
        const other = rest.client.call(show, { path: { id: "1" } });
        const settled = Promise.allSettled([mine, other]);
        await until(where, isThere);
        abort.abort();
        await rejection(mine, "cancelled");
        assert.equal(getEventListeners(abort.signal, "abort").length, 0, "a listener is left");
        rest.close();
        await rejection(other, "cancelled");
        await settled;
      });
    }

    it("leaves nothing behind on the signal when it never comes", async () => {
      const { signal } = new AbortController();
      await rest.client.call(list, {}, { signal });
      await rest.tokens.get({ signal, fresh: true });
      assert.equal(getEventListeners(signal, "abort").length, 0);
    });

    it("ends what waits for its turn", async () => {
      const slow = restOn(cloud, { requestsPerSecond: 0.001 });
      await slow.client.call(list);
      const abort = new AbortController();
      const mine = slow.client.call(list, {}, { signal: abort.signal });
      const other = slow.client.call(list);
      const settled = Promise.allSettled([mine, other]);
      await settle();
      abort.abort();
      await rejection(mine, "cancelled");
      slow.close();
      await rejection(other, "cancelled");
      await settled;
      assert.equal(cloud.requests.length, 1);
    });

    it("before the start sends nothing, nor does a call after closing", async () => {
      await rejection(rest.client.call(list, {}, { signal: AbortSignal.abort() }), "cancelled");
      rest.close();
      await rejection(rest.client.call(list), "cancelled");
      assert.equal(cloud.requests.length + cloud.tokenRequests.length, 0);
    });
  });
});
