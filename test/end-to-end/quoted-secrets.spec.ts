import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { jwt, userId } from "../support/fake-api";
import { type FlowNode, flowTab, sink, tab, watchers } from "../support/flows";
import { type NodeRed, startNodeRed } from "../support/node-red";
import { type House, startHouse } from "../support/simulated-account";
import { until } from "../support/wait";

const clientSecret = "cs-Qf7Zp2xL9aVt4KmW1nRb8YdEo6Hu3JcS";
const secretKey = "sk-T5gNz0wQ8rXvB2yLk7MfPjD4aHs9EuC1";
const thingId = "7201739e-1fd4-4320-978c-f0d706a87fef";
const typedSecret = "ts-Wm3Kd8sQz1Lx6VbN0pRt5YcGh2Fj9AeU";

/** What a hostile far side knows of whoever asks. */
interface Known {
  clientSecret: string;
  token: string;
  /** The body of the request. */
  body: string;
}

type Reply = { status?: number; type?: string; headers?: Record<string, string>; body: unknown };

const goa = (status: number, said: string): Reply => ({
  status,
  type: "application/vnd.goa.error",
  body: { id: said, code: said, status, detail: `I know ${said} and ${encodeURIComponent(said)}` },
});
const text = (status: number, said: string): Reply => ({ status, type: "text/plain", body: `I know ${said}` });
const page = (said: string): Reply => ({ type: "text/html", body: `<h1>${said}</h1>` });
const things = (said: string): Reply => ({ body: [{ id: thingId, name: `Hous ${said}`, properties: [] }] });

/** How the token request is answered, by the name of the kind. */
const tokenReplies: Record<string, (known: Known) => Reply> = {
  "token-goa": (known) => goa(401, known.clientSecret),
  "token-oauth": ({ clientSecret: said }) => ({ status: 400, body: { error: said, error_description: said } }),
  "token-text": (known) => text(500, known.clientSecret),
  "token-page": (known) => page(known.clientSecret),
  "token-type": (known) => ({ type: `text/${known.clientSecret}`, body: "no JSON" }),
  "token-claims": (known) => ({ body: { access_token: jwt({ "http://arduino.cc/id": ` ${known.clientSecret}` }) } }),
  "token-garbage": (known) => ({ body: { access_token: `! ${known.clientSecret}` } }),
};

/** How all else is answered. */
const restReplies: Record<string, (known: Known, path: string) => Reply> = {
  ...Object.fromEntries(
    [400, 403, 404, 409, 412, 422, 429, 500].map((status) => [
      `rest-${status}`,
      ({ clientSecret: secret, token, body }: Known) => goa(status, `${token} ${secret} ${body}`),
    ]),
  ),
  "rest-401": ({ token }) => goa(401, token),
  "rest-302": ({ token }) => ({ status: 302, headers: { Location: `/${token}` }, body: token }),
  "rest-text": ({ token }) => text(429, token),
  "rest-page": ({ token }) => page(token),
  "rest-type": ({ token }) => ({ type: `text/${token}`, body: "no JSON" }),
  "rest-broken": ({ token }) => ({ body: `["${token}` }),
  "rest-names": ({ token }) => things(token),
  "rest-notices": ({ token }) => ({
    ...things(token),
    headers: { Deprecation: token, Sunset: token, Warning: `299 - "${token}"`, Link: `<${token}>; rel="sunset"` },
  }),
  "rest-series": ({ token }, path) =>
    path.includes("/series")
      ? { body: { responses: [{ query: `property.${thingId}`, status: token, message: token }] } }
      : { body: { id: thingId, name: "House", properties: [{ id: thingId, variable_name: "level", type: "FLOAT" }] } },
};

/** A far side that answers each request with what it knows of who asks. */
async function startParrot(kind: string): Promise<{ server: Server; port: number; tokens: Set<string> }> {
  const tokens = new Set<string>();
  /** The secret of whoever has got a token. */
  const secretOf = new Map<string, string>();
  const replyTo = (request: IncomingMessage, body: string): Reply => {
    if (!request.url?.endsWith("/clients/token")) {
      const token = (request.headers.authorization ?? "").replace("Bearer ", "");
      const known = { token, clientSecret: secretOf.get(token) ?? "", body };
      return restReplies[kind]?.(known, request.url ?? "") ?? { body: [] };
    }
    const known: Known = { clientSecret: new URLSearchParams(body).get("client_secret") ?? "", token: "", body };
    const token = jwt({ "http://arduino.cc/id": userId, kind, count: tokens.size });
    tokens.add(token);
    secretOf.set(token, known.clientSecret);
    return tokenReplies[kind]?.(known) ?? { body: { access_token: token, expires_in: 300 } };
  };
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const { status = 200, type = "application/json", headers = {}, body: answer } = replyTo(request, body);
      response.writeHead(status, { "content-type": type, ...headers });
      response.end(typeof answer === "string" ? answer : JSON.stringify(answer));
    });
  });
  server.on("upgrade", (_request, socket) => {
    const token = [...tokens].at(-1) ?? "";
    // A deploy may end the client at this moment.
    socket.on("error", () => undefined);
    socket.end(`HTTP/1.1 403 ${token}\r\nX-Said: ${token}\r\nContent-Length: ${token.length}\r\n\r\n${token}`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, port: (server.address() as AddressInfo).port, tokens };
}

/** The nodes of one account, each named after what it asks. */
function nodesOf(account: string): FlowNode[] {
  const place = { z: tab, x: 1, y: 1, account, wires: [[]] };
  return [
    { id: `${account}-in`, type: "arduino-cloud-property-in", ...place, thing: "House" },
    { id: `${account}-get`, type: "arduino-cloud-property-get", ...place, thing: "House" },
    { id: `${account}-history`, type: "arduino-cloud-history", ...place, thing: thingId, property: "level" },
    {
      id: `${account}-out`,
      type: "arduino-cloud-property-out",
      ...place,
      thing: thingId,
      property: "level",
      as: "device",
    },
    { id: `${account}-manage`, type: "arduino-cloud-manage", ...place },
    { id: `${account}-status`, type: "arduino-cloud-device-status", ...place, device: "Board" },
  ];
}

describe("a far side that quotes secrets", function () {
  this.timeout(120_000);
  const kinds = [...Object.keys(tokenReplies), ...Object.keys(restReplies)];
  let house: House;
  let red: NodeRed;
  const parrots = new Map<string, Awaited<ReturnType<typeof startParrot>>>();
  const answers: string[] = [];

  const settingsOf = (kind: string): Record<string, unknown> => {
    const port = parrots.get(kind)?.port ?? 0;
    return { baseUrl: `http://127.0.0.1:${port}`, brokerUrl: `ws://127.0.0.1:${port}/mqtt`, requestsPerSecond: 100 };
  };

  before(async () => {
    house = await startHouse();
    for (const kind of kinds) parrots.set(kind, await startParrot(kind));
    red = await startNodeRed({ env: { LOG_LEVEL: "trace" } });
    await red.deploy([
      flowTab,
      ...watchers,
      ...kinds.flatMap((kind) => [
        { id: kind, type: "arduino-cloud-account", ...settingsOf(kind), credentials: { clientId: "id", clientSecret } },
        ...nodesOf(kind),
      ]),
    ]);
  });
  after(async () => {
    await red.stop();
    for (const { server } of parrots.values()) {
      server.closeAllConnections();
      server.close();
    }
    await house.stop();
  });

  /** Looks in all that a person or a flow can see. */
  const assertUnseen = (...more: string[]): void => {
    const tokens = [...parrots.values()].flatMap((parrot) => [...parrot.tokens]);
    const errors = red.received("errors").map(({ error }) => error);
    const places = {
      log: red.log(),
      errors: inspect(errors, { depth: 6 }),
      statuses: inspect(red.received("statuses")),
      answers: answers.join("\n"),
    };
    for (const secret of [clientSecret, secretKey, typedSecret, ...tokens, ...more]) {
      for (const [place, seen] of Object.entries(places)) {
        const at = seen.indexOf(secret);
        assert(at < 0, `A secret is in ${place}: ${seen.slice(Math.max(0, at - 300), at + 40)}`);
      }
    }
  };
  const errorsOf = (account: string): unknown[] =>
    red.received("errors").filter((message) => inspect(message["error"]).includes(`'${account}`));

  it("is not quoted to flows and logs, whatever it answers", async () => {
    for (const kind of kinds) {
      for (const node of ["get", "history", "out"]) red.send(`${kind}-${node}`, { payload: 1 });
      red.send(`${kind}-manage`, { resource: "things", operation: "update", payload: { id: thingId, name: "x" } });
      red.send(`${kind}-manage`, {
        ...{ resource: "devices", operation: "set-secret-key" },
        payload: { id: thingId, password: secretKey },
      });
    }
    for (const kind of kinds) await until(`an error of ${kind}`, () => errorsOf(kind).length >= 1);
    for (const status of [400, 403, 404, 409, 412, 422]) {
      await until(`the errors of ${status}`, () => errorsOf(`rest-${status}-manage`).length === 2);
    }
    await until("a refused broker", () => red.log().includes("Not connected to 127.0.0.1"));
    assertUnseen();
  });

  it("is not quoted in answers to the editor", async () => {
    const read = async (path: string, options?: RequestInit): Promise<void> => {
      const answer = await red.fetch(`/arduino-cloud/${path}`, options);
      answers.push(`${inspect([...answer.headers])} ${await answer.text()}`);
    };
    const post = (path: string, body: unknown): Promise<void> =>
      read(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    // What is tried again takes its time, and was seen above.
    const told = kinds.filter((kind) => /^token-[^t]|-(403|404|names|notices)$/.test(kind));
    await Promise.all(
      told.flatMap((kind) => [
        ...["things?refresh=1", "things/House", "devices", "variables"].map((list) => read(`accounts/${kind}/${list}`)),
        post("doctor", { account: { id: kind } }),
        post("things", {
          ...{ id: "new", settings: settingsOf(kind) },
          credentials: { clientId: "id", clientSecret: typedSecret },
        }),
      ]),
    );
    assert(answers.length > 40);
    assertUnseen();
  });

  it("is not quoted by a device, whose thing it names after the key", async () => {
    const { id } = house.simulator.store.createDevice(
      { name: "Other", secret_key: secretKey },
      { userId: house.simulator.userId },
    );
    await red.deploy([
      flowTab,
      ...watchers,
      {
        ...{ id: "device", type: "arduino-cloud-device", brokerUrl: house.account.deviceBrokerUrl },
        credentials: { deviceId: id, secretKey },
      },
      { id: "values", type: "arduino-cloud-property-in", z: tab, x: 1, y: 1, device: "device", wires: [["out"]] },
      sink("out"),
    ]);
    await until("the subscription", () =>
      house.simulator.observed.connections.some(({ subscriptions }) => subscriptions.includes(`/a/d/${id}/e/i`)),
    );
    const name = Buffer.from("thing_id");
    const said = Buffer.from(secretKey);
    house.simulator.inject(
      `/a/d/${id}/e/i`,
      Buffer.concat([Buffer.of(0x81, 0xa2, 0, 0x60 + name.length), name, Buffer.of(3, 0x78, said.length), said]),
    );
    await until("the warning", () => red.log().includes("which is no id"));
    assertUnseen();
  });
});
