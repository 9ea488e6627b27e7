/** Checks of what a device reports, of its key, and of TLS. */
import net from "node:net";
import tls from "node:tls";
import { type Check, row, type Sight } from "./check";
import { type Connection, fieldsOf } from "./probe";

/** How long one attempt to speak TLS may take. */
const helloMs = 5_000;

/** Returns SenML in CBOR: one value, of a variable with a name of five letters (docs/protocol.md#labels). */
const record = (variable: "level" | "count", value: Buffer): Buffer =>
  Buffer.concat([Buffer.from("81a20065", "hex"), Buffer.from(variable), value]);
/** Returns a whole number of two digits, with its label. */
const whole = (value: number): Buffer => Buffer.from([0x02, 0x18, value]);
const notANumber = Buffer.from("02f97e00", "hex");
const aText = Buffer.from("036161", "hex");

const lastValueOf = async ({ probe, objects }: Sight, variable: string): Promise<unknown> =>
  fieldsOf((await probe.call("GET", `/v2/things/${objects.thingId}/properties/${objects.properties[variable]}`)).json)
    .last_value;

/** Sets a new key of the device, and returns it. */
async function setKey({ probe, objects }: Sight): Promise<string> {
  const password = `Check-${"k".repeat(20)}-${Date.now()}`;
  const { status } = await probe.call("PUT", `/v2/devices/${objects.deviceId}/pass`, { password });
  if (status >= 400) throw new Error(`The device was given no key: HTTP ${status}.`);
  return password;
}

const asDevice = async (sight: Sight): Promise<Connection> =>
  sight.probe.connectDevice(sight.objects.deviceId, await setKey(sight));

/** Has the device report something odd, and then a usual value of another variable; returns whether the first is stored. */
async function isStored(sight: Sight, variable: "level" | "count", odd: Buffer): Promise<string | undefined> {
  const other = variable === "level" ? "count" : "level";
  const { client } = await asDevice(sight);
  const report = (name: "level" | "count", value: Buffer): Promise<unknown> =>
    client.publishAsync(`/a/t/${sight.objects.thingId}/e/o`, record(name, value), { qos: 1 });
  const seen = (name: string, value: number): Promise<true | undefined> =>
    sight.probe.wait(async () => ((await lastValueOf(sight, name)) === value ? true : undefined));
  await report(variable, whole(61));
  if ((await seen(variable, 61)) === undefined) return undefined;
  await report(variable, odd);
  await report(other, whole(62));
  if ((await seen(other, 62)) === undefined) return undefined;
  return (await lastValueOf(sight, variable)) === 61 ? "no" : "yes";
}

/** Returns whether a server answers a hello with certain versions of TLS. */
async function takesHello(url: string, minVersion: "TLSv1.2" | "TLSv1.3", maxVersion = minVersion): Promise<boolean> {
  const { hostname, port } = new URL(url.replace(/^\w+:/, "https:"));
  const host = hostname.replace(/^\[|\]$/g, "");
  // Nothing is sent over it: whom the certificate is of makes no difference.
  const options = { host, port: Number(port || 443), minVersion, maxVersion, rejectUnauthorized: false };
  const socket = tls.connect({ ...options, ...(net.isIP(host) === 0 && { servername: host }) });
  try {
    return await new Promise<boolean>((resolve) => {
      // Keys come of the server's hello; what it makes of a missing certificate comes after that.
      socket.once("keylog", () => resolve(true)).once("error", () => resolve(false));
      socket.once("close", () => resolve(false)).setTimeout(helloMs, () => resolve(false));
    });
  } finally {
    socket.destroy();
  }
}

const reports: readonly Check[] = [
  row("report-not-finite", "Is a reported NaN stored?", "no", (sight) => isStored(sight, "level", notANumber)),
  row("report-kind", "Is a text stored that is reported for a number?", "no", (sight) =>
    isStored(sight, "count", aText),
  ),
];

const keys: readonly Check[] = [
  row(
    "key-change",
    "What does the broker do when a device's key changes?",
    "it closes the connection",
    async (sight) => {
      const connection = await asDevice(sight);
      await setKey(sight);
      const closed = await sight.probe.wait(() => connection.isClosed() || undefined);
      return closed ? "it closes the connection" : "nothing";
    },
  ),
];

const transport: readonly Check[] = [
  row("tls13", "Do the API and the broker for users take TLS 1.3?", "yes, yes", async ({ probe }) => {
    const taken: string[] = [];
    for (const url of probe.settings.tls.open) taken.push((await takesHello(url, "TLSv1.3")) ? "yes" : "no");
    return taken.join(", ");
  }),
  row("tls13-keys", "Does the broker for devices with a key take TLS 1.3?", "yes", async ({ probe }) => {
    const url = probe.settings.tls.keys;
    if (!(await takesHello(url, "TLSv1.2"))) return undefined;
    return (await takesHello(url, "TLSv1.3")) ? "yes" : "no";
  }),
  row("tls13-certificates", "Does the broker for certificates take who offers TLS 1.3, too?", "no", async (sight) => {
    const url = sight.probe.settings.tls.certificates;
    if (!(await takesHello(url, "TLSv1.2"))) return undefined;
    return (await takesHello(url, "TLSv1.2", "TLSv1.3")) ? "yes" : "no";
  }),
];

const spaces: readonly Check[] = [
  row("space-in-token", "How is a space answered that the token is not of?", "403", async ({ probe }) => {
    if (probe.settings.organization === "") return undefined;
    const token = await probe.askToken(undefined, "");
    return String((await probe.call("GET", "/v2/things", undefined, { token })).status);
  }),
  row("clone-name", "How is the copy of a dashboard named?", 'the name and " copy"', async ({ probe, objects }) => {
    const path = "/v2/dashboards";
    const made = fieldsOf((await probe.call("POST", path, { name: objects.name })).json);
    if (typeof made.id !== "string") return undefined;
    objects.keep(`${path}/${made.id}`);
    const copy = fieldsOf((await probe.call("PUT", `${path}/${made.id}/clone`, {})).json);
    if (typeof copy.id !== "string") return undefined;
    objects.keep(`${path}/${copy.id}`);
    return copy.name === `${objects.name} copy` ? 'the name and " copy"' : "another one";
  }),
];

export const deviceChecks: readonly Check[] = [...reports, ...keys, ...transport, ...spaces];
