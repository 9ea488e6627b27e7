/**
 * Holds what the simulator assumes against the real Arduino Cloud: `npm run check:cloud`. It needs an API key in
 * `ARDUINO_CLIENT_ID` and `ARDUINO_CLIENT_SECRET`, and asks before it makes a thing, a device and two
 * dashboards, which it removes again.
 * `--yes` answers that question, `--long` waits for the end of a token too. The report has no ids, names or secrets.
 */
import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { shutdownSignal } from "../simulator/shutdown";
import { checkCloud } from "./check-cloud/index";
import { LeftBehind } from "./check-cloud/objects";
import type { ProbeSettings } from "./check-cloud/probe";
import { anonymous } from "./check-cloud/report";

const question =
  "This makes a thing with up to 16 variables, a device and two empty dashboards, named after this check, in your account, " +
  "writes values to them, and removes all for good. " +
  "Nothing else is touched; your things and dashboards are only counted and read. Go on? (yes/no) ";

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { yes: { type: "boolean" }, long: { type: "boolean" } } });
  const signal = shutdownSignal();
  const settings = settingsOf(process.env, signal);
  if (values.yes !== true && !(await agrees(signal))) {
    console.log("Nothing was done.");
    return;
  }
  const begins = ({ question: asked }: { question: string }): void => console.error(asked);
  try {
    const { report, left } = await checkCloud(settings, { isLong: values.long ?? false, begins });
    console.log(`\n${report}`);
    if (left > 0) throw new LeftBehind();
  } catch (reason) {
    if (!signal.aborted || reason instanceof LeftBehind) throw reason;
    console.error("Stopped; what had been made is removed.");
    process.exitCode = 1;
  }
}

function settingsOf(environment: NodeJS.ProcessEnv, signal: AbortSignal): ProbeSettings {
  const { ARDUINO_CLIENT_ID: clientId = "", ARDUINO_CLIENT_SECRET: clientSecret = "" } = environment;
  if (clientId === "" || clientSecret === "") {
    throw new Error("Set ARDUINO_CLIENT_ID and ARDUINO_CLIENT_SECRET to an API key of your account.");
  }
  const baseUrl = environment["ARDUINO_BASE_URL"] ?? "https://api2.arduino.cc";
  const brokerUrl = environment["ARDUINO_BROKER_URL"] ?? "wss://wss.iot.arduino.cc:8443/mqtt";
  const deviceBrokerUrl = environment["ARDUINO_DEVICE_BROKER_URL"] ?? "mqtts://mqtts-up.iot.arduino.cc:8884";
  return {
    ...{ clientId, clientSecret, baseUrl, brokerUrl, deviceBrokerUrl, signal },
    organization: environment["ARDUINO_ORGANIZATION_ID"] ?? "",
    tls: { open: [baseUrl, brokerUrl], keys: deviceBrokerUrl, certificates: "mqtts://iot.arduino.cc:8885" },
    gapMs: Number(environment["CHECK_GAP_MS"] ?? 1_100),
    patienceMs: 60_000,
  };
}

async function agrees(signal: AbortSignal): Promise<boolean> {
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await asking.question(question, { signal })).trim());
  } finally {
    asking.close();
  }
}

main().catch((reason: unknown) => {
  console.error(anonymous(reason instanceof Error ? reason.message : String(reason)));
  process.exitCode = 1;
});
