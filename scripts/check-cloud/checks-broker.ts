/** Checks of the broker. */
import { type Check, row, type Sight, unknownId } from "./check";
import { type Connection, fieldsOf } from "./probe";

const inputOf = ({ objects }: Sight): string => `/a/t/${objects.thingId}/e/i`;

/** Returns what the broker says to a SUBSCRIBE. */
async function subackOf({ client }: Connection, topic: string): Promise<string> {
  try {
    const [grant] = await client.subscribeAsync(topic, { qos: 1 });
    return grant?.qos === 128 ? "0x80" : `QoS ${grant?.qos}`;
  } catch {
    return client.connected ? "0x80" : "the connection is closed";
  }
}

/** Has REST write a value of a float to a board; returns what comes over the broker. */
async function written(sight: Sight, connections: Connection[], value: number): Promise<Connection["received"][]> {
  const { probe, objects } = sight;
  for (const connection of connections) await subackOf(connection, inputOf(sight));
  const counts = connections.map(({ received }) => received.length);
  const path = `/v2/things/${objects.thingId}/properties/${objects.properties.level}/publish`;
  await probe.call("PUT", path, { value });
  const fresh = (): Connection["received"][] =>
    connections.map(({ received }, index) => received.slice(counts[index] ?? 0));
  await probe.wait(() => (fresh().every((list) => list.length > 0) ? true : undefined));
  return fresh();
}

/** Returns how a whole number stands in a message: behind the label 2 (docs/protocol.md#labels). */
function wholeForm(payload: Buffer): string {
  const hex = payload.toString("hex");
  if (hex.includes("021823")) return "an integer";
  return /02(fb|fa|f9)/.test(hex) ? "a float" : "another form";
}

export const brokerChecks: readonly Check[] = [
  row("suback", "What says the broker to a topic of one's own?", "QoS 1", async (sight) =>
    subackOf(await sight.probe.connect(), inputOf(sight)),
  ),
  row("suback-foreign", "What says it to the topic of an unknown thing?", "0x80", async (sight) =>
    subackOf(await sight.probe.connect(), `/a/t/${unknownId}/e/o`),
  ),
  row(
    "publish-foreign",
    "What does it do with a message for an unknown thing?",
    "it acknowledges it",
    async (sight) => {
      const connection = await sight.probe.connect();
      const sent = connection.client.publishAsync(`/a/t/${unknownId}/e/i`, Buffer.from("80", "hex"), { qos: 1 });
      const acknowledged = sent.then(() => "it acknowledges it").catch(() => "it closes the connection");
      let seen: string | undefined;
      void acknowledged.then((word) => (seen = word));
      return sight.probe.wait(() => seen ?? (connection.isClosed() ? "it closes the connection" : undefined));
    },
  ),
  row("cloud-qos", "With which QoS does the cloud send its own messages?", "QoS 0", async (sight) => {
    const [[first] = []] = await written(sight, [await sight.probe.connect()], 35);
    return first === undefined ? undefined : `QoS ${first.qos}`;
  }),
  row("whole-floats", "In which form are whole numbers of a FLOAT?", "an integer", async (sight) => {
    const [[first] = []] = await written(sight, [await sight.probe.connect()], 35);
    return first === undefined ? undefined : wholeForm(first.payload);
  }),
  row("order", "Do two sessions of a user get messages in the same order?", "yes", async (sight) => {
    const sessions = [await sight.probe.connect(), await sight.probe.connect()];
    const writes: string[][] = [[], []];
    for (const value of [1, 2, 3, 4, 5])
      (await written(sight, sessions, value)).forEach((list, index) =>
        writes[index]?.push(...list.map(({ payload }) => payload.toString("hex"))),
      );
    if (writes.some(({ length }) => length < 5)) return undefined;
    return writes[0]?.join() === writes[1]?.join() ? "yes" : "no";
  }),
  row("stored-inputs", "Is a write that no board answers stored?", "no", async (sight) => {
    const { probe, objects } = sight;
    const path = `/v2/things/${objects.thingId}/properties/${objects.properties.fresh}`;
    await probe.call("PUT", `${path}/publish`, { value: 7 });
    const look = async (): Promise<string | undefined> =>
      fieldsOf((await probe.call("GET", path)).json).last_value === 7 ? "yes" : undefined;
    return (await probe.wait(look, Math.min(5_000, probe.settings.patienceMs))) ?? "no";
  }),
];

/** The check that outlives a token. */
export const expiryCheck: Check = {
  id: "token-end",
  question: "What does the broker do when a token ends?",
  assumed: "it closes the connection",
  isLong: true,
  see: async ({ probe }) => {
    const token = await probe.askToken();
    const connection = await probe.connect(token);
    const graceMs = Math.max(2_000, token.expiresIn * 200);
    const closed = await probe.wait(
      () => (connection.isClosed() ? true : undefined),
      token.expiresIn * 1_000 + graceMs,
    );
    return closed ? "it closes the connection" : "nothing";
  },
};
