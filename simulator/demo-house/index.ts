import { createHash } from "node:crypto";
import { noFaults } from "../behaviour/faults";
import { defaultChoices } from "../behaviour/open-questions";
import { nothingObserved } from "../behaviour/recorder";
import { startBoards } from "../boards";
import { weatherCurves } from "../boards/weather-station";
import { startBroker } from "../broker/broker";
import { Failure } from "../rest/failure";
import { startRest } from "../rest/server";
import { seedHouse } from "../seeds/house";
import { fillThing } from "../seeds/year";
import { Store } from "../store/store";
import { Tokens } from "../store/tokens";
import { livelyMachines } from "./machines";

/** The API key that opens the house, made by whoever starts it. */
export interface DemoHouseKey {
  clientId: string;
  clientSecret: string;
}

/** Where the house's cloud listens, on 127.0.0.1 only. */
interface DemoHouseAddresses {
  baseUrl: string;
  brokerUrl: string;
  deviceBrokerUrl: string;
}

interface DemoHouse {
  addresses: DemoHouseAddresses;
  /** Closes everything; no handle is left. */
  stop(): Promise<void>;
}

/** Seconds that a token counts: a demo need not sign in every few minutes, as with the real cloud. */
const tokenLifetime = 3_600;
/** Milliseconds between two values of the weather's past: a year of it takes 3 MB. */
const pastEvery = 600_000;
/** Most values of a variable that are kept, a day of one a second. */
const historyLimit = 86_400;
/** Milliseconds after which nobody looks any more at what was asked. */
const forgetEvery = 60_000;

/**
 * Starts a small house with its cloud: REST and broker on free ports, four boards, a year of weather. Ids are the same at
 * each start, everything else is forgotten when it stops. It has no control interface, no faults and no authority.
 */
export async function startDemoHouse(key: DemoHouseKey): Promise<DemoHouse> {
  const faults = { ...noFaults(), requestsPerSecond: null };
  const store = new Store({ ...defaultChoices(), historyLimit });
  const { id: userId } = store.createUser({ ...key });
  const house = seedHouse(store, { scope: { userId }, idOf: stableId });
  for (const { kind, thingId } of house) {
    if (kind === "weather") fillThing(store, thingId, { curves: weatherCurves, every: pastEvery });
  }
  const observed = nothingObserved();
  const context = { store, faults, observed, tokens: new Tokens(() => tokenLifetime) };
  const authority = (): Promise<never> => Promise.reject(new Failure(501, "the demo house signs no certificates"));
  const rest = await startRest({ ...context, authority });
  const broker = await startBroker(context);
  const { brokerUrl, deviceBrokerUrl } = broker;
  const boards = startBoards({ deviceBrokerUrl, house, machines: livelyMachines });
  const timer = setInterval(() => {
    for (const list of [observed.requests, observed.connects, observed.publishes, observed.refusals]) list.length = 0;
  }, forgetEvery);
  return {
    addresses: { baseUrl: rest.url, brokerUrl, deviceBrokerUrl },
    stop: async () => {
      clearInterval(timer);
      await boards.stop();
      await Promise.all([broker.stop(), rest.stop()]);
    },
  };
}

/** Returns the UUID (version 5 in form) of a place in the house: the same wherever and whenever it runs, so that flows find it. */
function stableId(place: string): string {
  const hex = createHash("sha256").update(`demo house/${place}`).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), `5${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    "-",
  );
}
