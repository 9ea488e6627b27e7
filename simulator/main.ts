/** The simulator as a program: `npm run -s simulator -- [--json] [--rest-port n] …`; runs until it is stopped. */
import { parseArgs } from "node:util";
import { startBoards } from "./boards";
import { seedHouse } from "./seeds/house";
import { startSimulator, type SecureAddresses, type Simulator } from "./index";
import { shutdownSignal } from "./shutdown";
import { weatherCurves } from "./boards/weather-station";
import { fillThing } from "./seeds/year";

const usage = `Usage: npm run -s simulator -- [options]
  --json                    print one line of JSON instead of text
  --house                   with a small house whose boards connect and report
  --year                    with a year of history, a value a minute: of the house, and of a thing "Garden"
  --tls                     listen with TLS too, with an authority made for this run
  --rest-port <port>        ports to listen on; 0 or absent: a free one
  --broker-port <port>
  --device-broker-port <port>
  --requests-per-second <n> REST limit of one client; 0 = none (default 10)`;

function portOf(text: string | undefined, option: string): number {
  const port = Number(text ?? 0);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`--${option} must be a port from 0 to 65535, but is "${text ?? ""}".`);
  }
  return port;
}

/** Returns the addresses and secrets that a client of this simulator needs. */
function addresses(simulator: Simulator & Partial<SecureAddresses>): Record<string, string> {
  const { secureRestUrl, secureBrokerUrl, secureDeviceBrokerUrl, certificateBrokerUrl, caPem } = simulator;
  const { restUrl, brokerUrl, deviceBrokerUrl, controlUrl } = simulator;
  const { clientId, clientSecret, userId, organizationId } = simulator;
  const plain = { restUrl, brokerUrl, deviceBrokerUrl, clientId, clientSecret, userId, controlUrl, organizationId };
  const secure = { secureRestUrl, secureBrokerUrl, secureDeviceBrokerUrl, certificateBrokerUrl, caPem };
  return caPem === undefined ? plain : ({ ...plain, ...secure } as Record<string, string>);
}

/** Puts the house into the cloud, with history if asked for, and lets its boards connect; returns what stops them. */
function startHouse({ store, deviceBrokerUrl }: Simulator, hasYear: boolean): () => Promise<void> {
  const house = seedHouse(store);
  if (hasYear)
    for (const { kind, thingId } of house)
      fillThing(store, thingId, kind === "weather" ? { curves: weatherCurves } : {});
  const boards = startBoards({ deviceBrokerUrl, house });
  return () => boards.stop();
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      help: { type: "boolean" },
      json: { type: "boolean" },
      house: { type: "boolean" },
      year: { type: "boolean" },
      tls: { type: "boolean" },
      "rest-port": { type: "string" },
      "broker-port": { type: "string" },
      "device-broker-port": { type: "string" },
      "requests-per-second": { type: "string" },
    },
  });
  if (values.help) {
    console.log(usage);
    return;
  }
  const limit = Number(values["requests-per-second"] ?? 10);
  const simulator = await startSimulator({
    restPort: portOf(values["rest-port"], "rest-port"),
    brokerPort: portOf(values["broker-port"], "broker-port"),
    deviceBrokerPort: portOf(values["device-broker-port"], "device-broker-port"),
    faults: { requestsPerSecond: limit > 0 ? limit : null },
    tls: values.tls ?? false,
    year: values.year ?? false,
  });
  const stopHouse = values.house ? startHouse(simulator, values.year ?? false) : undefined;
  const stop = async (): Promise<void> => {
    await stopHouse?.();
    await simulator.stop();
  };
  shutdownSignal().addEventListener("abort", () => void stop());
  if (values.json) console.log(JSON.stringify(addresses(simulator)));
  else for (const [name, value] of Object.entries(addresses(simulator))) console.log(`${name.padEnd(16)} ${value}`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  console.error(usage);
  process.exitCode = 1;
});
