import fastify from "fastify";
import type { Choices } from "./behaviour/open-questions";
import { noFaults, type BrokerActs, type Faults } from "./behaviour/faults";
import type { Observed } from "./behaviour/recorder";
import type { Tokens } from "./store/tokens";
import type { HistoryOptions } from "./seeds/year";

/** The parts that the control interface acts on. */
interface Controlled extends BrokerActs {
  tokens: Tokens;
  faults: Faults;
  choices: Choices;
  observed: Observed;
  restDown(down: boolean): Promise<void>;
  /** Adds a thing with history. */
  seedYear(options: HistoryOptions): void;
}

/** The control interface, listening. */
interface Control {
  url: string;
  stop(): Promise<void>;
}

type Patch = Record<string, unknown>;

/** Faults that are acts; the control interface takes them as switches too. */
const acts = ["restDown", "brokerDown", "halfOpen", "holdSubscribes"] as const;

/** Changes known fields of `target`. @throws Error that names an unknown one, before anything is changed */
function patch(target: object, changes: Patch): void {
  const unknown = Object.keys(changes).find((name) => !Object.hasOwn(target, name));
  if (unknown !== undefined) {
    throw Object.assign(new Error(`No switch "${unknown}"; there are ${Object.keys(target).join(", ")}.`), {
      statusCode: 400,
    });
  }
  Object.assign(target, changes);
}

async function setFaults(controlled: Controlled, given: Patch): Promise<void> {
  const switches = Object.fromEntries(Object.entries(given).filter(([name]) => !acts.some((act) => act === name)));
  patch(controlled.faults, switches);
  for (const act of acts) if (typeof given[act] === "boolean") await controlled[act](given[act]);
}

function clear({ faults, observed }: Controlled): void {
  Object.assign(faults, noFaults());
  for (const list of [observed.requests, observed.connects, observed.publishes]) list.length = 0;
}

/** Returns the state as JSON: no tokens and no secrets, payloads in hexadecimal. */
function state({ faults, choices, observed }: Controlled): unknown {
  return {
    faults,
    choices,
    requests: observed.requests.map(({ method, path, query, status, at }) => ({ method, path, query, status, at })),
    connections: observed.connections,
    connects: observed.connects,
    publishes: observed.publishes.map(({ payload, ...rest }) => ({
      ...rest,
      hex: Buffer.from(payload).toString("hex"),
    })),
  };
}

/**
 * Starts the control interface, JSON over HTTP on 127.0.0.1: `GET /state`; `POST /faults` (a patch of the switches,
 * `restDown`, `brokerDown`, `halfOpen` and `holdSubscribes` among them); `POST /choices` (a patch); `POST /drop`
 * (`users`, `devices`); `POST /inject` (`topic`, `hex`); `POST /year` (`days`, `end`, `seed`: adds a thing "Garden" with
 * history); `POST /revoke` (all tokens); `POST /clear` (no faults, nothing observed).
 */
export async function startControl(controlled: Controlled): Promise<Control> {
  const app = fastify({ forceCloseConnections: true });
  const post = (path: string, act: (body: Patch) => void | Promise<void>): void => {
    app.post(path, async (request) => {
      await act((request.body ?? {}) as Patch);
      return { ok: true };
    });
  };
  app.get("/state", () => state(controlled));
  post("/faults", (body) => setFaults(controlled, body));
  post("/choices", (body) => patch(controlled.choices, body));
  post("/drop", (body) => controlled.dropAll(Object.keys(body).length === 0 ? undefined : body));
  post("/inject", ({ topic, hex }) => controlled.inject(String(topic), Buffer.from(String(hex), "hex")));
  post("/year", (body) => controlled.seedYear(body));
  post("/revoke", () => controlled.tokens.revokeAll());
  post("/clear", () => clear(controlled));
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  return { url, stop: () => app.close() };
}
