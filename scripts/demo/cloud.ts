import { seedHouse } from "../../simulator/seeds/house";
import { startBoards } from "../../simulator/boards";
import { startSimulator } from "../../simulator";
import { weatherCurves } from "../../simulator/boards/weather-station";
import { fillThing } from "../../simulator/seeds/year";

/** The cloud that the demo's account points at. */
export interface DemoCloud {
  /** For people. */
  description: string;
  /** The environment of the demo flow's account, secrets included. */
  environment: Record<string, string>;
  stop(): Promise<void>;
}

/** Returns the real cloud where `environment` holds an API key for it, else a simulated one with a house in it. */
export function chooseCloud(environment: NodeJS.ProcessEnv): Promise<DemoCloud> {
  const { ARDUINO_CLIENT_ID: clientId = "", ARDUINO_CLIENT_SECRET: clientSecret = "" } = environment;
  if (clientId === "" && clientSecret === "") return simulateCloud();
  if (clientId === "" || clientSecret === "") {
    const missing = clientId === "" ? "ARDUINO_CLIENT_ID" : "ARDUINO_CLIENT_SECRET";
    throw new Error(`${missing} is missing: the real cloud needs both, the simulated one neither.`);
  }
  return Promise.resolve({
    description: "the Arduino Cloud, with your API key",
    environment: {
      ARDUINO_CLIENT_ID: clientId,
      ARDUINO_CLIENT_SECRET: clientSecret,
      // The account takes no blank variable for an address.
      ARDUINO_BASE_URL: environment["ARDUINO_BASE_URL"] ?? "https://api2.arduino.cc",
      ARDUINO_BROKER_URL: environment["ARDUINO_BROKER_URL"] ?? "wss://wss.iot.arduino.cc:8443/mqtt",
    },
    stop: () => Promise.resolve(),
  });
}

async function simulateCloud(): Promise<DemoCloud> {
  const simulator = await startSimulator();
  const { store, deviceBrokerUrl } = simulator;
  const house = seedHouse(store);
  // Only of the weather: the other boards would start from the last values of their history.
  for (const { kind, thingId } of house) if (kind === "weather") fillThing(store, thingId, { curves: weatherCurves });
  const boards = startBoards({ deviceBrokerUrl, house });
  return {
    description: "a simulated one on this computer: a house with four boards, and a year of weather",
    environment: {
      ARDUINO_CLIENT_ID: simulator.clientId,
      ARDUINO_CLIENT_SECRET: simulator.clientSecret,
      ARDUINO_BASE_URL: simulator.restUrl,
      ARDUINO_BROKER_URL: simulator.brokerUrl,
    },
    stop: async () => {
      await boards.stop();
      await simulator.stop();
    },
  };
}
